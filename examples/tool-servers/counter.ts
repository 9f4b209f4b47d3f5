// A tool server without any packages: counts, and writes a line for every request that it begins to work
// on to the file that is its first argument. So it can be seen from outside what was asked of it twice. Its
// other tool ends it, to see what becomes of that.
//
//   shoal attach counter -- node examples/tool-servers/counter.ts requests.txt
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly arguments?: { readonly delayMs?: number } };
}

const [file = "requests.txt"] = process.argv.slice(2);
let count = 0;

const add = {
  name: "add",
  description: "Counts one more, after a while, and says how many it has counted.",
  inputSchema: { type: "object", properties: { delayMs: { type: "number" } } },
};

const crash = {
  name: "crash",
  description: "Ends the server before it has answered.",
  inputSchema: { type: "object" },
};

function say(id: Message["id"], result: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
}

function text(value: string): object {
  return { content: [{ type: "text", text: value }] };
}

function answer({ id, method, params }: Message): void {
  if (id === undefined) return;
  if (method === "initialize") {
    say(id, {
      protocolVersion: "2025-06-18",
      capabilities: { tools: {} },
      serverInfo: { name: "counter", version: "1.0.0" },
    });
  } else if (method === "tools/list") say(id, { tools: [add, crash] });
  else if (method === "tools/call") {
    if (params?.name === "crash") process.exit(1);
    appendFileSync(file, `${id}\n`);
    setTimeout(() => say(id, text(`${++count}`)), params?.arguments?.delayMs ?? 0);
  } else say(id, {});
}

createInterface({ input: process.stdin }).on("line", (line) => {
  answer(JSON.parse(line) as Message);
});
