// Exceptions in both encodings: handlers with every kind of clause, payloads of all types, an exception
// held while its handler calls, thrown again, delegated.
import { Value, type ValueCode } from "../../../src/process/wasm/rewrite/index.ts";
import type { Body } from "./body.ts";
import { consume } from "./calls.ts";
import { areSame } from "./module-plan.ts";
import { content, drawParameters, inside, plainConstruct } from "./constructs.ts";

const block = 0x02;
const end = 0x0b;
const branch = 0x0c;
const tryTable = 0x1f;
const throwOpcode = 0x08;
const throwReference = 0x0a;
const localGet = 0x20;
const old = { try: 0x06, catch: 0x07, rethrow: 0x09, delegate: 0x18, catchAll: 0x19 } as const;

/** Any construct that leaves these; one that catches, now and then, where the module does. */
export function construct(body: Body, results: readonly ValueCode[]): void {
  const { plan, random } = body;
  if (plan.style === "none" || !random.chance(1, 3)) plainConstruct(body, results);
  else if (plan.style === "old") oldTry(body, results);
  else newTry(body, results);
}

/** A throw, or of an exception caught before; what follows is not reached. */
export function throwSomething(body: Body): void {
  const { plan, random, labels } = body;
  if (plan.style === "new" && random.chance(1, 3)) {
    body.count("throw_ref");
    body.op(localGet, body.local(Value.exnref)).op(throwReference);
    return;
  }
  const handlers = labels.flatMap(({ isHandler }, at) =>
    isHandler ? [labels.length - 1 - at] : [],
  );
  if (handlers.length > 0 && random.chance(1, 2)) {
    body.count("rethrow");
    body.op(old.rethrow, random.pick(handlers));
    return;
  }
  const tag = random.below(plan.tags.length);
  body.count("throw");
  body.values(plan.tags[tag]);
  body.op(throwOpcode, tag);
}

interface Clause {
  readonly kind: number;
  readonly tag: number;
  /** What it passes to its label. */
  readonly payload: readonly ValueCode[];
}

const clauseNames = ["catch", "catch_ref", "catch_all", "catch_all_ref"];

function drawClauses({ plan, random }: Body): Clause[] {
  return Array.from({ length: random.between(1, 3) }, () => {
    const kind = random.below(4);
    const tag = random.below(plan.tags.length);
    const reference = (kind & 1) === 1 ? [Value.exnref] : [];
    return { kind, tag, payload: [...(kind < 2 ? plan.tags[tag] : []), ...reference] };
  });
}

/**
 * A block for the results, within it one for each clause, and within them the `try_table`. A handler
 * stands behind the end of its clause's block.
 */
function newTry(body: Body, results: readonly ValueCode[]): void {
  const { random } = body;
  const clauses = drawClauses(body);
  const parameters = random.chance(1, 3) ? drawParameters(body) : [];
  const open = (types: readonly ValueCode[]): void => {
    body.op(block).blockType([], types);
    body.labels.push({ types, isHandler: false });
  };
  open(results);
  for (const { payload } of clauses.toReversed()) open(payload);
  body.count(parameters.length > 0 ? "try_table with parameters" : "try_table");
  body.values(parameters);
  body.op(tryTable).blockType(parameters, results).out.u32(clauses.length);
  clauses.forEach((clause, at) => writeClause(body, clause, at));
  inside(body, results, () => content(body, parameters, results));
  body.op(end).op(branch, clauses.length);
  clauses.forEach(({ payload }, at) => {
    body.op(end).labels.pop();
    content(body, payload, results);
    body.op(branch, clauses.length - 1 - at);
  });
  body.op(end).labels.pop();
}

/** To the block of its own, or to another further out that takes the same. */
function writeClause(body: Body, { kind, tag, payload }: Clause, own: number): void {
  const { labels, random } = body;
  const fitting = labels.flatMap(({ types }, at) =>
    areSame(types, payload) ? [labels.length - 1 - at] : [],
  );
  const label = random.chance(1, 3) ? random.pick(fitting) : own;
  if (label !== own) body.count("clauses that go further out");
  body.count(clauseNames[kind]);
  if (kind < 2) body.out.u8(kind).u32(tag).u32(label);
  else body.out.u8(kind).u32(label);
}

function oldTry(body: Body, results: readonly ValueCode[]): void {
  const { plan, random, labels } = body;
  const parameters = random.chance(1, 3) ? drawParameters(body) : [];
  body.count(parameters.length > 0 ? "old try with parameters" : "old try");
  body.values(parameters);
  body.op(old.try).blockType(parameters, results);
  inside(body, results, () => content(body, parameters, results));
  if (random.chance(1, 5)) {
    body.count("delegate");
    body.op(old.delegate, random.below(labels.length));
    return;
  }
  labels.push({ types: results, isHandler: true });
  for (let left = random.between(1, 2); left > 0; left--) {
    const tag = random.below(plan.tags.length);
    body.count("old catch").op(old.catch, tag);
    handler(body, plan.tags[tag], results);
  }
  if (random.chance(1, 2)) {
    body.count("old catch_all").op(old.catchAll);
    handler(body, [], results);
  }
  labels.pop();
  body.op(end);
}

function handler(body: Body, payload: readonly ValueCode[], results: readonly ValueCode[]): void {
  body.statements(1);
  consume(body, payload);
  content(body, [], results);
}
