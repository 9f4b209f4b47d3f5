// Portals that run too long for their callers. One whose program is prepared for capture leaves its
// caller's stack and goes on as a thread of its own, while its caller waits and others run.
import { describe, expect, it } from "vitest";
import { Status } from "../../src/abi/index.ts";
import { assembleWat } from "../support/wat.ts";
import { type Manner, type Member, runTogether } from "./together.ts";

/** What a portal does with `$n`, after as many turns of a loop as its label says. */
function portal(end: string): string {
  return `(module
    (import "shoal" "set_word" (func $set_word (param i32 i32)))
    (memory (export "memory") 1)
    (func $turns (param $n i32) (result i32) (local $x i32)
      (loop $again
        (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 31)) (local.get $n)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $x))
    (func (export "_start") (result i32) (i32.const 0))
    (func (export "shoal_portal")
      (param $handler i32) (param $badge i32) (param $n i32) (param $w0 i32)
      (param i32 i32 i32 i32 i32) (result i32)
      (call $set_word (i32.const 1) (i32.const 41))
      (local.set $n (call $turns (local.get $n)))
      ${end}))`;
}

/** Calls the portal with this label, for as long as it says, and exits with what came of it. */
function caller(turns: number, timeoutUs = -1): string {
  return `(module
    (import "shoal" "syscall" (func $syscall (param i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start") (result i32) (local $status i32)
      (i32.store (i32.const 64) (i32.const 13))
      (i32.store (i32.const 68) (i32.const 64))
      (i32.store (i32.const 84) (i32.const ${turns}))
      (i32.store (i32.const 88) (i32.const 7))
      (i32.store (i32.const 116) (i32.const -1))
      (i32.store (i32.const 120) (i32.const ${timeoutUs}))
      (local.set $status (call $syscall (i32.const 64)))
      (if (local.get $status) (then (return (local.get $status))))
      (i32.add (i32.load (i32.const 84))
        (i32.add (i32.load (i32.const 88)) (i32.load (i32.const 92))))))`;
}

/** Ends at once. */
const bystander = `(module (memory (export "memory") 1) (func (export "_start") (result i32) (i32.const 5)))`;

/** A portal that calls another, and answers with the status of that. */
const relay = `(module
  (import "shoal" "call" (func $call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (result i32) (i32.const 0))
  (func (export "shoal_portal")
    (param i32 i32) (param $n i32) (param i32 i32 i32 i32 i32 i32) (result i32)
    (call $call (i32.const 65) (local.get $n) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0))))`;

const answers = `(i32.add (local.get $n) (local.get $w0))`;
const traps = `(unreachable)`;
const fuelSlice = 1000;
const fewTurns = 10;
/** More than a caller puts up with, by far. */
const manyTurns = 400_000;
/** More than there is time for. */
const endlessTurns = 0;

/** What the caller comes to when the portal answers: its label, and the words that it left and set. */
function answered(turns: number): number {
  let x = 0;
  for (let n = turns; n > 0; n--) x = (Math.imul(x, 31) + n) | 0;
  return (x + 7 + 7 + 41) | 0;
}

async function server(end: string): Promise<Member> {
  return { program: await assembleWat(portal(end)), serves: [{ name: "work", handler: 1 }] };
}

async function client(name: string, turns: number, timeoutUs?: number): Promise<Member> {
  return { program: await assembleWat(caller(turns, timeoutUs)), calls: [{ name }] };
}

interface Course {
  readonly server: number | undefined;
  readonly client: number | undefined;
  readonly bystander: number | undefined;
  /** Whether somebody else got the processor before the client had its answer. */
  readonly wasOvertaken: boolean;
  readonly faults: number;
}

/** A portal that does so much, its client, and somebody who has nothing to do with them. */
async function course(
  manner: Manner,
  end: string,
  turns: number,
  timeoutUs?: number,
): Promise<Course> {
  const members = [
    await server(end),
    await client("work", turns, timeoutUs),
    { program: await assembleWat(bystander) },
  ];
  let wasOvertaken = false;
  const { codes, faults } = await runTogether(members, {
    ...manner,
    isOver(now) {
      wasOvertaken ||= now[2] !== undefined && now[1] === undefined;
      return now[1] !== undefined && now[2] !== undefined;
    },
  });
  const [ofServer, ofClient, ofBystander] = codes;
  return {
    server: ofServer,
    client: ofClient,
    bystander: ofBystander,
    wasOvertaken,
    faults: faults.length,
  };
}

describe.each(["process", "interrupt"] as const)("a portal in the %s model", (model) => {
  const manner: Manner = { model, fuelSlice, isCapturable: true, verifiesCalls: true };

  it("answers on its caller's time if that is short", async () => {
    const { client: code, wasOvertaken } = await course(manner, answers, fewTurns);
    expect(code).toBe(answered(fewTurns));
    expect(wasOvertaken).toBe(false);
  });

  it("goes on as a thread if it takes long, with the words that it had set, and answers then", async () => {
    const { client: code, wasOvertaken, faults } = await course(manner, answers, manyTurns);
    expect(code).toBe(answered(manyTurns));
    expect(wasOvertaken).toBe(true);
    expect(faults).toBe(0);
  });

  it("is waited for no longer than its caller said", async () => {
    const seen = await course(manner, answers, endlessTurns, 20_000);
    expect(seen).toMatchObject({ client: Status.timeout, bystander: 5, faults: 0 });
  });

  it("that traps as a thread leaves its caller without an answer", async () => {
    const seen = await course(manner, traps, manyTurns);
    expect(seen).toMatchObject({ client: Status.partnerGone, wasOvertaken: true, faults: 1 });
  });

  it("that another portal called is ended, since that one cannot wait", async () => {
    const middle: Member = {
      program: await assembleWat(relay),
      serves: [{ name: "relay", handler: 1 }],
      calls: [{ name: "work" }],
    };
    const members = [await server(answers), middle, await client("relay", manyTurns)];
    const { codes } = await runTogether(members, {
      ...manner,
      isOver: (now) => now[2] !== undefined,
    });
    expect(codes[2]).toBe(Status.portalFuel);
  });
});

it("a portal that is not prepared for capture is ended if it takes long", async () => {
  const seen = await course({ model: "process", fuelSlice }, answers, manyTurns);
  expect(seen.client).toBe(Status.portalFuel);
});
