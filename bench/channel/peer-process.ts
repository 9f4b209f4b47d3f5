// The same method in another process: by the messages of its parent, or at the Unix socket that is named.
import { createServer } from "node:net";
import type { Step } from "./floors.ts";

const [path] = process.argv.slice(2);
const next = (step: Step): Step => ({ ...step, count: step.count + 1 });

if (path === undefined) {
  // Sent by peers.ts.
  process.on("message", (step) => process.send!(next(step as Step)));
} else {
  createServer((socket) => {
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        socket.write(`${JSON.stringify(next(JSON.parse(line) as Step))}\n`);
      }
    });
    socket.on("error", () => undefined);
  }).listen(path, () => process.send!("ready"));
  process.on("disconnect", () => process.exit());
}
