// JSON-RPC as lines of text. A message keeps the text that it came as, so that what is passed on unchanged
// is the same to the byte; only what has to be changed is written anew.

/** What names a request. Fractions and null, which the specification discourages, are no ids here. */
export type Id = string | number;

export interface Request {
  readonly kind: "request";
  readonly id: Id;
  readonly method: string;
  readonly params: Params;
  readonly text: string;
}

export interface Notification {
  readonly kind: "notification";
  readonly method: string;
  readonly params: Params;
  readonly text: string;
}

export interface Response {
  readonly kind: "response";
  /** Undefined: it answers something that could not be read. */
  readonly id: Id | undefined;
  readonly isError: boolean;
  readonly text: string;
}

export type Message = Request | Notification | Response;
export type Params = Readonly<Record<string, unknown>>;

export interface Line {
  readonly messages: readonly Message[];
  readonly isBatch: boolean;
}

/** Undefined for what is no JSON-RPC. */
export function parseLine(text: string): Line | undefined {
  const value = parse(text);
  if (!Array.isArray(value)) {
    const message = messageOf(value, text);
    return message && { messages: [message], isBatch: false };
  }
  const messages = value.map((one) => messageOf(one, JSON.stringify(one)));
  const isWhole = messages.length > 0 && messages.every((one) => one !== undefined);
  return isWhole ? { messages, isBatch: true } : undefined;
}

/** The line of what is left of one; undefined if nothing is. */
export function lineOf(texts: readonly string[], isBatch: boolean): string | undefined {
  if (texts.length === 0) return undefined;
  return isBatch ? `[${texts.join(",")}]` : texts[0];
}

/** Tells ids apart: 1 and "1" are two. */
export function idKey(id: Id): string {
  return JSON.stringify(id);
}

export function isId(value: unknown): value is Id {
  return typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
}

/** The same message with other values in some of its fields. */
export function withFields(text: string, fields: Params): string {
  return JSON.stringify({ ...(JSON.parse(text) as Params), ...fields });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(value: unknown, text: string): Message | undefined {
  if (!isRecord(value)) return undefined;
  const { id, method } = value;
  if (typeof method === "string") {
    const params = isRecord(value["params"]) ? value["params"] : {};
    if (id === undefined) return { kind: "notification", method, params, text };
    return isId(id) ? { kind: "request", id, method, params, text } : undefined;
  }
  const isError = "error" in value;
  if (!isError && !("result" in value)) return undefined;
  if (!isId(id) && id !== null && id !== undefined) return undefined;
  return { kind: "response", id: id ?? undefined, isError, text };
}

export function isRecord(value: unknown): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
