// What the system answers by HTTP: the same as by its socket, for looking only; and tool servers.
//
//   GET /v1/status                        SystemStatus
//   GET /v1/programs                      ProgramStatus[]
//   GET /v1/programs/NAME                 ProgramStatus
//   GET /v1/programs/NAME/output?lines=N  the last lines that it wrote
//   /mcp/NAME                             a tool server, see tool-routes.ts
import { Hono } from "hono";
import { lastLines, type OutputRecord } from "../output-record.ts";
import type { ProgramStatus, SystemStatus } from "../system-request.ts";
import { guard, type GuardOptions } from "./guard.ts";

export interface ApiOptions extends GuardOptions {
  readonly status: () => SystemStatus;
  readonly list: () => readonly ProgramStatus[];
  readonly output: (name: string) => OutputRecord[];
  /** Of tool servers. */
  readonly tools: Hono;
}

const defaultLines = 100;
const linesMax = 10_000;

export function makeApi({ status, list, output, tools, ...guarded }: ApiOptions): Hono {
  const api = new Hono();
  api.use(guard(guarded));
  api.get("/v1/status", (context) => context.json(status()));
  api.get("/v1/programs", (context) => context.json(list()));
  api.get("/v1/programs/:name", (context) => {
    const { name } = context.req.param();
    const program = list().find((one) => one.name === name);
    return program === undefined ? context.json(noProgram(name), 404) : context.json(program);
  });
  api.get("/v1/programs/:name/output", (context) => {
    const { name } = context.req.param();
    // Only of a program there is: the name becomes part of a path.
    if (!list().some((one) => one.name === name)) return context.json(noProgram(name), 404);
    const lines = Number(context.req.query("lines") ?? defaultLines);
    if (!Number.isSafeInteger(lines) || lines < 1 || lines > linesMax) {
      return context.json({ error: `lines is a number from 1 to ${linesMax}` }, 400);
    }
    return context.json(lastLines(output(name), lines).map(plain));
  });
  api.route("/mcp", tools);
  api.notFound((context) => context.json({ error: "there is nothing at this path" }, 404));
  api.onError((_, context) => context.json({ error: "the system could not answer that" }, 500));
  return api;
}

function noProgram(name: string): { readonly error: string } {
  return { error: `there is no program named ${name}` };
}

function plain({ time, stream, isWhole, bytes }: OutputRecord) {
  return { time, stream, isWhole, text: Buffer.from(bytes).toString() };
}
