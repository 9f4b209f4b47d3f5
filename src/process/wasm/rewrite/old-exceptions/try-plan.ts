// What must be known of every old `try` before its body is translated: its clauses, whether it is
// rethrown, and whether an inner one delegates to it. All of it stands behind the `try`, so it is
// gathered in a look at the whole body first.
import { type ByteReader, Opcode, readOpcode, skipImmediates } from "../../binary/index.ts";

export const OldOpcode = {
  try: 0x06,
  catch: 0x07,
  rethrow: 0x09,
  delegate: 0x18,
  catchAll: 0x19,
} as const;

export interface TryPlan {
  /** The tag of each clause in order; undefined for the one that catches everything. */
  readonly clauses: (number | undefined)[];
  isRethrown: boolean;
  /** It has a `delegate` in place of clauses. */
  delegates: boolean;
  /** An inner `try` passes its exceptions to this one, past those between. */
  isDelegatedTo: boolean;
}

export interface BodyPlan {
  /** In the order of their `try`. */
  readonly tries: readonly TryPlan[];
  /** Some `try` passes its exceptions to the caller. */
  readonly delegatesToCaller: boolean;
}

interface Open {
  readonly plan: TryPlan | undefined;
  isInClause: boolean;
}

/** `reader` stands at the code of the body. */
export function planTries(reader: ByteReader): BodyPlan {
  const tries: TryPlan[] = [];
  const open: Open[] = [{ plan: undefined, isInClause: false }];
  let delegatesToCaller = false;
  while (!reader.isAtEnd()) {
    const start = reader.position;
    const opcode = readOpcode(reader);
    const top = open.at(-1) ?? reader.fail("a body goes on after its end", start);
    if (opcode === OldOpcode.catch || opcode === OldOpcode.catchAll) {
      if (top.plan === undefined) reader.fail("a `catch` has no `try`", start);
      top.plan.clauses.push(opcode === OldOpcode.catch ? reader.u32() : undefined);
      top.isInClause = true;
    } else if (opcode === OldOpcode.rethrow) {
      planAt(open, reader.u32(), reader).isRethrown = true;
    } else if (opcode === OldOpcode.delegate) {
      if (top.plan === undefined) reader.fail("a `delegate` has no `try`", start);
      top.plan.delegates = true;
      open.pop();
      const target = delegateTarget(open, reader.u32());
      if (target?.plan === undefined) delegatesToCaller = true;
      else target.plan.isDelegatedTo = true;
    } else {
      skipImmediates(reader, opcode);
      if (opcode === Opcode.end) open.pop();
      else if (opensConstruct(opcode)) open.push(openOf(opcode, tries));
    }
  }
  return { tries, delegatesToCaller };
}

function openOf(opcode: number, tries: TryPlan[]): Open {
  if (opcode !== OldOpcode.try) return { plan: undefined, isInClause: false };
  const plan: TryPlan = {
    clauses: [],
    isRethrown: false,
    delegates: false,
    isDelegatedTo: false,
  };
  tries.push(plan);
  return { plan, isInClause: false };
}

export function opensConstruct(opcode: number): boolean {
  return (
    opcode === Opcode.block ||
    opcode === Opcode.loop ||
    opcode === Opcode.if ||
    opcode === Opcode.tryTable ||
    opcode === OldOpcode.try
  );
}

function planAt(open: readonly Open[], depth: number, reader: ByteReader): TryPlan {
  const found = open.at(-1 - depth);
  if (found?.plan === undefined || !found.isInClause) reader.fail("a `rethrow` is in no `catch`");
  return found.plan;
}

/**
 * Where exceptions go that are delegated to a label: the first `try` around it, itself included, whose
 * body it stands in. Undefined for the caller.
 */
export function delegateTarget<T extends { readonly plan: unknown; readonly isInClause: boolean }>(
  open: readonly T[],
  depth: number,
): T | undefined {
  for (let at = open.length - 1 - depth; at >= 0; at--) {
    const one = open[at];
    if (one?.plan !== undefined && !one.isInClause) return one;
  }
  return undefined;
}
