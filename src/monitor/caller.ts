// Whoever asked for an operation, and is told how it ended.
import type { Outcome } from "./message.ts";
import { makerOf } from "./name.ts";
import type { Operation } from "./operation.ts";
import type { Turn } from "./turn.ts";

/** Tells the core that asked, if it still lives. Told twice it hears once. */
export function tellAsker(turn: Turn, operation: Operation, outcome: Outcome): void {
  const to = makerOf(operation.name);
  if (turn.isMember(to)) turn.send(to, { kind: "finished", name: operation.name, outcome });
}

/** Ends a call of this core. */
export function answerCall(turn: Turn, asked: Operation, outcome: Outcome): void {
  turn.core.asked = turn.core.asked.filter((other) => other !== asked);
  turn.tell({ kind: "answer", call: asked.name, outcome });
}
