// What we ask of the engine that a core runs on. V8 inlines callees up to a budget of bytecode, which by
// default ends in the middle of the way of a call: door, fast path, hand-over. With the budgets below all
// of it is one piece of machine code. A callee is counted with all that was compiled into it, if it was
// compiled before its caller: so a budget that is just enough makes the same program fast or slow by the
// order in which its functions got hot. And the callee must be called often: on a core with several
// kinds of calls each of them is a small part. Measured with `npm run bench -- ipc`: a round trip to a
// receiver costs 1.12 times more without, and with just enough, sometimes. It does not touch WebAssembly,
// whose inlining has limits of its own.
//
// Saying so loads a module of Node's that costs as much as a tenth of its start, so it waits for the first
// turn of the event loop: a program that ends before has nothing that is worth compiling well.

/** Bytes of bytecode that one callee, and all callees of one function, may have. */
const calleeBytes = 6000;
const allCalleesBytes = 12_000;

/** Calls of a callee per call of its caller. */
const leastFrequency = 0.03;

let isTuned = false;

/** Tells the engine of this OS process, once; code that it compiles from now on is affected. */
export function tuneEngine(): void {
  if (isTuned) return;
  isTuned = true;
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  setFlagsFromString(`--max-inlined-bytecode-size=${calleeBytes}`);
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${allCalleesBytes}`);
  setFlagsFromString(`--max-inlined-bytecode-size-absolute=${allCalleesBytes}`);
  setFlagsFromString(`--min-inlining-frequency=${leastFrequency}`);
}
