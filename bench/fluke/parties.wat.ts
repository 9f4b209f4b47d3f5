// The programs of the Fluke workload. The worker's round is a copy of a long message to a receiver,
// then many capabilities minted and revoked at once, then short calls to a portal; the urgent thread
// waits for its notification and tells the benchmark that it runs.
import { Descriptor, descriptorBytes, Register, Syscall } from "../../src/abi/index.ts";

/** What a worker has: a receiver, something to mint from, a portal. The urgent thread's first. */
export const slots = {
  receiver: 16,
  source: 17,
  portal: 18,
  firstMinted: 1000,
  urgent: 16,
} as const;

export const shortCalls = 100;
const shortLabel = 3;
const longLabel = 7;

const registersAddress = 64;
const descriptorAddress = 256;
/** Where long messages are, on both sides. */
export const bufferAddress = 65536;
const pageBytes = 65536;

const constant = (value: number) => `(i32.const ${value})`;
const store = (address: number, value: string) => `(i32.store (i32.const ${address}) ${value})`;
const registerAt = (register: number) => registersAddress + register * 4;

/** A general kernel call: these registers, no other argument, for ever if it waits. */
function syscall(call: number, registers: Readonly<Record<number, string>>): string {
  const all: Record<number, string> = {
    [Register.call]: constant(call),
    [Register.a1]: constant(0),
    [Register.a2]: constant(0),
    [Register.a3]: constant(0),
    [Register.sendTimeout]: constant(-1),
    [Register.receiveTimeout]: constant(-1),
    ...registers,
  };
  const stores = Object.entries(all).map(([register, value]) =>
    store(registerAt(Number(register)), value),
  );
  return `${stores.join(" ")} (local.set $status (call $syscall ${constant(registersAddress)}))`;
}

const orStop = "(if (local.get $status) (then (unreachable)))";
const addToSum = (value: string) => `(local.set $sum (i32.add (local.get $sum) ${value}))`;

function memoryFor(bytes: number): string {
  const pages = bufferAddress / pageBytes + Math.ceil(bytes / pageBytes);
  const descriptor = new Int32Array(descriptorBytes >> 2);
  descriptor[Descriptor.directBytes] = bytes;
  descriptor[Descriptor.directAddress] = bufferAddress;
  const text = [...new Uint8Array(descriptor.buffer)]
    .map((byte) => `\\${byte.toString(16).padStart(2, "0")}`)
    .join("");
  return `(memory (export "memory") ${pages})
  (data (i32.const ${descriptorAddress}) "${text}")`;
}

const imports = `
  (import "shoal" "syscall" (func $syscall (param i32) (result i32)))
  (import "shoal" "label" (func $answer (result i32)))
  (import "shoal" "call" (func $call (param ${"i32 ".repeat(8)}) (result i32)))
  (import "shoal" "call_long" (func $callLong (param i32 i32 i32 i32) (result i32)))`;

const longCall = `
      (local.set $status (call $callLong ${constant(slots.receiver)} ${constant(longLabel)}
        ${constant(descriptorAddress)} (i32.const 0)))
      ${orStop} ${addToSum("(call $answer)")}`;

function countedLoop(name: string, count: number, body: string): string {
  return `(local.set $i (i32.const 0))
      (loop ${name} ${body}
        (br_if ${name} (i32.lt_u
          (local.tee $i (i32.add (local.get $i) (i32.const 1))) ${constant(count)})))`;
}

/** Rounds until `bench.round`, which is told the sum of each, answers 0. */
export function worker(copyBytes: number, revokeCount: number): string {
  const minted = `(i32.add (local.get $i) ${constant(slots.firstMinted)})`;
  const mint = syscall(Syscall.capabilityMint, {
    [Register.a0]: constant(slots.source),
    [Register.a1]: minted,
  });
  const revoke = syscall(Syscall.capabilityRevoke, { [Register.a0]: constant(slots.source) });
  const identifyLast = syscall(Syscall.objectIdentify, {
    [Register.a0]: constant(slots.firstMinted + revokeCount - 1),
  });
  const short = `(local.set $status (call $call ${constant(slots.portal)} ${constant(shortLabel)}
          ${"(i32.const 0) ".repeat(6)})) ${orStop} ${addToSum("(call $answer)")}`;
  return `(module ${imports}
  (import "bench" "round" (func $round (param i32) (result i32)))
  ${memoryFor(copyBytes)}
  (func (export "run") (local $i i32) (local $sum i32) (local $status i32)
    (loop $rounds
      (local.set $sum (i32.const 0))
      ${longCall}
      ${countedLoop("$mints", revokeCount, `${mint} ${orStop}`)}
      ${revoke} ${orStop}
      ${identifyLast} ${addToSum("(local.get $status)")}
      ${countedLoop("$shorts", shortCalls, short)}
      (br_if $rounds (call $round (local.get $sum))))))`;
}

/** Long calls alone: so many, and the sum of the answers in the first word. */
export function copier(copyBytes: number, count: number): string {
  return `(module ${imports}
  ${memoryFor(copyBytes)}
  (func (export "run") (local $i i32) (local $sum i32) (local $status i32)
    ${countedLoop("$copies", count, longCall)}
    ${store(0, "(local.get $sum)")}))`;
}

/** Receives long messages for ever and answers each with its label plus one. */
export function receiver(copyBytes: number): string {
  return `(module
  (import "shoal" "label" (func $label (result i32)))
  (import "shoal" "receive_long" (func $receive (param i32 i32) (result i32)))
  (import "shoal" "reply_and_receive_long" (func $next (param i32 i32 i32 i32) (result i32)))
  ${memoryFor(copyBytes)}
  (func (export "serve")
    (drop (call $receive ${constant(slots.receiver)} ${constant(descriptorAddress)}))
    (loop $forever
      (if (call $next ${constant(slots.receiver)} (i32.add (call $label) (i32.const 1))
          (i32.const 0) ${constant(descriptorAddress)}) (then (unreachable)))
      (br $forever))))`;
}

export const portal = `(module (memory (export "memory") 1)
  (func (export "shoal_portal") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.add (local.get 2) (i32.const 1))))`;

/** Waits for its notification, and tells each time that it runs. */
export const urgent = `(module
  (import "shoal" "syscall" (func $syscall (param i32) (result i32)))
  (import "bench" "released" (func $released))
  (memory (export "memory") 1)
  (func (export "run") (local $status i32)
    (loop $forever
      ${syscall(Syscall.notificationWait, { [Register.a0]: constant(slots.urgent) })}
      ${orStop}
      (call $released)
      (br $forever))))`;

/** What a worker's round must sum to, given what a revoked slot answers. */
export function expectedRoundSum(badCapability: number): number {
  return longLabel + 1 + badCapability + shortCalls * (shortLabel + 1);
}

export function expectedCopierSum(count: number): number {
  return count * (longLabel + 1);
}
