// The peer node:wasi, set up for a run: what the program is given, and nothing else.
import { WASI } from "node:wasi";
import { openDescriptors, type RunSpec } from "./run-spec.ts";

export function nodeWasi(spec: RunSpec): WASI {
  return new WASI({
    version: "preview1",
    args: [...spec.args],
    env: { ...spec.env },
    preopens: { ...spec.directories },
    returnOnExit: true,
    ...openDescriptors(spec),
  });
}
