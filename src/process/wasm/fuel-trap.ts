// Ending a program's code from an import: a trap, as for a portal that has used more fuel than it may. An
// exception of JavaScript would not do, since a program could catch it (`catch_all`) and go on for ever on
// its caller's time; what the engine throws for `unreachable` passes every handler of a program.

/** (module (func (export "trap") unreachable)) */
const moduleBytes = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02,
  0x01, 0x00, 0x07, 0x08, 0x01, 0x04, 0x74, 0x72, 0x61, 0x70, 0x00, 0x00, 0x0a, 0x05, 0x01, 0x03,
  0x00, 0x00, 0x0b,
]);

let unreachable: (() => void) | undefined;

const fuelTraps = new WeakSet<WeakKey>();

/** Traps, as the instruction `unreachable` does. */
export function trap(): never {
  unreachable ??= instantiate();
  unreachable();
  throw new RangeError("unreachable code was reached");
}

function instantiate(): () => void {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes));
  // The module above exports exactly this function.
  return exports["trap"] as () => void;
}

/** Traps, and remembers why. */
export function trapForFuel(): never {
  try {
    return trap();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) fuelTraps.add(error);
    throw error;
  }
}

/** Whether code ended by the trap above. */
export function isFuelTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError && fuelTraps.has(error);
}
