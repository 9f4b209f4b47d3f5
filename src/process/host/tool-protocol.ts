// What the Model Context Protocol says about single methods, as far as a session has to know it to be
// rebuilt. In other protocols on JSON-RPC these names do not occur, and nothing here applies.
import { idKey, isId, isRecord, type Id, type Params, withFields } from "./message.ts";

export const Method = {
  initialize: "initialize",
  initialized: "notifications/initialized",
  cancelled: "notifications/cancelled",
  progress: "notifications/progress",
  rootsChanged: "notifications/roots/list_changed",
  listRoots: "roots/list",
} as const;

/** What a request that was answered leaves standing, under a key; or what it puts an end to. */
export function settingOf(
  method: string,
  params: Params,
): { readonly key: string; readonly stands: boolean } | undefined {
  if (method === "logging/setLevel") return { key: method, stands: true };
  const key = `resources/subscribe ${JSON.stringify(params["uri"])}`;
  if (method === "resources/subscribe") return { key, stands: true };
  return method === "resources/unsubscribe" ? { key, stands: false } : undefined;
}

/** The name under which a request wants to hear of its progress. */
export function progressTokenOf(params: Params): Id | undefined {
  const meta = params["_meta"];
  const token = isRecord(meta) ? meta["progressToken"] : undefined;
  return isId(token) ? token : undefined;
}

/** What a progress notification is about, and how far that is. */
export function progressOf(params: Params): { token: Id; value: number } | undefined {
  const { progressToken: token, progress: value } = params;
  return isId(token) && typeof value === "number" ? { token, value } : undefined;
}

export function cancelledIdOf(params: Params): Id | undefined {
  return isId(params["requestId"]) ? params["requestId"] : undefined;
}

/**
 * What tells two questions of a server apart that do not have the same id any more: all but the progress
 * token, in which every life counts anew.
 */
export function questionKey(method: string, params: Params): string {
  const { _meta, ...rest } = params;
  const { progressToken: _, ...meta } = isRecord(_meta) ? _meta : {};
  return JSON.stringify([method, rest, meta]);
}

/** A question of a later life, which begins to count its ids where the first one did. */
export function renamed(id: Id, generation: number): Id {
  return generation === 1 ? id : `shoal-${generation}-${idKey(id)}`;
}

/** The text of a question under other names. */
export function asQuestion(text: string, params: Params, id: Id, token: Id | undefined): string {
  if (token === undefined) return withFields(text, { id });
  const meta = isRecord(params["_meta"]) ? params["_meta"] : {};
  return withFields(text, { id, params: { ...params, _meta: { ...meta, progressToken: token } } });
}

export function errorResponse(id: Id, message: string): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code: internalError, message } });
}

export function cancellation(requestId: Id, reason: string): string {
  const params = { requestId, reason };
  return JSON.stringify({ jsonrpc: "2.0", method: Method.cancelled, params });
}

const internalError = -32603;
