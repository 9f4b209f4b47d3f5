// What a record does to the state of a session. The same function runs when something happens and when
// the log is read again, so both come to the same state.
import { idKey, type Message, type Notification, parseLine, type Response } from "./message.ts";
import { isPoison } from "./poison-request.ts";
import type { HostRecord, Pending, Question, SessionState } from "./session-state.ts";
import { cancelledIdOf, Method, progressOf, progressTokenOf } from "./tool-protocol.ts";
import { questionKey, settingOf } from "./tool-protocol.ts";

export function applyRecord(state: SessionState, record: HostRecord): void {
  switch (record.kind) {
    case "in":
      state.lastIn = record.number;
      for (const message of messagesOf(record.line)) heard(state, message, record);
      return;
    case "out":
      state.lastOut = record.number;
      state.unsent.push({ number: record.number, line: record.line });
      for (const message of messagesOf(record.line)) said(state, message);
      return;
    case "life":
      state.generation++;
      return;
    case "died":
      for (const pending of state.inFlight) {
        if (!record.serials.includes(pending.serial)) continue;
        if (record.isOwn) pending.deaths++;
        else pending.kills++;
      }
      return;
    case "end":
      state.hasEnded = true;
      return;
    case "state":
      Object.assign(state, record.state);
  }
}

function messagesOf(line: string): readonly Message[] {
  return parseLine(line)?.messages ?? [];
}

type Incoming = Extract<HostRecord, { kind: "in" }>;

/** From the client. */
function heard(state: SessionState, message: Message, { number, line }: Incoming): void {
  if (message.kind === "response") return answered(state, message);
  if (message.kind === "notification") return notified(state, message);
  const { id, method, text, params } = message;
  state.inFlight.push({
    serial: ++state.lastSerial,
    line: number,
    id,
    method,
    text,
    isBatch: line !== text,
    token: progressTokenOf(params),
    progress: undefined,
    deaths: 0,
    kills: 0,
  });
}

function notified(state: SessionState, { method, params, text }: Notification): void {
  if (method === Method.initialized) {
    state.initialized = text;
  } else if (method === Method.cancelled) {
    const id = cancelledIdOf(params);
    const given = state.inFlight.find((one) => id !== undefined && idKey(one.id) === idKey(id));
    if (given !== undefined) finish(state, given);
  } else {
    // What was answered before this is not true any more.
    if (method === Method.rootsChanged) dropRoots(state);
    state.history?.push(text);
  }
}

function dropRoots(state: SessionState): void {
  state.questions = state.questions.filter(
    ({ method, answer }) => method !== Method.listRoots || answer === undefined,
  );
}

function answered(state: SessionState, { id, text }: Response): void {
  const question = state.questions.find(
    (one) => id !== undefined && idKey(one.id) === idKey(id) && one.answer === undefined,
  );
  if (question === undefined) return;
  question.answer = text;
  // Of those that nothing in work has asked, the latest answer is the one to be given again.
  if (question.causes.length === 0) {
    state.questions = state.questions.filter(
      (one) => one === question || one.causes.length > 0 || !isEarlierTwin(one, question),
    );
  }
  forgetQuestions(state);
}

function isEarlierTwin(one: Question, question: Question): boolean {
  return one.key === question.key && one.answer !== undefined;
}

/** To the client. */
function said(state: SessionState, message: Message): void {
  if (message.kind === "request") return asked(state, message);
  if (message.kind === "notification") return told(state, message);
  const pending = state.inFlight.find(
    (one) => message.id !== undefined && idKey(one.id) === idKey(message.id),
  );
  if (pending === undefined) return;
  finish(state, pending);
  if (message.isError) repeatLater(state, pending);
  else settle(state, pending);
}

function asked(
  state: SessionState,
  { id, method, params }: Extract<Message, { kind: "request" }>,
): void {
  const causes = state.inFlight.map(({ serial }) => serial);
  const key = questionKey(method, params);
  const token = progressTokenOf(params);
  state.questions.push({ id, method, key, token, causes, answer: undefined });
}

function told(state: SessionState, { method, params }: Notification): void {
  if (method === Method.cancelled) {
    const id = cancelledIdOf(params);
    state.questions = state.questions.filter(
      (one) => id === undefined || idKey(one.id) !== idKey(id),
    );
    return;
  }
  const progress = method === Method.progress ? progressOf(params) : undefined;
  const pending = progress && pendingOf(state, progress.token);
  if (pending !== undefined) pending.progress = progress!.value;
}

/** The request that hears of its progress under a token. */
export function pendingOf(state: SessionState, token: string | number): Pending | undefined {
  return state.inFlight.find((one) => one.token !== undefined && idKey(one.token) === idKey(token));
}

function finish(state: SessionState, pending: Pending): void {
  state.inFlight = state.inFlight.filter((one) => one !== pending);
  forgetQuestions(state);
}

/** What a request leaves behind that was answered, and not with an error. */
function settle(state: SessionState, pending: Pending): void {
  const { method, text } = pending;
  if (method === Method.initialize) {
    state.initialize = text;
    return;
  }
  const [message] = messagesOf(text);
  const params = message?.kind === "request" ? message.params : {};
  const setting = settingOf(method, params);
  if (setting === undefined) return repeatLater(state, pending);
  state.standing = state.standing.filter(({ key }) => key !== setting.key);
  if (setting.stands) state.standing.push({ key: setting.key, text });
}

/** What failed may have changed something, too; but not what we have answered ourselves. */
function repeatLater(state: SessionState, pending: Pending): void {
  if (!isPoison(pending)) state.history?.push(pending.text);
}

/** An answer is kept as long as something is in work that may ask for it again. */
function forgetQuestions(state: SessionState): void {
  if (state.history !== undefined) return;
  state.questions = state.questions.filter(
    (one) => one.answer === undefined || !isOrphan(state, one),
  );
}

/** Whether all that was in work when it was asked is done. */
export function isOrphan({ inFlight }: SessionState, { causes }: Question): boolean {
  return causes.length > 0 && !inFlight.some(({ serial }) => causes.includes(serial));
}
