// What we ask of the engine that a core runs on. V8 inlines callees up to a budget of bytecode, which by
// default ends in the middle of the way of a call: door, fast path, hand-over. With the budget below all
// of it is one piece of machine code. Measured with `npm run bench -- ipc`: a round trip to a receiver
// costs 1.12 times more without. It does not touch WebAssembly, whose inlining has limits of its own.
//
// Saying so loads a module of Node's that costs as much as a tenth of its start, so it waits for the first
// turn of the event loop: a program that ends before has nothing that is worth compiling well.

/** Bytes of bytecode that one callee, and all callees of one function, may have. */
const calleeBytes = 2000;
const allCalleesBytes = 6000;

let isTuned = false;

/** Tells the engine of this OS process, once; code that it compiles from now on is affected. */
export function tuneEngine(): void {
  if (isTuned) return;
  isTuned = true;
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  setFlagsFromString(`--max-inlined-bytecode-size=${calleeBytes}`);
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${allCalleesBytes}`);
}
