// How far something has come that takes long, told on standard error once a second.
import { say } from "../message.ts";

const everyMs = 1000;
const mebibyte = 1024 * 1024;

/** Tells, of something that takes longer than a second. */
export function progressTeller(what: string): (doneBytes: number, allBytes?: number) => void {
  let lastMs = performance.now();
  return (doneBytes, allBytes) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < everyMs) return;
    lastMs = nowMs;
    const all = allBytes === undefined ? "" : ` of ${Math.ceil(allBytes / mebibyte)}`;
    say(`${what}: ${Math.floor(doneBytes / mebibyte)}${all} MiB`);
  };
}
