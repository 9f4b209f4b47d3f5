// Connections go from process to process: a server accepts them and gives each to a child, which serves it
// while the server has closed it.
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileHostedC } from "../sdk/compile.ts";
import { serve } from "./serving.ts";

let directory = "";
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "shoal-handover-"));
  copyFileSync(await compileHostedC("test/wasi/c/sock-handover.c"), join(directory, "server.wasm"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it.each(["process", "interrupt"] as const)(
  "a connection outlives the server's own, in the %s model",
  async (model) => {
    const grants = [{ guest: "/p", host: directory, isReadOnly: true }];
    const serving = await serve(join(directory, "server.wasm"), {
      model,
      grants,
      args: ["/p/server.wasm"],
    });
    for (let i = 0; i < 3; i++) {
      const socket = connect({ host: "127.0.0.1", port: serving.port });
      let said = "";
      socket.on("data", (chunk: Uint8Array) => (said += Buffer.from(chunk).toString()));
      socket.end(`message ${i}, `.repeat(1000));
      await once(socket, "close");
      expect(said).toBe(`message ${i}, `.repeat(1000));
    }
    expect(await serving.ended).toEqual({ code: 0, fault: undefined });
    await serving.stop();
  },
);
