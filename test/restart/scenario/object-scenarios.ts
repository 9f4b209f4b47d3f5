// Scenarios of the calls on objects and capabilities. Threads that wait have a higher priority than
// those that act on them, so that one that was rebuilt waits again before anybody acts.
import { Kind, Right, stateWords, stateWord, Status } from "../../../src/abi/index.ts";
import { make, type Play, type Program } from "../../support/play.ts";
import type { Scenario } from "../proof.ts";

const crowdSize = 34;

export const objectCreate: Scenario = {
  stage(play) {
    const space = play.space("maker");
    play.cast("maker", space, 16, createAll());
  },
  points: ["objectCreate@running", "user@running"],
};

function* createAll(): Program {
  const statuses: number[] = [];
  for (let kind = Kind.space; kind <= Kind.timer; kind++) {
    statuses.push(
      (yield* make("objectCreate", { a0: 100 + kind, a1: kind, words: [0, 64] })).status,
    );
  }
  const region = yield* make("objectCreate", { a0: 150, a1: Kind.region, words: [4096] });
  return [...statuses, region.status];
}

/** Threads that wait to send to an endpoint, for whoever ends it. */
function crowdOfSenders(play: Play, server: number): { row: number; inner: number } {
  const crowd = play.space("crowd");
  const { row, inner, outer } = play.endpoint(server, crowd);
  for (let i = 0; i < crowdSize; i++) play.cast(`sender${i}`, crowd, 20, sendOnce(outer));
  return { row, inner };
}

function* sendOnce(slot: number): Program {
  return (yield* make("send", { a0: slot })).status;
}

export const objectDestroy: Scenario = {
  stage(play) {
    const space = play.space("destroyer");
    const { inner } = crowdOfSenders(play, space);
    play.cast("destroyer", space, 10, destroyAll(inner));
  },
  patients: ["destroyer", "sender0", "sender33"],
  points: ["objectDestroy@running", "send@sending", "user@ready"],
};

function* destroyAll(endpoint: number): Program {
  yield* make("objectCreate", { a0: 100, a1: Kind.space });
  for (let i = 0; i < 34; i++) {
    yield* make("objectCreate", { a0: 200 + i, a1: Kind.mutex, a2: 100 });
    yield* make("capabilityDelete", { a0: 199 });
  }
  const first = yield* make("objectDestroy", { a0: endpoint });
  const again = yield* make("objectDestroy", { a0: endpoint });
  const space = yield* make("objectDestroy", { a0: 100 });
  return [first.status, again.status, space.status];
}

export const objectIdentify: Scenario = {
  stage(play) {
    const space = play.space("asker");
    const { slot } = play.own("endpoint", Kind.endpoint, space);
    play.cast("asker", space, 16, identify(slot));
  },
  points: ["objectIdentify@running"],
};

function* identify(slot: number): Program {
  yield* make("capabilityMint", { a0: slot, a1: 90, a2: Right.send, a3: 77 });
  return (yield* make("objectIdentify", { a0: 90 })).words;
}

export const objectState: Scenario = {
  stage(play) {
    const space = play.space("reader");
    const mutex = play.own("mutex", Kind.mutex, space);
    const timer = play.own("timer", Kind.timer, space);
    const notification = play.own("notification", Kind.notification, space);
    play.cast("reader", space, 16, readAndWrite(play, space, { mutex, timer, notification }));
  },
  points: ["objectGetState@running", "objectSetState@running"],
};

type Slots = Readonly<Record<string, { readonly slot: number }>>;

function* readAndWrite(play: Play, space: number, slots: Slots): Program {
  const { mutex, timer, notification } = slots;
  yield* make("mutexLock", { a0: mutex.slot });
  const held = yield* make("objectGetState", { a0: mutex.slot, a1: 0, a2: 16, a3: 120 });
  yield* make("timerSet", { a0: timer.slot, a1: notification.slot, a2: 4, words: [700, 0] });
  const words = stateWords("timer");
  yield* make("objectGetState", { a0: timer.slot, a1: 64, a2: words, a3: 130 });
  const { memories } = play.bench;
  memories.store(space, 64 + stateWord("timer", "bits") * 4, 8);
  const put = yield* make("objectSetState", { a0: timer.slot, a1: 64, a2: words });
  const fired = yield* make("notificationWait", { a0: notification.slot });
  return [held.words, put.status, fired.words];
}

export const capabilities: Scenario = {
  stage(play) {
    const space = play.space("owner");
    const { slot } = play.own("endpoint", Kind.endpoint, space);
    play.cast("owner", space, 16, deriveAll(slot));
  },
  points: ["capabilityMint@running", "capabilityCopy@running", "capabilityMove@running"],
};

function* deriveAll(slot: number): Program {
  const minted = yield* make("capabilityMint", {
    a0: slot,
    a1: 50,
    a2: Right.send | Right.derive,
    a3: 9,
  });
  const copied = yield* make("capabilityCopy", { a0: 50, a1: 51 });
  const moved = yield* make("capabilityMove", { a0: 50, a1: 300 });
  const refused = yield* make("capabilityCopy", { a0: 50, a1: 52 });
  return [minted.status, copied.status, moved.status, refused.status];
}

const familySize = 200;

function* makeFamily(slot: number): Program {
  for (let i = 0; i < familySize; i++) {
    // A chain and a bush: every third child has children of its own.
    const from = i % 3 === 0 ? slot : 1000 + i - 1;
    yield* make("capabilityCopy", { a0: from, a1: 1000 + i });
  }
  return Status.ok;
}

export const capabilityDelete: Scenario = {
  stage(play) {
    const space = play.space("owner");
    const { slot } = play.own("endpoint", Kind.endpoint, space);
    play.cast("owner", space, 16, deleteParent(slot));
  },
  points: ["capabilityDelete@running"],
};

function* deleteParent(slot: number): Program {
  yield* make("capabilityCopy", { a0: slot, a1: 60 });
  yield* makeFamily(60);
  const gone = yield* make("capabilityDelete", { a0: 60 });
  return [gone.status, (yield* make("objectIdentify", { a0: 1000 })).words[0]];
}

export const capabilityRevoke: Scenario = {
  stage(play) {
    const space = play.space("owner");
    const { slot } = play.own("endpoint", Kind.endpoint, space);
    play.cast("owner", space, 16, revoke(slot));
  },
  points: ["capabilityRevoke@running"],
};

function* revoke(slot: number): Program {
  yield* makeFamily(slot);
  const done = yield* make("capabilityRevoke", { a0: slot });
  const gone = yield* make("objectIdentify", { a0: 1100 });
  return [done.status, gone.status, (yield* make("objectIdentify", { a0: slot })).status];
}
