// The one answer of the http benchmark, as both servers give it.

/** What the server in C answers to `GET /`, byte for byte. */
export function answerBytes(): Uint8Array {
  const body = "Hello from WebAssembly!\n";
  const head = ["HTTP/1.1 200 OK", "Content-Type: text/plain", `Content-Length: ${body.length}`];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`, "latin1");
}
