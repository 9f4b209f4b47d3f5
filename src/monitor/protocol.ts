// The shape that every protocol between monitors has: a table. Its rows are the states that one instance can be in
// (an offer, an operation, a gathering), its columns what can come, and each cell is the rule for that case: it changes
// what this core knows, says what is sent, and answers the next state. The type has a cell for every pair, so a message
// that is added breaks the build until every state says what becomes of it.
//
// Rules are data to whoever runs them: a monitor is given its tables, so a simulation can give it others.

/**
 * What becomes of a message in a state.
 *
 * @returns The state that follows.
 */
export type Rule<Turn, Instance, Message, State> = (
  turn: Turn,
  instance: Instance,
  message: Message,
  from: number,
) => State;

/** One rule for each (state, message). `Messages` maps the name of a message to what it carries. */
export type Table<Turn, Instance, State extends string, Messages> = {
  readonly [S in State]: {
    readonly [M in keyof Messages]: Rule<Turn, Instance, Messages[M], State>;
  };
};

/** A message that cannot come in this state came: one of us is wrong. Nobody catches it: the core stops. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** A cell for what cannot be, with the reason why not. */
export function never(why: string): () => never {
  return () => {
    throw new ProtocolError(`A monitor was sent what cannot come now: ${why}.`);
  };
}

/** A cell in which nothing happens and the state stays. */
export function stay<State extends string>(state: State): () => State {
  return () => state;
}
