// Asks the system through its control socket.
import { ownerOf } from "../server/session/index.ts";
import type { SystemPlace } from "./system-place.ts";
import {
  type SystemAnswer,
  type SystemAnswers,
  SystemError,
  type SystemRequest,
} from "./system-request.ts";

/** There is nobody to ask: no system is up, or it ended before it had answered. */
export class SystemDownError extends Error {
  override readonly name = "SystemDownError";
}

/** What is answered at once by a system that is well; the rest may wait for programs. */
const promptAsks: readonly string[] = ["status", "list"];
const answerMs = 10_000;

/** Rejects with a `SystemError` if it says no, and with a `SystemDownError` if nobody says anything. */
export function askSystem<Ask extends keyof SystemAnswers>(
  place: SystemPlace,
  request: SystemRequest & { readonly ask: Ask },
): Promise<SystemAnswers[Ask]> {
  const { connect } = process.getBuiltinModule("node:net");
  const { promise, resolve, reject } = Promise.withResolvers<SystemAnswers[Ask]>();
  const socket = connect(place.socketPath);
  let text = "";
  const timer = promptAsks.includes(request.ask) ? setTimeout(() => giveUp(), answerMs) : undefined;
  const giveUp = (): void => {
    const pid = ownerOf(place.directory)?.pid ?? "unknown";
    const what = `the system, process ${pid}, has not answered for ${answerMs / 1000} s`;
    reject(
      new SystemError(`${what}: if it is stopped, kill -CONT ${pid}; else kill -9 and shoal up`),
    );
    socket.destroy();
  };
  socket.setEncoding("utf8");
  socket.on("connect", () => socket.write(`${JSON.stringify(request)}\n`));
  socket.on("data", (chunk: string) => {
    text += chunk;
    if (!text.endsWith("\n")) return;
    socket.destroy();
    // Of the same version, or nothing of the kind would have been understood.
    const answer = JSON.parse(text) as SystemAnswer<Ask>;
    if (answer.ok) resolve(answer.value);
    else reject(new SystemError(answer.message, { code: answer.code ?? undefined }));
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    clearTimeout(timer);
    const why = text === "" ? "the system is not up" : "the system ended before it had answered";
    reject(new SystemDownError(`${why}: shoal up starts it`));
  });
  return promise;
}
