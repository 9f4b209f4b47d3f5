// What a new child is told before it goes on with the session: the handshake, the settings that stand,
// and, where the server's state is in its memory, all that it has answered. Each request is answered
// before the next one is sent, as it was the first time; the answers are the client's already.
import { type Id, parseLine } from "./message.ts";
import type { SessionState } from "./session-state.ts";

export interface RebuildStep {
  readonly text: string;
  /** The request that has to be answered before the next step; none of a notification. */
  readonly id: Id | undefined;
}

/** Nothing, where the handshake was not answered: then it is in work itself. */
export function rebuildSteps(state: SessionState): RebuildStep[] {
  const { initialize, initialized, standing, history = [] } = state;
  const begin = [initialize, initialized].filter((text) => text !== undefined);
  const settings = standing.map(({ text }) => text);
  return [...begin, ...history, ...settings].map(stepOf);
}

function stepOf(text: string): RebuildStep {
  const [message] = parseLine(text)?.messages ?? [];
  return { text, id: message?.kind === "request" ? message.id : undefined };
}
