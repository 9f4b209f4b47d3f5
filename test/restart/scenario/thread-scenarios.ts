// Scenarios of the calls on threads, spaces, sets, memories and the clock.
import { Kind } from "../../../src/abi/index.ts";
import { Binding } from "../../../src/kernel/index.ts";
import { fillPattern } from "../../support/long-message.ts";
import { make, type Play, type Program } from "../../support/play.ts";
import type { Scenario } from "../proof.ts";
import { overThread } from "../surgeon.ts";

/** A thread that waits for a notification, and one that does something to it meanwhile. */
function withWaiter(act: (slot: number, play: Play) => Program): Scenario["stage"] {
  return (play) => {
    const space = play.space("space");
    const { slot } = play.own("notification", Kind.notification, space);
    const waiter = play.cast("waiter", space, 20, waitFor(slot));
    const thread = play.bench.grant(space, Kind.thread, waiter.row, {
      slot: 80,
      rights: overThread,
    });
    play.cast("actor", space, 10, act(thread, play));
    play.cast("signaller", space, 5, signalOnce(slot));
  };
}

function* waitFor(slot: number): Program {
  const answer = yield* make("notificationWait", { a0: slot });
  return [answer.status, answer.words[0]];
}

function* signalOnce(slot: number): Program {
  return (yield* make("notificationSignal", { a0: slot, a1: 6 })).status;
}

export const threadStop: Scenario = {
  stage: withWaiter(function* (thread) {
    const stopped = yield* make("threadStop", { a0: thread });
    const seen = yield* make("objectGetState", { a0: thread, a1: 256, a2: 64 });
    const resumed = yield* make("threadResume", { a0: thread });
    const refused = yield* make("threadResume", { a0: thread });
    return [stopped.status, seen.status, resumed.status, refused.status];
  }),
  points: [
    "threadStop@running",
    "threadResume@running",
    "notificationWait@waitingNotification",
    "notificationWait@stopped",
  ],
};

export const threadInterrupt: Scenario = {
  stage: withWaiter(function* (thread) {
    return (yield* make("threadInterrupt", { a0: thread })).status;
  }),
  points: ["threadInterrupt@running", "notificationWait@waitingNotification"],
};

export const threadSchedule: Scenario = {
  stage: withWaiter(function* (thread) {
    const lower = yield* make("threadSchedule", { a0: thread, a1: 7, a2: 500 });
    const refused = yield* make("threadSchedule", { a0: thread, a1: 32 });
    return [lower.status, refused.status];
  }),
  points: ["threadSchedule@running"],
};

export const threadYield: Scenario = {
  stage(play) {
    const space = play.space("space");
    play.cast("first", space, 10, yieldTwice());
    play.cast("second", space, 11, yieldTwice());
  },
  points: ["threadYield@running", "user@running"],
};

function* yieldTwice(): Program {
  return [(yield* make("threadYield")).status, (yield* make("threadYield")).status];
}

export const threadSleep: Scenario = {
  stage(play) {
    const space = play.space("space");
    play.cast("short", space, 10, sleepAndAsk(300));
    play.cast("long", space, 11, sleepAndAsk(40_000));
  },
  points: ["threadSleep@running", "threadSleep@sleeping"],
};

function* sleepAndAsk(us: number): Program {
  const slept = yield* make("threadSleep", { receiveTimeout: us });
  return [slept.status, (yield* make("clockRead")).words];
}

export const threadExit: Scenario = {
  stage(play) {
    const space = play.space("space");
    const supervisor = play.space("supervisor");
    const { slot } = play.own("notification", Kind.notification, supervisor);
    const named = play.bench.grant(supervisor, Kind.space, space);
    const { slot: mutex } = play.own("mutex", Kind.mutex, space);
    play.cast("supervisor", supervisor, 20, superviseExit(named, slot));
    play.cast("leaver", space, 10, lockAndExit(mutex));
    play.cast("heir", space, 9, inherit(mutex));
  },
  points: ["threadExit@running", "notificationWait@waitingNotification", "spaceBind@running"],
};

function* superviseExit(space: number, notification: number): Program {
  const bound = yield* make("spaceBind", { a0: space, a1: Binding.exit, a2: notification, a3: 32 });
  const told = yield* make("notificationWait", { a0: notification });
  return [bound.status, told.words[0]];
}

function* lockAndExit(mutex: number): Program {
  yield* make("mutexLock", { a0: mutex });
  yield* make("threadExit", { a0: 42 });
  return "never";
}

function* inherit(mutex: number): Program {
  const locked = yield* make("mutexLock", { a0: mutex });
  yield* make("threadExit", { a0: locked.status });
  return "never";
}

const copyBytes = 100_000;

export const regions: Scenario = {
  stage(play) {
    const space = play.space("space", 262_144);
    const { slot } = play.own("region", Kind.region, space, [131_072]);
    fillPattern(play.bench, space, [0, copyBytes]);
    play.cast("copier", space, 10, copyThrough(slot));
  },
  points: ["regionWrite@running", "regionRead@running"],
};

function* copyThrough(slot: number): Program {
  const wrote = yield* make("regionWrite", { a0: slot, a1: 4, a2: 0, a3: copyBytes });
  const read = yield* make("regionRead", { a0: slot, a1: 4, a2: 131_072, a3: copyBytes });
  return [wrote.status, read.status];
}

export const memory: Scenario = {
  stage(play) {
    const space = play.space("space", 262_144);
    const other = play.space("other", 262_144);
    const slot = play.bench.grant(space, Kind.space, other);
    fillPattern(play.bench, space, [0, copyBytes], 5);
    play.cast("debugger", space, 10, readBack(slot));
  },
  points: ["memoryWrite@running", "memoryRead@running"],
};

function* readBack(slot: number): Program {
  const wrote = yield* make("memoryWrite", { a0: slot, a1: 8, a2: 0, a3: copyBytes });
  const read = yield* make("memoryRead", { a0: slot, a1: 8, a2: 131_072, a3: copyBytes });
  return [wrote.status, read.status];
}

export const sets: Scenario = {
  stage(play) {
    const server = play.space("server");
    const client = play.space("client");
    const set = play.own("set", Kind.endpointSet, server);
    const one = play.endpoint(server, client, 1);
    const two = play.endpoint(server, client, 2);
    play.cast("server", server, 20, serveSet(set.slot, one.inner, two.inner));
    play.cast("client", client, 10, sendBoth(one.outer, two.outer));
  },
  points: ["setAdd@running", "setRemove@running", "receive@receiving", "send@running"],
};

function* serveSet(set: number, one: number, two: number): Program {
  const added = [
    (yield* make("setAdd", { a0: set, a1: one })).status,
    (yield* make("setAdd", { a0: set, a1: two })).status,
    (yield* make("setAdd", { a0: set, a1: two })).status,
  ];
  const first = yield* make("receive", { a0: set });
  const second = yield* make("receive", { a0: set });
  const removed = yield* make("setRemove", { a0: set, a1: one });
  return [added, first.badge, first.label, second.badge, second.label, removed.status];
}

function* sendBoth(one: number, two: number): Program {
  const first = yield* make("send", { a0: one, label: 11 });
  const second = yield* make("send", { a0: two, label: 22 });
  return [first.status, second.status];
}

export const clock: Scenario = {
  stage(play) {
    const space = play.space("space");
    play.cast("asker", space, 10, sleepAndAsk(2500));
  },
  points: ["clockRead@running"],
};
