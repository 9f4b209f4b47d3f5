// The wasm programs of our side, as text: the floors' programs again, calling the kernel of a core
// instead of a function. Labels, words, messages and answers are the floors' too, and so are sums.
// A client whose call is refused leaves -1 as its sum, which no batch expects.
import { Descriptor, descriptorBytes, Register, Syscall } from "../../src/abi/index.ts";
import { callerOffset, replyMask, serverOffset } from "../floor/message.ts";
import { serverSlot } from "./rig.ts";

/** Addresses in a client's or server's memory: registers of a general call, and descriptors. */
const registersAddress = 64;
export const descriptorAddress = 256;
const noSum = -1;

const eight = "i32 ".repeat(8);
const imports = `
  (import "shoal" "call" (func $call (param ${eight}) (result i32)))
  (import "shoal" "receive" (func $receive (param i32) (result i32)))
  (import "shoal" "reply_and_receive" (func $replyAndReceive (param ${eight}) (result i32)))
  (import "shoal" "label" (func $answer (result i32)))
  (import "shoal" "word" (func $word (param i32) (result i32)))
  (import "shoal" "syscall" (func $syscall (param i32) (result i32)))`;

/** Only the imports that a body names: an import costs instances and nothing else, but why. */
function importsOf(body: string): string {
  const lines = imports.split("\n").filter((line) => {
    const name = /\(func (\$\w+)/.exec(line)?.[1];
    return name !== undefined && new RegExp(`\\${name}[\\s)]`).test(body);
  });
  return lines.join("\n");
}

function client(count: number, body: string): string {
  return `(module ${importsOf(body)}
  (memory (export "memory") 1)
  (func $fail (i32.store (i32.const 0) (i32.const ${noSum})))
  (func (export "run") (local $label i32) (local $sum i32)
    (loop $next
      ${body}
      (br_if $next (i32.lt_u
        (local.tee $label (i32.add (local.get $label) (i32.const 1))) (i32.const ${count}))))
    (i32.store (i32.const 0) (local.get $sum))))`;
}

const orFail = (call: string) => `(if ${call} (then (call $fail) (return)))`;
const addToSum = (value: string) => `(local.set $sum (i32.add (local.get $sum) ${value}))`;
const zeros = (count: number) => "(i32.const 0) ".repeat(count);
const words = [0, 1, 2, 3, 4, 5].map((i) => `(i32.add (local.get $label) (i32.const ${i}))`);

export function emptyClient(count: number): string {
  const call = `(call $call (i32.const ${serverSlot}) (local.get $label) ${zeros(6)})`;
  return client(count, orFail(call) + addToSum("(call $answer)"));
}

export function wordsClient(count: number): string {
  const call = `(call $call (i32.const ${serverSlot}) (local.get $label) ${words.join(" ")})`;
  return client(count, orFail(call) + addToSum("(call $answer)"));
}

const store = (address: number, value: string) =>
  `(i32.store (i32.const ${address}) ${value})`;
const constant = (value: number) => `(i32.const ${value})`;
const registerAt = (register: number) => registersAddress + register * 4;

/** A descriptor of one direct string, and the registers of a call with it. */
function longCall(size: number, syscall: number): string {
  return [
    store(descriptorAddress + Descriptor.directBytes * 4, constant(size)),
    store(descriptorAddress + Descriptor.directAddress * 4, constant(callerOffset)),
    store(registerAt(Register.call), constant(syscall)),
    store(registerAt(Register.a0), constant(serverSlot)),
    store(registerAt(Register.a1), constant(descriptorAddress)),
    store(registerAt(Register.a2), constant(0)),
    store(registerAt(Register.label), "(local.get $label)"),
    store(registerAt(Register.sendTimeout), constant(-1)),
    store(registerAt(Register.receiveTimeout), constant(-1)),
  ].join("\n      ");
}

/** The floors' messages: the label in the first word, its complement doubled in the last. */
export function messageClient(count: number, size: number): string {
  return client(
    count,
    `${store(callerOffset, "(local.get $label)")}
      ${store(
        callerOffset + size - 4,
        "(i32.shl (i32.xor (local.get $label) (i32.const -1)) (i32.const 1))",
      )}
      ${longCall(size, Syscall.call)}
      ${orFail(`(call $syscall (i32.const ${registersAddress}))`)}
      ${addToSum(`(i32.load (i32.const ${registerAt(Register.label)}))`)}`,
  );
}

const answer = `(i32.xor (local.get $label) (i32.const ${replyMask}))`;
const addAll = (terms: readonly string[]) =>
  terms.reduce((sum, term) => `(i32.add ${sum} ${term})`);

const wordParameters = ["$w0", "$w1", "$w2", "$w3", "$w4", "$w5"];

function portalServer(result: string): string {
  return `(module (memory (export "memory") 1)
  (func (export "shoal_portal") (param $handler i32) (param $badge i32) (param $label i32)
    ${wordParameters.map((name) => `(param ${name} i32)`).join(" ")} (result i32)
    ${result}))`;
}

export const emptyPortal = portalServer(answer);
export const wordsPortal = portalServer(
  addAll([answer, ...wordParameters.map((name) => `(local.get ${name})`)]),
);

const bothEnds = (size: number) => [
  `(i32.load (i32.const ${serverOffset}))`,
  `(i32.load (i32.const ${serverOffset + size - 4}))`,
];

/** Its descriptor is written by `initial`, as data: room for one direct string of this size. */
export function messagePortal(size: number): string {
  return portalServer(addAll([answer, ...bothEnds(size)])).replace(
    '(memory (export "memory") 1)',
    `(memory (export "memory") 1) (data (i32.const ${descriptorAddress}) "${receiveDescriptor(size)}")`,
  );
}

function receiveDescriptor(size: number): string {
  const descriptor = new Int32Array(descriptorBytes >> 2);
  descriptor[Descriptor.directBytes] = size;
  descriptor[Descriptor.directAddress] = serverOffset;
  const bytes = [...new Uint8Array(descriptor.buffer)];
  return bytes.map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
}

/** Receives for ever; answers label and, if asked, words. */
function receiver(result: string): string {
  const body = `
    (drop (call $receive (i32.const ${serverSlot})))
    (loop $next
      (local.set $label (call $answer))
      (if (call $replyAndReceive (i32.const ${serverSlot}) ${result} ${zeros(6)})
        (then (unreachable)))
      (br $next))`;
  return `(module ${importsOf(body)} (memory (export "memory") 1)
  (func (export "serve") (local $label i32) ${body}))`;
}

export const emptyReceiver = receiver(answer);
export const wordsReceiver = receiver(
  addAll([answer, ...[0, 1, 2, 3, 4, 5].map((i) => `(call $word (i32.const ${i}))`)]),
);

export function messageReceiver(size: number): string {
  const call = (number: number) => `
      ${store(registerAt(Register.call), constant(number))}
      ${store(registerAt(Register.a0), constant(serverSlot))}
      ${store(registerAt(Register.a1), constant(0))}
      ${store(registerAt(Register.a2), constant(descriptorAddress))}
      ${store(registerAt(Register.sendTimeout), constant(-1))}
      ${store(registerAt(Register.receiveTimeout), constant(-1))}
      (if (call $syscall (i32.const ${registersAddress})) (then (unreachable)))`;
  const body = `${call(Syscall.receive)}
    (loop $next
      (local.set $label (i32.load (i32.const ${registerAt(Register.label)})))
      ${store(registerAt(Register.label), addAll([answer, ...bothEnds(size)]))}
      ${call(Syscall.replyAndReceive)}
      (br $next))`;
  return `(module ${importsOf(body)}
  (memory (export "memory") 1)
  (data (i32.const ${descriptorAddress}) "${receiveDescriptor(size)}")
  (func (export "serve") (local $label i32) ${body}))`;
}
