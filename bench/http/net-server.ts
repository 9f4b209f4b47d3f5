// The floor of the http benchmark: a server of Node's `net` and nothing else, which answers every chunk
// that ends a request with the same bytes.
import { createServer } from "node:net";
import { answerBytes } from "./answer.ts";

const answer = answerBytes();
const requestEnd = Buffer.from("\r\n\r\n");

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("data", (chunk: Buffer) => {
    if (chunk.subarray(-requestEnd.length).equals(requestEnd)) socket.write(answer);
  });
  socket.on("error", () => {});
});
server.listen({ host: "127.0.0.1", port: 0 }, () => {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("it listens on no port");
  process.stderr.write(`listening on 127.0.0.1:${address.port}\n`);
});
