// The wasm programs of our side, as text: the floors' programs again, calling the kernel of a core
// instead of a function. Labels, words, messages and answers are the floors' too, and so are sums.
// A client whose call is refused leaves -1 as its sum, which no batch expects.
import { Descriptor, descriptorBytes, Kind, Register, Syscall } from "../../src/abi/index.ts";
import { callerOffset, replyMask, serverOffset } from "../floor/message.ts";
import { serverSlot } from "./rig.ts";

/** Where a client's or server's descriptor is in its memory. */
export const descriptorAddress = 256;
const noSum = -1;

const eight = "i32 ".repeat(8);
const imports: Readonly<Record<string, string>> = {
  $call: `(import "shoal" "call" (func $call (param ${eight}) (result i32)))`,
  $reply: `(import "shoal" "reply" (func $reply (param ${eight}) (result i32)))`,
  $syscall: '(import "shoal" "syscall" (func $syscall (param i32) (result i32)))',
  $receive: '(import "shoal" "receive" (func $receive (param i32) (result i32)))',
  $replyAndReceive: `(import "shoal" "reply_and_receive"
    (func $replyAndReceive (param ${eight}) (result i32)))`,
  $answer: '(import "shoal" "label" (func $answer (result i32)))',
  $word: '(import "shoal" "word" (func $word (param i32) (result i32)))',
  $callLong: '(import "shoal" "call_long" (func $callLong (param i32 i32 i32 i32) (result i32)))',
  $receiveLong: '(import "shoal" "receive_long" (func $receiveLong (param i32 i32) (result i32)))',
  $replyAndReceiveLong: `(import "shoal" "reply_and_receive_long"
    (func $replyAndReceiveLong (param i32 i32 i32 i32) (result i32)))`,
};

/** The imports that a body calls. */
function importsOf(body: string): string {
  const called = Object.entries(imports).filter(([name]) =>
    new RegExp(`\\(call \\${name}[\\s)]`).test(body),
  );
  return called.map(([, text]) => text).join("\n  ");
}

function client(count: number, body: string, data = ""): string {
  return `(module ${importsOf(body)}
  (memory (export "memory") 1) ${data}
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

const store = (address: number, value: string) => `(i32.store (i32.const ${address}) ${value})`;

/** A descriptor of one direct string, as the bytes of a data segment. */
function direct(size: number, address: number): string {
  const descriptor = new Int32Array(descriptorBytes >> 2);
  descriptor[Descriptor.directBytes] = size;
  descriptor[Descriptor.directAddress] = address;
  const bytes = [...new Uint8Array(descriptor.buffer)];
  const text = bytes.map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
  return `(data (i32.const ${descriptorAddress}) "${text}")`;
}

/** The floors' messages: the label in the first word, its complement doubled in the last. */
export function messageClient(count: number, size: number): string {
  const call = `(call $callLong (i32.const ${serverSlot}) (local.get $label)
        (i32.const ${descriptorAddress}) (i32.const 0))`;
  const body = `${store(callerOffset, "(local.get $label)")}
      ${store(
        callerOffset + size - 4,
        "(i32.shl (i32.xor (local.get $label) (i32.const -1)) (i32.const 1))",
      )}
      ${orFail(call)}
      ${addToSum("(call $answer)")}`;
  return client(count, body, direct(size, callerOffset));
}

const answer = `(i32.xor (local.get $label) (i32.const ${replyMask}))`;
const addAll = (terms: readonly string[]) =>
  terms.reduce((sum, term) => `(i32.add ${sum} ${term})`);

const wordParameters = ["$w0", "$w1", "$w2", "$w3", "$w4", "$w5"];

function portalServer(result: string, data = ""): string {
  return `(module (memory (export "memory") 1) ${data}
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

/** A portal whose messages come through its descriptor. */
export function messagePortal(size: number): string {
  return portalServer(addAll([answer, ...bothEnds(size)]), direct(size, serverOffset));
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
  const slotAndRoom = (label: string) => `(i32.const ${serverSlot}) ${label}`;
  const room = `(i32.const ${descriptorAddress})`;
  const result = addAll([answer, ...bothEnds(size)]);
  const body = `
    (drop (call $receiveLong ${slotAndRoom(room)}))
    (loop $next
      (local.set $label (call $answer))
      (if (call $replyAndReceiveLong ${slotAndRoom(result)} (i32.const 0) ${room})
        (then (unreachable)))
      (br $next))`;
  return `(module ${importsOf(body)}
  (memory (export "memory") 1) ${direct(size, serverOffset)}
  (func (export "serve") (local $label i32) ${body}))`;
}

/** Answers and receives in two calls instead of one. */
export const splitReceiver = ((): string => {
  const body = `
    (loop $next
      (if (call $receive (i32.const ${serverSlot})) (then (unreachable)))
      (local.set $label (call $answer))
      (if (call $reply (i32.const 0) ${answer} ${zeros(6)}) (then (unreachable)))
      (br $next))`;
  return `(module ${importsOf(body)} (memory (export "memory") 1)
  (func (export "serve") (local $label i32) ${body}))`;
})();

const wordBytes = 24;

/** The six words through memory: what register messages save. */
export function wordsAsBytesClient(count: number): string {
  const stores = words.map((word, i) => store(callerOffset + i * 4, word)).join("\n      ");
  const call = `(call $callLong (i32.const ${serverSlot}) (local.get $label)
        (i32.const ${descriptorAddress}) (i32.const 0))`;
  const body = `${stores}
      ${orFail(call)}
      ${addToSum("(call $answer)")}`;
  return client(count, body, direct(wordBytes, callerOffset));
}

export const wordsAsBytesPortal = portalServer(
  addAll([answer, ...words.map((_, i) => `(i32.load (i32.const ${serverOffset + i * 4}))`)]),
  direct(wordBytes, serverOffset),
);

/** Where a general call's registers are. */
const registersAddress = 64;
const registerAt = (register: number) => registersAddress + register * 4;

/** A trivial kernel call through the general door: what is the thing in this slot? */
export function trivialClient(count: number): string {
  const body = `${store(registerAt(Register.call), `(i32.const ${Syscall.objectIdentify})`)}
      ${store(registerAt(Register.a0), `(i32.const ${serverSlot})`)}
      ${orFail(`(call $syscall (i32.const ${registersAddress}))`)}
      ${addToSum(`(i32.load (i32.const ${registerAt(Register.w0)}))`)}`;
  return client(count, body);
}

export function expectedTrivialSum(count: number): number {
  return Kind.endpoint * count;
}
