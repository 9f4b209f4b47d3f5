// What the client says about a question, as the child that lives now has to hear it: under the names that
// the question has with that child.
import type { ChildLife } from "./child-life.ts";
import { type Id, idKey, type Notification, withFields } from "./message.ts";
import type { SessionState } from "./session-state.ts";

/** Undefined if the child has not asked this, or not yet. */
export function asAnswer(
  life: ChildLife | undefined,
  clientId: Id,
  text: string,
): string | undefined {
  const asked = life?.askedAs(clientId);
  if (asked === undefined) return undefined;
  return asked.id === clientId ? text : withFields(text, { id: asked.id });
}

/** How far the client is with a question. */
export function asProgress(
  { questions }: SessionState,
  life: ChildLife | undefined,
  token: Id,
  { text, params }: Notification,
): string | undefined {
  const question = questions.find(
    (one) => one.token !== undefined && idKey(one.token) === idKey(token),
  );
  const asked = question && life?.askedAs(question.id);
  if (asked?.token === undefined) return undefined;
  if (asked.token === token) return text;
  return withFields(text, { params: { ...params, progressToken: asked.token } });
}
