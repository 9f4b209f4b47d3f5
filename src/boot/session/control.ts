// The control socket of a named session: a line of JSON asks, lines of JSON answer. It is in the directory of
// the name, which is of this user alone. What is asked here is about the whole session.
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CaptureError } from "../../process/index.ts";
import { copyOf, ImageError } from "../../checkpoint/index.ts";
import { ClientStateError } from "../../userlib/index.ts";
import type { NamePlace } from "../../server/session/index.ts";
import { ReplayError } from "../../recovery/index.ts";
import type { PauseManner } from "../service/durable/service-pauses.ts";
import { UpgradeError } from "../service/durable/service-trial.ts";
import type { SessionCapture } from "../capture/capture-session.ts";
import { writeImageFile } from "../capture/image-file.ts";
import type { SessionDescription } from "./description.ts";

/** `file` is absolute. With `isLast` the session ends when the image is durable. */
export interface FreezeRequest {
  readonly ask: "freeze";
  readonly file: string;
  readonly isLast: boolean;
}

/** Of a durable service: it is to go on as another code, which is kept beside its log. */
export interface UpgradeRequest {
  readonly ask: "upgrade";
  /** Its hash. */
  readonly code: string;
  readonly waitMs: number;
  readonly endsOpen: boolean;
}

export type ControlRequest = FreezeRequest | UpgradeRequest | { readonly ask: "describe" };

export type UpgradeAnswer = { readonly ok: true } | Refused;

/** What came of a request: what the image came to, or why there is none. */
export type ControlAnswer =
  | { readonly ok: true; readonly bytes: number; readonly pausedMs: number }
  | Refused;

export type DescribeAnswer = { readonly ok: true; readonly session: SessionDescription } | Refused;

interface Refused {
  readonly ok: false;
  readonly message: string;
}

/** What answers the requests of a session. */
export interface ControlledSession {
  readonly describe: () => SessionDescription;
  /** Of a session that can be captured. */
  readonly capture?: SessionCapture | undefined;
  /** Resolves when what its programs wrote has left this process; it ends next. */
  readonly drained?: (() => Promise<void>) | undefined;
  /** Of a durable service. */
  readonly upgrade?: ((code: string, manner: PauseManner) => Promise<void>) | undefined;
  /**
   * Of a durable service: writes its state to a file. Answers its bytes, and how long calls had to wait. With
   * `isLast` no more calls are let in, for as long as it takes to end it.
   */
  readonly freeze?: ((file: string, isLast: boolean) => Promise<ImageSize>) | undefined;
}

interface ImageSize {
  readonly bytes: number;
  readonly pausedMs: number;
}

const requestBytesMax = 65_536;

export function controlPathOf(place: NamePlace): string {
  return join(place.directory, "control");
}

/** Answers requests for as long as the process lives, which it does not keep alive. */
export function serveControl(place: NamePlace, session: ControlledSession): void {
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
      void answer(request, session).then(async (told) => {
        const isOver = told.ok && isEndOf(session, request);
        if (isOver) await session.drained?.();
        socket.end(`${JSON.stringify(told)}\n`, () => {
          if (isOver) process.exit(0);
        });
      });
    });
  });
  server.listen(path, () => chmodSync(path, 0o600));
  process.once("exit", () => rmSync(path, { force: true }));
  server.unref();
}

/** A durable service is ended by whoever asked, since another start would follow. */
function isEndOf({ freeze }: ControlledSession, request: ControlRequest | undefined): boolean {
  return freeze === undefined && request?.ask === "freeze" && request.isLast;
}

