// The system's face to HTTP while it has one: opened by what is kept, or when somebody asks for it.
import { messageOf } from "../../base/index.ts";
import type { ChildProcess } from "node:child_process";
import { readOutput } from "../output-reader.ts";
import { programDirectoryOf, type SystemPlace } from "../system-place.ts";
import { type ProgramStatus, SystemError, type SystemStatus } from "../system-request.ts";
import type { ToolSessions } from "./tool-routes.ts";
import type { HttpListener } from "./listener.ts";
import { forgetHttpSettings, keepHttpSettings, readHttpSettings } from "./settings.ts";

export interface HttpFaceOptions {
  readonly place: SystemPlace;
  readonly status: () => SystemStatus;
  readonly list: () => readonly ProgramStatus[];
  /** Starts `shoal attach` for a program of that name; undefined if there is none. */
  readonly attach: (name: string) => ChildProcess | undefined;
}

export class HttpFace {
  readonly #options: HttpFaceOptions;
  #listener: HttpListener | undefined;
  #tools: ToolSessions | undefined;

  constructor(options: HttpFaceOptions) {
    this.#options = options;
  }

  /** Where it answers; null if it does not. */
  get url(): string | null {
    return this.#listener?.url ?? null;
  }

  /** Opens it if that is kept. Rejects with a `SystemError` if the port cannot be had. */
  async restore(): Promise<void> {
    const kept = readHttpSettings(this.#options.place);
    if (kept !== undefined) await this.#open(kept.port, kept.token);
  }

  /** Opens it, or closes it with null, now and for later systems. */
  async set(port: number | null): Promise<void> {
    const { place } = this.#options;
    if (port !== null && this.#listener?.port === port) return;
    await this.close();
    if (port === null) return forgetHttpSettings(place);
    const { token } = keepHttpSettings(place, port);
    try {
      await this.#open(port, token);
    } catch (error) {
      forgetHttpSettings(place);
      throw error;
    }
    // A free port that was found is the port from now on.
    keepHttpSettings(place, this.#listener!.port);
  }

  async close(): Promise<void> {
    this.#tools?.close();
    await this.#listener?.close();
    this.#listener = undefined;
  }

  async #open(port: number, token: string): Promise<void> {
    const { place, status, list, attach } = this.#options;
    // Loaded by those systems only that need it.
    const [{ makeApi }, { ToolSessions }, { listenHttp }] = await Promise.all([
      import("./api.ts"),
      import("./tool-routes.ts"),
      import("./listener.ts"),
    ]);
    const sessions = new ToolSessions({ attach });
    const tools = sessions.routes;
    const output = (name: string) => readOutput(programDirectoryOf(place, name));
    try {
      this.#listener = await listenHttp(port, (bound) => {
        const api = makeApi({ port: bound, token, status, list, output, tools });
        return (request) => api.fetch(request);
      });
      this.#tools = sessions;
    } catch (error) {
      const why = messageOf(error);
      throw new SystemError(`HTTP on port ${port}: ${why}; give another with shoal up --http`, {
        cause: error,
      });
    }
  }
}
