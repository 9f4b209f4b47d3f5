// `shoal ps`: the programs of the background system, a line each.
import type { ProgramStatus } from "../../system/index.ts";
import { ask, type JsonOption, printJson, printLine } from "./system-access.ts";
import { type Column, sizeOf, spanOf, tableOf } from "../table.ts";

export async function ps({ json }: JsonOption): Promise<void> {
  const programs = await ask({ ask: "list" });
  if (json === true) return printJson(programs);
  if (programs.length === 0) return printLine("no programs: shoal run --detach starts one");
  for (const line of tableOf(columnsAt(Date.now()), programs)) printLine(line);
}

/** The columns of a list of programs at a moment. */
export function columnsAt(nowMs: number): Column<ProgramStatus>[] {
  return [
    { title: "NAME", text: ({ name }) => name },
    { title: "PID", text: ({ pid }) => orNone(pid, String), isNumber: true },
    { title: "STATE", text: ({ state, end }) => (state === "failed" ? codeOf(end) : state) },
    { title: "LEVEL", text: ({ level }) => level },
    { title: "GROUP", text: ({ group }) => group ?? "-" },
    { title: "EPOCH", text: ({ epoch }) => (epoch === 0 ? "-" : `${epoch}`), isNumber: true },
    { title: "RESTARTS", text: ({ restarts }) => `${restarts}`, isNumber: true },
    {
      title: "UPTIME",
      text: ({ startedAt }) => orNone(startedAt, (at) => spanOf((nowMs - Date.parse(at)) / 1000)),
      isNumber: true,
    },
    {
      title: "CPU",
      text: ({ cpuSeconds }) => orNone(cpuSeconds, (seconds) => `${seconds.toFixed(1)}s`),
      isNumber: true,
    },
    { title: "MEMORY", text: ({ memoryBytes }) => orNone(memoryBytes, sizeOf), isNumber: true },
    { title: "REQUESTS", text: ({ answered }) => `${answered}`, isNumber: true },
  ];
}

function codeOf(end: ProgramStatus["end"]): string {
  return `failed (${end?.code ?? "?"})`;
}

function orNone<T>(value: T | null, text: (value: T) => string): string {
  return value === null ? "-" : text(value);
}
