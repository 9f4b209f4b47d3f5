// What the cores of the conformance suite run. They report through shared lines, since that is all
// that a core and its starter have in common. Line words: see `Word`.
import { Wake, type Machine, type PlainData } from "../../src/machine/machine.ts";

/** What each word of a core's report line means. */
export const Word = { started: 0, rings: 1, number: 2, sum: 3 } as const;

export function reportOf(machine: Machine, core: number): Int32Array {
  return machine.sharedLines(`report ${core}`, 16);
}

/** Says that it started, then counts the doorbells it hears. */
export function countRings(machine: Machine): void {
  const report = reportOf(machine, machine.core);
  machine.onWake((reasons) => {
    if ((reasons & Wake.doorbell) !== 0) Atomics.add(report, Word.rings, 1);
  });
  Atomics.add(report, Word.started, 1);
}

/** Passes each doorbell on to the core it was given, and counts it. */
export function passOn(machine: Machine, data: PlainData): void {
  const report = reportOf(machine, machine.core);
  machine.onWake((reasons) => {
    if ((reasons & Wake.doorbell) === 0) return;
    Atomics.add(report, Word.rings, 1);
    machine.ringDoorbell(Number(data));
  });
  Atomics.add(report, Word.started, 1);
}

/** Reports its number and the sum of the bytes it was given, after changing its copy of them. */
export function sumBytes(machine: Machine, data: PlainData): void {
  const report = reportOf(machine, machine.core);
  const bytes = data instanceof Uint8Array ? data : new Uint8Array();
  Atomics.store(
    report,
    Word.sum,
    bytes.reduce((sum, byte) => sum + byte, 0),
  );
  bytes.fill(0);
  Atomics.store(report, Word.number, machine.core);
  Atomics.add(report, Word.started, 1);
}

/** Appends to a blob and flushes it before it says that it started. */
export function appendBlob(machine: Machine): void {
  machine.store.append("from-core", new TextEncoder().encode("written by another core"));
  machine.store.flush("from-core");
  Atomics.add(reportOf(machine, machine.core), Word.started, 1);
}

/** Fails at its first doorbell. */
export function failWhenRung(machine: Machine): void {
  machine.onWake(() => {
    throw new RangeError("rung once too often");
  });
  Atomics.add(reportOf(machine, machine.core), Word.started, 1);
}

/** Fails before it has begun. */
export function failAtOnce(): void {
  throw new RangeError("no core today");
}

export const coreEntries = {
  appendBlob,
  countRings,
  failAtOnce,
  failWhenRung,
  passOn,
  sumBytes,
};
