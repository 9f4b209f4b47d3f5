// Scenarios of notifications, mutexes, conditions, futexes and timers.
import { Kind, Status } from "../../../src/abi/index.ts";
import { make, type Play, type Program } from "../../support/play.ts";
import type { Scenario } from "../proof.ts";

export const notifications: Scenario = {
  stage(play) {
    const space = play.space("space");
    const { slot } = play.own("notification", Kind.notification, space);
    play.cast("masked", space, 20, waitMasked(slot));
    play.cast("signaller", space, 10, signalAll(slot));
  },
  points: [
    "notificationWait@waitingNotification",
    "notificationSignal@running",
    "notificationPoll@running",
  ],
};

function* waitMasked(slot: number): Program {
  const first = yield* make("notificationWait", { a0: slot, a1: 4 });
  const timed = yield* make("notificationWait", { a0: slot, a1: 64, receiveTimeout: 5000 });
  return [first.words[0], timed.status];
}

function* signalAll(slot: number): Program {
  yield* make("notificationSignal", { a0: slot, a1: 3 });
  yield* make("notificationSignal", { a0: slot, a1: 12 });
  return (yield* make("notificationPoll", { a0: slot })).words[0];
}

export const mutexes: Scenario = {
  stage(play) {
    const space = play.space("space");
    const { slot } = play.own("mutex", Kind.mutex, space);
    const { slot: gate } = play.own("gate", Kind.notification, space);
    play.cast("holder", space, 10, holdThenUnlock(slot, gate));
    play.cast("waiter", space, 20, lockAndUnlock(slot, gate));
  },
  points: [
    "mutexLock@running",
    "mutexLock@lockingMutex",
    "mutexUnlock@running",
    "mutexTryLock@running",
  ],
};

function* holdThenUnlock(slot: number, gate: number): Program {
  const locked = yield* make("mutexLock", { a0: slot });
  yield* make("notificationSignal", { a0: gate, a1: 1 });
  const unlocked = yield* make("mutexUnlock", { a0: slot });
  const refused = yield* make("mutexUnlock", { a0: slot });
  return [locked.status, unlocked.status, refused.status];
}

function* lockAndUnlock(slot: number, gate: number): Program {
  yield* make("notificationWait", { a0: gate });
  const refused = yield* make("mutexTryLock", { a0: slot });
  const timed = yield* make("mutexLock", { a0: slot, receiveTimeout: 0 });
  const locked = yield* make("mutexLock", { a0: slot });
  const unlocked = yield* make("mutexUnlock", { a0: slot });
  return [refused.status, timed.status, locked.status, unlocked.status];
}

export const conditions: Scenario = {
  stage(play) {
    const space = play.space("space");
    const mutex = play.own("mutex", Kind.mutex, space).slot;
    const condition = play.own("condition", Kind.condition, space).slot;
    play.cast("consumer", space, 20, consume(play, space, { mutex, condition }));
    play.cast("producer", space, 10, produce(play, space, { mutex, condition }));
  },
  points: [
    "conditionWait@running",
    "mutexLock@waitingCondition",
    "mutexLock@lockingMutex",
    "conditionSignal@running",
  ],
};

interface Monitor {
  readonly mutex: number;
  readonly condition: number;
}

/** Waits in a loop, as users of conditions must: a wait may end early. */
function* consume(play: Play, space: number, { mutex, condition }: Monitor): Program {
  yield* make("mutexLock", { a0: mutex });
  while (play.bench.memories.load(space, 0) === 0) {
    const { status } = yield* make("conditionWait", { a0: condition, a1: mutex });
    if (status !== Status.ok) return status;
  }
  return (yield* make("mutexUnlock", { a0: mutex })).status;
}

function* produce(play: Play, space: number, { mutex, condition }: Monitor): Program {
  yield* make("mutexLock", { a0: mutex });
  play.bench.memories.store(space, 0, 1);
  yield* make("conditionSignal", { a0: condition });
  return (yield* make("mutexUnlock", { a0: mutex })).status;
}

