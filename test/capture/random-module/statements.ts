// Code that leaves nothing on the stack: assignments, stores, calls, constructs, and what leaves a
// construct or the function before its end.
import { Value } from "../../../src/process/wasm/rewrite/index.ts";
import type { Body } from "./body.ts";
import { callAny, consume, point, tailCall } from "./calls.ts";
import { construct, throwSomething } from "./exceptions.ts";
import { bulk, store } from "./memory-code.ts";
import { allTypes, areSame } from "./module-plan.ts";

const branch = 0x0c;
const branchIf = 0x0d;
const branchTable = 0x0e;
const returnOpcode = 0x0f;
const unreachable = 0x00;
const ifOpcode = 0x04;
const end = 0x0b;
const localSet = 0x21;
const globalSet = 0x24;
const drop = 0x1a;

export function statements(body: Body, count: number): void {
  for (let left = count; left > 0 && !body.isSpent(); left--) {
    body.nested(() => body.random.pick(kinds)(body));
  }
}

const kinds: readonly ((body: Body) => void)[] = [
  assignLocal,
  assignLocal,
  assignGlobal,
  store,
  store,
  bulk,
  bulk,
  callAny,
  callAny,
  (body) => (point(body), void body.op(localSet, body.local(Value.i32))),
  (body) => (point(body), void body.op(drop)),
  (body) => construct(body, []),
  (body) => construct(body, []),
  multiple,
  conditionalBranch,
  sometimes(leave),
];

function assignLocal(body: Body): void {
  const type = body.random.pick(allTypes);
  body.value(type);
  body.op(localSet, body.local(type));
}

function assignGlobal(body: Body): void {
  const type = body.random.pick(allTypes);
  body.value(type);
  body.op(globalSet, body.global(type));
}

/** Several values made, then taken. */
function multiple(body: Body): void {
  const types = Array.from({ length: body.random.between(2, 4) }, () => body.random.pick(allTypes));
  body.values(types);
  consume(body, types);
}

function conditionalBranch(body: Body): void {
  const { labels, random } = body;
  const label = random.below(labels.length);
  const { types } = labels[labels.length - 1 - label];
  body.values(types);
  body.value(Value.i32);
  body.count("br_if").op(branchIf, label);
  consume(body, types);
}

/** Within an `if`, so that what follows is reached as well. */
function sometimes(write: (body: Body) => void): (body: Body) => void {
  return (body) => {
    body.value(Value.i32);
    if (body.random.chance(3, 4)) body.i32(0x0f00).op(0x71).op(0x45);
    body.op(ifOpcode).blockType([], []);
    body.labels.push({ types: [], isHandler: false });
    write(body);
    if (body.random.chance(1, 3)) body.statements(1);
    body.op(end).labels.pop();
  };
}

/** Leaves for good: what follows is not reached. */
function leave(body: Body): void {
  const { plan, random } = body;
  const choice = random.below(12);
  if (choice < 2) leaveByBranch(body);
  else if (choice < 4) leaveByTable(body);
  else if (choice < 6) leaveByReturn(body);
  else if (choice < 8) {
    if (!tailCall(body)) leaveByReturn(body);
  } else if (choice < 11 && plan.style !== "none") throwSomething(body);
  else trap(body);
}

function leaveByReturn(body: Body): void {
  body.values(body.type.results);
  body.count("return").op(returnOpcode);
}

function leaveByBranch(body: Body): void {
  const { labels, random } = body;
  const label = random.below(labels.length);
  body.values(labels[labels.length - 1 - label].types);
  body.count("br").op(branch, label);
}

/** To any of the labels that take the same. */
function leaveByTable(body: Body): void {
  const { labels, random } = body;
  const { types } = random.pick(labels);
  const fitting = labels.flatMap((label, at) =>
    areSame(label.types, types) ? [labels.length - 1 - at] : [],
  );
  const targets = Array.from({ length: random.between(1, 4) }, () => random.pick(fitting));
  body.values(types);
  body.value(Value.i32);
  body.count("br_table").op(branchTable, targets.length - 1, ...targets);
}

function trap(body: Body): void {
  if (body.random.chance(1, 2)) {
    body.count("unreachable").op(unreachable);
    return;
  }
  body.count("division by zero");
  body.value(Value.i32);
  body.i32(0).op(0x6d).op(drop);
}