function requestOf(text: string): ControlRequest | undefined {
  try {
    const asked: Readonly<Record<string, unknown>> = JSON.parse(text);
    const { ask, file, isLast, code, waitMs, endsOpen } = asked;
    if (ask === "describe") return { ask };
    if (ask === "upgrade") {
      if (typeof code !== "string" || !/^[0-9a-f]{64}$/.test(code)) return undefined;
      if (typeof waitMs !== "number" || typeof endsOpen !== "boolean") return undefined;
      return { ask, code, waitMs, endsOpen };
    }
    if (ask !== "freeze" || typeof file !== "string" || typeof isLast !== "boolean") {
      return undefined;
    }
    return { ask, file, isLast };
  } catch {
    return undefined;
  }
}

type Answer = ControlAnswer | DescribeAnswer | UpgradeAnswer;

async function answer(
  request: ControlRequest | undefined,
  session: ControlledSession,
): Promise<Answer> {
  if (request === undefined) {
    return { ok: false, message: "the request makes no sense: is it of another version of Shoal?" };
  }
  if (request.ask === "describe") return { ok: true, session: session.describe() };
  try {
    return await (request.ask === "upgrade" ? upgrade(request, session) : freeze(request, session));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { ok: false, message: error.message };
  }
}

function isRefusal(error: unknown): error is Error {
  return (
    error instanceof CaptureError ||
    error instanceof ClientStateError ||
    error instanceof ImageError ||
    error instanceof UpgradeError ||
    error instanceof ReplayError
  );
}

async function upgrade(
  { code, waitMs, endsOpen }: UpgradeRequest,
  session: ControlledSession,
): Promise<UpgradeAnswer> {
  if (session.upgrade === undefined) {
    return {
      ok: false,
      message: "it is no durable service: only those are upgraded while they run",
    };
  }
  await session.upgrade(code, { waitMs, endsOpen });
  return { ok: true };
}

async function freeze(
  { file, isLast }: FreezeRequest,
  { capture, freeze: freezeService }: ControlledSession,
): Promise<ControlAnswer> {
  if (freezeService !== undefined) return { ok: true, ...(await freezeService(file, isLast)) };
  if (capture === undefined) {
    return { ok: false, message: "it was not started with --level checkpoint or preempt" };
  }
  return isLast ? freezeLast(capture, file) : freezeCopy(capture, file);
}

/** Nothing runs any more while the image is written: there is no need for a copy. */
async function freezeLast(capture: SessionCapture, file: string): Promise<ControlAnswer> {
  const beganMs = performance.now();
  const { bytes } = await capture.capture((content) => writeImageFile(file, content), true);
  return { ok: true, bytes, pausedMs: performance.now() - beganMs };
}

/** The session stands still only as long as it takes to copy it. */
async function freezeCopy(capture: SessionCapture, file: string): Promise<ControlAnswer> {
  const beganMs = performance.now();
  const content = await capture.capture(copyOf);
  const pausedMs = performance.now() - beganMs;
  const { bytes } = writeImageFile(file, content);
  return { ok: true, bytes, pausedMs };
}

/** The session ended while it was asked: the connection is closed without an answer. */
function isOver(error: Error): boolean {
  return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

/** Asks the session of a name. Rejects if nobody listens. */
export function askControl(place: NamePlace, request: FreezeRequest): Promise<ControlAnswer>;
export function askControl(place: NamePlace, request: UpgradeRequest): Promise<UpgradeAnswer>;
export function askControl(
  place: NamePlace,
  request: { readonly ask: "describe" },
): Promise<DescribeAnswer>;
export function askControl(place: NamePlace, request: ControlRequest): Promise<Answer> {
  const { connect } = process.getBuiltinModule("node:net");
  return new Promise((resolve, reject) => {
    const socket = connect(controlPathOf(place));
    socket.setEncoding("utf8");
    let text = "";
    socket.on("error", (error) => (isOver(error) ? undefined : reject(error)));
    socket.on("connect", () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on("data", (chunk: string) => (text += chunk));
    socket.on("close", () => {
      try {
        resolve(JSON.parse(text) as Answer);
      } catch {
        resolve({ ok: false, message: endedFirst });
      }
    });
  });
}

/** It is not known what it has done. */
export const endedFirst = "it ended before it had answered";
