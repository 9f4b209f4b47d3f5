// The control socket of a named session: a line of JSON asks, lines of JSON answer. It is in the directory of
// the name, which is of this user alone. What is asked here is done to the whole session.
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CaptureError } from "../process/index.ts";
import { ImageError } from "../checkpoint/index.ts";
import { ClientStateError } from "../userlib/index.ts";
import type { NamePlace } from "../server/session/index.ts";
import type { SessionCapture } from "./capture-session.ts";
import { writeImageFile } from "./image-file.ts";

/** `file` is absolute. With `isLast` the session ends when the image is durable. */
export interface ControlRequest {
  readonly ask: "freeze";
  readonly file: string;
  readonly isLast: boolean;
}

/** What came of a request: what the image came to, or why there is none. */
export type ControlAnswer =
  | { readonly ok: true; readonly bytes: number; readonly pausedMs: number }
  | { readonly ok: false; readonly message: string };

const requestBytesMax = 65_536;

export function controlPathOf(place: NamePlace): string {
  return join(place.directory, "control");
}

/** Answers requests for as long as the process lives, which it does not keep alive. */
export function serveControl(
  place: NamePlace,
  capture: SessionCapture,
  drained: () => Promise<void>,
): void {
  const path = controlPathOf(place);
  rmSync(path, { force: true });
  const { createServer } = process.getBuiltinModule("node:net");
  const server = createServer((socket) => {
    socket.unref();
    socket.setEncoding("utf8");
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > requestBytesMax) socket.destroy();
      if (!text.includes("\n")) return;
      const request = requestOf(text);
      text = "";
      void answer(request, capture).then(async (told) => {
        if (told.ok && request?.isLast === true) await drained();
        socket.end(`${JSON.stringify(told)}\n`, () => {
          if (told.ok && request?.isLast === true) process.exit(0);
        });
      });
    });
  });
  server.listen(path, () => chmodSync(path, 0o600));
  server.unref();
}

function requestOf(text: string): ControlRequest | undefined {
  try {
    const request = JSON.parse(text) as Partial<ControlRequest>;
    const { ask, file, isLast } = request;
    if (ask !== "freeze" || typeof file !== "string" || typeof isLast !== "boolean") {
      return undefined;
    }
    return { ask, file, isLast };
  } catch {
    return undefined;
  }
}

async function answer(
  request: ControlRequest | undefined,
  capture: SessionCapture,
): Promise<ControlAnswer> {
  if (request === undefined) {
    return { ok: false, message: "the request makes no sense: is it of another version of Shoal?" };
  }
  const { file, isLast } = request;
  try {
    const beganMs = performance.now();
    const { bytes } = await capture.capture((content) => writeImageFile(file, content), isLast);
    return { ok: true, bytes, pausedMs: performance.now() - beganMs };
  } catch (error) {
    const isRefusal =
      error instanceof CaptureError ||
      error instanceof ClientStateError ||
      error instanceof ImageError;
    if (!isRefusal) throw error;
    return { ok: false, message: error.message };
  }
}

/** Asks the session of a name. Rejects if nobody listens. */
export function askControl(place: NamePlace, request: ControlRequest): Promise<ControlAnswer> {
  const { connect } = process.getBuiltinModule("node:net");
  return new Promise((resolve, reject) => {
    const socket = connect(controlPathOf(place));
    socket.setEncoding("utf8");
    let text = "";
    socket.on("error", reject);
    socket.on("connect", () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on("data", (chunk: string) => (text += chunk));
    socket.on("close", () => {
      try {
        resolve(JSON.parse(text) as ControlAnswer);
      } catch {
        reject(new Error("it ended before it had answered"));
      }
    });
  });
}