const crowdSize = 66;

export const broadcast: Scenario = {
  stage(play) {
    const space = play.space("space");
    const mutex = play.own("mutex", Kind.mutex, space).slot;
    const condition = play.own("condition", Kind.condition, space).slot;
    for (let i = 0; i < crowdSize; i++) {
      play.cast(`consumer${i}`, space, 20, consume(play, space, { mutex, condition }));
    }
    play.cast("producer", space, 10, produceForAll(play, space, { mutex, condition }));
  },
  patients: ["producer", "consumer0", "consumer65"],
  rebuildPeriod: 50,
  points: ["conditionBroadcast@running", "mutexLock@waitingCondition", "mutexLock@ready"],
};

function* produceForAll(play: Play, space: number, { mutex, condition }: Monitor): Program {
  yield* make("mutexLock", { a0: mutex });
  play.bench.memories.store(space, 0, 1);
  yield* make("mutexUnlock", { a0: mutex });
  return (yield* make("conditionBroadcast", { a0: condition })).status;
}

const address = 128;

function futexCrowd(play: Play, size: number): { space: number; slot: number } {
  const space = play.space("space");
  const { slot } = play.own("queue", Kind.futexQueue, space);
  play.bench.memories.store(space, address, 5);
  for (let i = 0; i < size; i++) play.cast(`sleeper${i}`, space, 20, futexSleep(slot));
  return { space, slot };
}

function* futexSleep(slot: number): Program {
  const answer = yield* make("futexWait", { a0: slot, a1: address, a2: 5 });
  return answer.status;
}

export const futexWake: Scenario = {
  stage(play) {
    const { space, slot } = futexCrowd(play, 66);
    play.cast("waker", space, 10, wakeAll(slot));
  },
  patients: ["waker", "sleeper0", "sleeper65"],
  points: ["futexWake@running", "futexWait@running", "futexWait@waitingFutex"],
};

function* wakeAll(slot: number): Program {
  const woken = yield* make("futexWake", { a0: slot, a1: address, a2: 1000 });
  const none = yield* make("futexWake", { a0: slot, a1: address, a2: 1000 });
  const refused = yield* make("futexWait", { a0: slot, a1: address, a2: 4 });
  return [woken.words[0], none.words[0], refused.status];
}

export const futexRequeue: Scenario = {
  stage(play) {
    const { space, slot } = futexCrowd(play, 66);
    play.bench.memories.store(space, address + 8, 5);
    play.cast("mover", space, 10, requeue(slot));
  },
  patients: ["mover", "sleeper0", "sleeper65"],
  points: ["futexRequeue@running", "futexWait@waitingFutex"],
};

function* requeue(slot: number): Program {
  const words = [0, 1000, 0];
  const moved = yield* make("futexRequeue", {
    a0: slot,
    a1: address,
    a2: 2,
    a3: address + 8,
    words,
  });
  const woken = yield* make("futexWake", { a0: slot, a1: address + 8, a2: 1000 });
  return [moved.words[0], moved.words[2], woken.words[0]];
}

export const timers: Scenario = {
  stage(play) {
    const space = play.space("space");
    const notification = play.own("notification", Kind.notification, space).slot;
    const timer = play.own("timer", Kind.timer, space).slot;
    play.cast("waiter", space, 10, runTimer(timer, notification));
  },
  points: ["timerSet@running", "timerCancel@running", "notificationWait@waitingNotification"],
};

function* runTimer(timer: number, notification: number): Program {
  const at = { a0: timer, a1: notification };
  yield* make("timerSet", { ...at, a2: 2, words: [1000, 2000] });
  const first = yield* make("notificationWait", { a0: notification });
  const second = yield* make("notificationWait", { a0: notification });
  const time = yield* make("clockRead");
  const cancelled = yield* make("timerCancel", { a0: timer });
  const timed = yield* make("notificationWait", { a0: notification, receiveTimeout: 9000 });
  return [first.words[0], second.words[0], time.words, cancelled.words[0], timed.status];
}
