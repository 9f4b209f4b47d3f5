// A client's session with a tool server by HTTP: `shoal attach` as a child, which speaks lines of JSON-RPC and
// outlives the deaths of the server and of its holder. What comes from it is given to the stream of the request
// that it answers or belongs to; what belongs to none, to the stream that the client keeps open, or waits.
import type { ChildProcess } from "node:child_process";

/** A message of JSON-RPC, of which only this is looked at. */
export interface ToolMessage {
  readonly jsonrpc?: string;
  readonly id?: string | number | null | undefined;
  readonly error?: { readonly code: number; readonly message: string };
  readonly method?: string;
  readonly params?: {
    readonly progressToken?: unknown;
    readonly _meta?: { progressToken?: unknown };
  };
}

/** Where messages to the client go. */
export interface MessageStream {
  send(message: ToolMessage): void;
  close(): void;
}

interface OpenRequest {
  readonly id: ToolMessage["id"];
  readonly stream: MessageStream;
  readonly progressToken: unknown;
}

const waitingMax = 1000;
const errorTextMax = 2000;

export class ToolSession {
  readonly id = process.getBuiltinModule("node:crypto").randomUUID();
  /** How it ended: what its child said last. */
  readonly ended: Promise<string>;
  /** When it was last used, by the clock of `performance`. */
  usedMs = performance.now();
  readonly #child: ChildProcess;
  readonly #requests = new Map<string, OpenRequest>();
  #standing: MessageStream | undefined;
  #waiting: ToolMessage[] = [];

  constructor(child: ChildProcess) {
    this.#child = child;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    const { createInterface } = process.getBuiltinModule("node:readline");
    createInterface({ input: child.stdout! }).on("line", (line) => this.#received(line));
    let errors = "";
    child.stderr!.on(
      "data",
      (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-errorTextMax)),
    );
    // Whoever has ended reads no more.
    child.stdin!.on("error", () => {});
    child.on("error", (error) => resolve(error.message));
    child.on("close", () => resolve(errors.trim()));
    void promise.then((why) => this.#over(why));
  }

  get isBusy(): boolean {
    return this.#requests.size > 0 || this.#standing !== undefined;
  }

  /** Sends a message; `stream` gets what answers it, if it is a request. */
  send(message: ToolMessage, stream?: MessageStream): void {
    this.usedMs = performance.now();
    if (stream !== undefined) {
      const progressToken = message.params?._meta?.progressToken;
      this.#requests.set(keyOf(message.id), { id: message.id, stream, progressToken });
    }
    this.#child.stdin!.write(`${JSON.stringify(message)}\n`);
  }

  /** The client reads no more of what answers a request. What comes all the same waits for its next stream. */
  leave(id: ToolMessage["id"], stream: MessageStream): void {
    if (this.#requests.get(keyOf(id))?.stream === stream) this.#requests.delete(keyOf(id));
  }

  /** Of messages that belong to no request; false if there is such a stream already. */
  stand(stream: MessageStream): boolean {
    if (this.#standing !== undefined) return false;
    this.usedMs = performance.now();
    this.#standing = stream;
    for (const message of this.#waiting) stream.send(message);
    this.#waiting = [];
    return true;
  }

  leaveStanding(stream: MessageStream): void {
    if (this.#standing === stream) this.#standing = undefined;
  }

  /** Ends the session with its server. */
  end(): void {
    this.#child.stdin!.end();
  }

  #received(line: string): void {
    const message = parse(line);
    if (message === undefined) return;
    this.usedMs = performance.now();
    if (message.method === undefined) this.#answered(message);
    else this.#deliver(message);
  }

  #answered(message: ToolMessage): void {
    const request = this.#requests.get(keyOf(message.id));
    if (request === undefined) return this.#deliver(message);
    this.#requests.delete(keyOf(message.id));
    request.stream.send(message);
    request.stream.close();
  }

  #deliver(message: ToolMessage): void {
    const stream = this.#streamFor(message);
    if (stream !== undefined) stream.send(message);
    else if (this.#waiting.push(message) > waitingMax) this.#waiting.shift();
  }

  /** Most likely a message belongs to the request that came last, if it does not say to which. */
  #streamFor(message: ToolMessage): MessageStream | undefined {
    const open = [...this.#requests.values()];
    const token = message.params?.progressToken;
    const owner = token === undefined ? undefined : open.find((one) => one.progressToken === token);
    return (owner ?? open.at(-1))?.stream ?? this.#standing;
  }

  /** Nobody will answer what is open. */
  #over(why: string): void {
    const error = {
      code: -32_000,
      message: `the session has ended${why === "" ? "" : `: ${why}`}`,
    };
    for (const { stream, id } of this.#requests.values()) {
      stream.send({ jsonrpc: "2.0", id, error });
      stream.close();
    }
    this.#requests.clear();
    this.#standing?.close();
    this.#standing = undefined;
  }
}

/** A number and the text of it are two ids. */
function keyOf(id: ToolMessage["id"]): string {
  return JSON.stringify(id ?? null);
}

function parse(line: string): ToolMessage | undefined {
  try {
    return JSON.parse(line) as ToolMessage;
  } catch {
    return undefined;
  }
}
