// The wasm programs of the floors, as text. A caller's loop is inside its module, so that the cost
// of one call is not the cost of a TypeScript loop around it. All parameters and results are i32.
import { callerOffset, replyMask, serverOffset } from "./message.ts";

const loop = (body: string) => `
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $label) (local.get $count)))
        ${body}
        (local.set $label (i32.add (local.get $label) (i32.const 1)))
        (br $next)))
    (local.get $sum)`;

const addToSum = (value: string) => `(local.set $sum (i32.add (local.get $sum) ${value}))`;

/** run(count, endpoint): that many calls with a label and nothing else. */
export const emptyCaller = `(module
  (import "kernel" "call" (func $call (param i32 i32) (result i32)))
  (func (export "run") (param $count i32) (param $endpoint i32) (result i32)
    (local $label i32) (local $sum i32)
    ${loop(addToSum("(call $call (local.get $endpoint) (local.get $label))"))}))`;

const word = (index: number) => `(i32.add (local.get $label) (i32.const ${index}))`;

/** run(count, endpoint): calls with a label and six words, all as parameters. */
export const wordsCaller = `(module
  (import "kernel" "call"
    (func $call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (func (export "run") (param $count i32) (param $endpoint i32) (result i32)
    (local $label i32) (local $sum i32)
    ${loop(
      addToSum(
        `(call $call (local.get $endpoint) (local.get $label)
          ${[0, 1, 2, 3, 4, 5].map(word).join(" ")})`,
      ),
    )}))`;

/** run(count, endpoint, size): writes both ends of a message, then calls with its place. */
export const messageCaller = `(module
  (import "kernel" "call" (func $call (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run")
    (param $count i32) (param $endpoint i32) (param $size i32) (result i32)
    (local $label i32) (local $sum i32) (local $last i32)
    (local.set $last (i32.add (i32.const ${callerOffset - 4}) (local.get $size)))
    ${loop(`
        (i32.store (i32.const ${callerOffset}) (local.get $label))
        (i32.store (local.get $last)
          (i32.shl (i32.xor (local.get $label) (i32.const -1)) (i32.const 1)))
        ${addToSum(
          `(call $call (local.get $endpoint) (local.get $label)
            (i32.const ${callerOffset}) (local.get $size))`,
        )}`)}))`;

const answer = `(i32.xor (local.get $label) (i32.const ${replyMask}))`;
const wordNames = ["$w0", "$w1", "$w2", "$w3", "$w4", "$w5"];
const addAll = (terms: readonly string[]) =>
  terms.reduce((sum, term) => `(i32.add ${sum} ${term})`);

const bothEnds = [
  `(i32.load (i32.const ${serverOffset}))`,
  `(i32.load (i32.add (i32.const ${serverOffset - 4}) (local.get $size)))`,
];

/** The three services a portal floor may enter: one per kind of message. */
export const portalServer = `(module
  (memory (export "memory") 1)
  (func (export "serveEmpty") (param $label i32) (result i32) ${answer})
  (func (export "serveWords") (param $label i32)
    ${wordNames.map((name) => `(param ${name} i32)`).join(" ")} (result i32)
    ${addAll([answer, ...wordNames.map((name) => `(local.get ${name})`)])})
  (func (export "serveMessage") (param $label i32) (param $size i32) (result i32)
    ${addAll([answer, ...bothEnds])}))`;

/** serve(size): receives for ever; size 0 means that labels are all there is. */
export const receivingServer = `(module
  (import "kernel" "replyAndReceive" (func $replyAndReceive (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "serve") (param $size i32) (result i32)
    (local $label i32) (local $reply i32)
    (loop $next
      (local.set $label (call $replyAndReceive (local.get $reply)))
      (local.set $reply ${answer})
      (if (local.get $size)
        (then (local.set $reply ${addAll(["(local.get $reply)", ...bothEnds])})))
      (br $next))
    (unreachable)))`;

/** run(count): the cost of an import alone. */
export const importCaller = `(module
  (import "kernel" "answer" (func $answer (param i32) (result i32)))
  (func (export "run") (param $count i32) (result i32)
    (local $label i32) (local $sum i32)
    ${loop(addToSum("(call $answer (local.get $label))"))}))`;

/** copy(from, to, size) between two imported memories: the engine's own memmove. */
export const memoryCopier = `(module
  (import "from" "memory" (memory $from 1))
  (import "to" "memory" (memory $to 1))
  (func (export "copy") (param i32 i32 i32)
    (memory.copy $to $from (local.get 1) (local.get 0) (local.get 2))))`;

export const addsPerIteration = 64;

/**
 * run(iterations, step): a chain of additions, each of which needs the one before. The step is a
 * parameter because an engine could fold constants, and some processors add constants for nothing.
 */
export const additionChain = `(module
  (func (export "run") (param $count i32) (param $step i32) (result i32)
    (local $label i32) (local $sum i32)
    ${loop(addToSum("(local.get $step)").repeat(addsPerIteration))}))`;
