// What becomes of what the child says: an answer goes to a client that waits for it, and to nobody else;
// progress never goes back; a question that was asked before gets the answer of then.
import { asAnswer } from "./answer.ts";
import { pendingOf } from "./apply-record.ts";
import type { ChildLife } from "./child-life.ts";
import { idKey, type Message, type Notification, type Request, type Response } from "./message.ts";
import { withFields } from "./message.ts";
import type { SessionState } from "./session-state.ts";
import { asQuestion, cancelledIdOf, Method, progressOf, progressTokenOf } from "./tool-protocol.ts";
import { questionKey, renamed } from "./tool-protocol.ts";

export interface Outcome {
  /** Of the messages those that go to the client. */
  readonly texts: string[];
  /** Answers that are there already. */
  readonly replies: string[];
  note: string | undefined;
}

export function fromChild(
  state: SessionState,
  life: ChildLife,
  messages: readonly Message[],
): Outcome {
  const outcome: Outcome = { texts: [], replies: [], note: undefined };
  life.hasChanged = false;
  for (const message of messages) {
    const text = handle(state, life, message, outcome);
    if (text === undefined) continue;
    if (text !== message.text) life.hasChanged = true;
    outcome.texts.push(text);
  }
  return outcome;
}

function handle(
  state: SessionState,
  life: ChildLife,
  message: Message,
  outcome: Outcome,
): string | undefined {
  if (message.kind === "response") return response(state, life, message, outcome);
  if (message.kind === "request") return question(state, life, message, outcome);
  if (message.method === Method.progress) return progress(state, life, message);
  return message.method === Method.cancelled ? cancelled(life, message) : message.text;
}

function response(
  { inFlight }: SessionState,
  life: ChildLife,
  { id, text, isError }: Response,
  outcome: Outcome,
): string | undefined {
  // It could not read something: that is no answer to anything that could be matched.
  if (id === undefined) return life.isLive ? text : undefined;
  if (life.takeAwaited(id)) {
    if (isError) outcome.note = `it refuses now what it took before: ${text.slice(0, 200)}`;
    return undefined;
  }
  const isAwaited = inFlight.some(
    (one) => idKey(one.id) === idKey(id) && life.delivered.has(one.serial),
  );
  return isAwaited ? text : undefined;
}

function question(
  { questions }: SessionState,
  life: ChildLife,
  { id, method, params, text }: Request,
  outcome: Outcome,
): string | undefined {
  const key = questionKey(method, params);
  const token = progressTokenOf(params);
  const earlier = questions.find((one) => one.key === key && !life.hasAsked(one.id));
  if (earlier !== undefined) {
    life.ask(earlier.id, { id, token });
    const { answer } = earlier;
    const reply = answer === undefined ? undefined : asAnswer(life, earlier.id, answer);
    if (reply !== undefined) outcome.replies.push(reply);
    return undefined;
  }
  const { generation } = life;
  const clientId = renamed(id, generation);
  life.ask(clientId, { id, token });
  if (generation === 1) return text;
  return asQuestion(text, params, clientId, token && renamed(token, generation));
}

function progress(
  state: SessionState,
  life: ChildLife,
  { params, text }: Notification,
): string | undefined {
  const told = progressOf(params);
  if (told === undefined) return text;
  if (life.muted.has(idKey(told.token))) return undefined;
  const pending = pendingOf(state, told.token);
  // During a rebuild it is about something that was answered long ago.
  if (pending === undefined) return life.isLive ? text : undefined;
  const isNews = pending.progress === undefined || told.value > pending.progress;
  return isNews ? text : undefined;
}

/** The child takes a question back. */
function cancelled(life: ChildLife, { params, text }: Notification): string | undefined {
  const id = cancelledIdOf(params);
  const clientKey = id === undefined ? undefined : life.clientIdOf(id);
  if (clientKey === undefined) return text;
  const requestId: unknown = JSON.parse(clientKey);
  return requestId === id ? text : withFields(text, { params: { ...params, requestId } });
}
