// Scenarios of IPC: each call short and long, with either party first, through receivers and portals.
import { Kind } from "../../../src/abi/index.ts";
import { PortalForm } from "../../../src/kernel/object/endpoint.ts";
import { fillPattern, putDescriptor } from "../../support/long-message.ts";
import { make, type Play, type Program } from "../../support/play.ts";
import type { Scenario } from "../proof.ts";

const memoryBytes = 262_144;
const descriptor = 512;
const body = 16_384;
const bodyBytes = 90_000;
const landing = 131_072;

interface Pair {
  readonly server: number;
  readonly client: number;
  readonly inner: number;
  readonly outer: number;
}

function pair(play: Play): Pair {
  const server = play.space("server", memoryBytes);
  const client = play.space("client", memoryBytes);
  const { inner, outer } = play.endpoint(server, client, 7);
  return { server, client, inner, outer };
}

/** Room for a message of strings, words, two capabilities and a region, at `landing`. */
function putRoom(play: Play, space: number): number {
  return putDescriptor(play.bench, space, descriptor, {
    words: [1024, 8],
    direct: [landing, 50_000],
    indirect: [
      [landing + 50_000, 30_000],
      [landing + 80_000, 40_000],
    ],
    capabilities: [200, 201],
    regions: [202],
  });
}

/** A message that uses everything that a message can hold. */
function putFullMessage(play: Play, space: number): number {
  const { bench } = play;
  fillPattern(bench, space, [body, bodyBytes]);
  fillPattern(bench, space, [2048, 32], 3);
  const copied = play.own("copied", Kind.notification, space).slot;
  const moved = play.own("moved", Kind.notification, space).slot;
  const region = play.own("passed", Kind.region, space, [4096]).slot;
  return putDescriptor(bench, space, descriptor, {
    words: [2048, 8],
    direct: [body, 20_000],
    indirect: [
      [body + 20_000, 30_000],
      [body + 50_000, 40_000],
    ],
    capabilities: [copied, moved | 0x4000_0000],
    regions: [region],
  });
}

export const send: Scenario = {
  stage(play) {
    const { server, client, inner, outer } = pair(play);
    const a1 = putFullMessage(play, client);
    const a2 = putRoom(play, server);
    play.cast("server", server, 20, receiveTwice(inner, a2));
    play.cast("client", client, 10, sendTwice(outer, a1));
  },
  points: [
    "send@running",
    "send@sending",
    "send@begun+32",
    "send@begun+16416",
    "receive@receiving",
    "receive@transferring+0",
  ],
};

export const receive: Scenario = {
  stage(play) {
    const { server, client, inner, outer } = pair(play);
    const a1 = putFullMessage(play, client);
    const a2 = putRoom(play, server);
    play.cast("server", server, 10, receiveOnce(inner, a2));
    play.cast("client", client, 20, sendOnce(outer, a1));
  },
  points: [
    "receive@running",
    "receive@begun+32",
    "receive@begun+16416",
    "send@sending",
    "send@transferring+0",
  ],
};

function* sendOnce(a0: number, a1: number): Program {
  return (yield* make("send", { a0, a1, label: 5, words: [1, 2, 3, 4, 5, 6] })).status;
}

function* sendTwice(a0: number, a1: number): Program {
  const long = yield* make("send", { a0, a1, label: 5 });
  return [long.status, (yield* make("send", { a0, label: 6 })).status];
}

/** Comes back for the second message when its sender has waited for a while. */
function* receiveTwice(a0: number, a2: number): Program {
  const long = yield* make("receive", { a0, a2 });
  yield* make("threadSleep", { receiveTimeout: 2000 });
  const short = yield* make("receive", { a0 });
  return [long.status, long.label, long.badge, short.label];
}

function* receiveOnce(a0: number, a2: number): Program {
  const { status, label, words, badge } = yield* make("receive", { a0, a2 });
  const timed = yield* make("receive", { a0, a2, receiveTimeout: 3000 });
  return [status, label, words, badge, timed.status];
}

export const sendTimeout: Scenario = {
  stage(play) {
    const { client, outer } = pair(play);
    play.cast("client", client, 10, sendInVain(outer));
  },
  points: ["send@sending", "call@sending"],
};

function* sendInVain(a0: number): Program {
  const sent = yield* make("send", { a0, sendTimeout: 2500 });
  const called = yield* make("call", { a0, sendTimeout: 20_000 });
  return [sent.status, called.status, (yield* make("clockRead")).words];
}

/** A server that answers with one more in the label, until it is told to end. */
function* serve(a0: number, a1 = 0, a2 = 0): Program {
  const seen: unknown[] = [];
  let message = yield* make("receive", { a0, a2 });
  while (message.label !== 99 && message.status === 0) {
    seen.push([message.badge, message.label]);
    message = yield* make("replyAndReceive", { a0, a1, a2, label: message.label + 1 });
  }
  seen.push((yield* make("reply", { a1, label: 100 })).status);
  seen.push((yield* make("reply", { label: 101 })).status);
  return seen;
}

function* callUntil(a0: number, a1 = 0, a2 = 0): Program {
  const seen: unknown[] = [];
  for (const label of [1, 50, 99]) {
    const { status, label: answer } = yield* make("call", { a0, a1, a2, label });
    seen.push([status, answer]);
  }
  return seen;
}

export const call: Scenario = {
  stage(play) {
    const { server, client, inner, outer } = pair(play);
    play.cast("server", server, 10, serve(inner));
    play.cast("client", client, 20, callUntil(outer));
  },
  points: ["call@running", "call@sending", "awaitReply@awaitingReply", "reply@running"],
};

export const callWaitingServer: Scenario = {
  stage(play) {
    const { server, client, inner, outer } = pair(play);
    play.cast("server", server, 20, serve(inner));
    play.cast("client", client, 10, callUntil(outer));
  },
  points: ["replyAndReceive@running", "receive@receiving", "awaitReply@awaitingReply"],
};

/** Buffers both ways: requests of one direct string, answers of another. */
function stageLongCalls(serverPriority: number, clientPriority: number): Scenario["stage"] {
  return (play) => {
    const { server, client, inner, outer } = pair(play);
    for (const [space, seed] of [
      [server, 1],
      [client, 2],
    ] as const) {
      fillPattern(play.bench, space, [body, bodyBytes], seed);
      putDescriptor(play.bench, space, 512, { direct: [body, 70_000] });
    }
    play.cast("server", server, serverPriority, serveLong(play, server, inner));
    play.cast("client", client, clientPriority, callLong(play, client, outer));
  };
}

/** Where a program receives: put down anew each time, since a receive writes what came over it. */
function putLanding(play: Play, space: number): number {
  return putDescriptor(play.bench, space, 1024, { direct: [landing, 80_000] });
}

function* serveLong(play: Play, space: number, a0: number): Program {
  const seen: unknown[] = [];
  let message = yield* make("receive", { a0, a2: putLanding(play, space) });
  while (message.label !== 99 && message.status === 0) {
    seen.push(message.label);
    const a2 = putLanding(play, space);
    message = yield* make("replyAndReceive", { a0, a1: 512, a2, label: message.label + 1 });
  }
  seen.push((yield* make("reply", { a1: 512, label: 100 })).status);
  return seen;
}

function* callLong(play: Play, space: number, a0: number): Program {
  const seen: unknown[] = [];
  for (const label of [1, 99]) {
    const a2 = putLanding(play, space);
    const { status, label: answer } = yield* make("call", { a0, a1: 512, a2, label });
    seen.push([status, answer]);
  }
  return seen;
}

export const replyAndReceive: Scenario = {
  stage: stageLongCalls(20, 10),
  points: [
    "call@begun+16384",
    "receive@transferring+0",
    "replyAndReceive@begun+16384",
    "awaitReply@transferring+0",
    "receive@receiving",
  ],
};

export const reply: Scenario = {
  stage: stageLongCalls(10, 20),
  points: [
    "call@transferring+0",
    "receive@begun+16384",
    "reply@begun+16384",
    "awaitReply@transferring+0",
    "awaitReply@awaitingReply",
  ],
};

export const saveReply: Scenario = {
  stage(play) {
    const { server, client, inner, outer } = pair(play);
    play.cast("server", server, 20, saveAndAnswerLater(inner));
    play.cast("one", client, 10, callOnce(outer, 1));
    play.cast("two", client, 9, callOnce(outer, 2));
  },
  points: ["saveReply@running", "reply@running", "awaitReply@awaitingReply"],
};

function* saveAndAnswerLater(a0: number): Program {
  const first = yield* make("receive", { a0 });
  const saved = yield* make("saveReply", { a0: 90 });
  const second = yield* make("receive", { a0 });
  const answered = yield* make("reply", { label: second.label + 10 });
  const later = yield* make("reply", { a0: 90, label: first.label + 10 });
  const twice = yield* make("reply", { a0: 90, label: 0 });
  return [saved.status, answered.status, later.status, twice.status];
}

function* callOnce(a0: number, label: number): Program {
  const answer = yield* make("call", { a0, label });
  return [answer.status, answer.label];
}

export const awaitReply: Scenario = {
  stage(play) {
    const { server, client, inner, outer } = pair(play);
    play.cast("server", server, 20, receiveAndForget(inner));
    play.cast("client", client, 10, callInVain(outer));
  },
  points: ["awaitReply@running", "awaitReply@awaitingReply"],
};

function* receiveAndForget(a0: number): Program {
  yield* make("receive", { a0 });
  yield* make("threadSleep", { receiveTimeout: 50_000 });
  return (yield* make("reply", { label: 3 })).status;
}

function* callInVain(a0: number): Program {
  const called = yield* make("call", { a0, receiveTimeout: 8000 });
  const asked = yield* make("awaitReply");
  return [called.status, asked.status, (yield* make("clockRead")).words];
}

/** A portal that answers at once, one that calls another, and one that answers later. */
export const portal: Scenario = {
  stage(play) {
    const { server, client } = pair(play);
    const second = play.space("second");
    const portalOf = (name: string, space: number, handler: number, user: number) => {
      const form = PortalForm.portal;
      const { row } = play.own(name, Kind.endpoint, space, [form, handler]);
      return play.bench.grant(user, Kind.endpoint, row, { badge: handler });
    };
    const plain = portalOf("plain", second, 1, server);
    const outer = portalOf("outer", server, 2, client);
    const later = portalOf("later", server, 3, client);
    play.portal(1, answerPlain);
    play.portal(2, answerThrough(plain));
    play.portal(3, answerLater);
    play.cast("client", client, 10, callPortals(outer, later));
    play.cast("helper", server, 9, answerSaved());
  },
  points: ["call@running", "awaitReply@awaitingReply"],
};

function answerPlain(message: { label: number }) {
  return (function* () {
    yield* make("clockRead");
    return { label: message.label + 1 };
  })();
}

function answerThrough(plain: number) {
  return function* (message: { label: number; badge: number }) {
    const inner = yield* make("call", { a0: plain, label: message.label + 10 });
    return { label: inner.label, words: [message.badge, inner.status] };
  };
}

function* answerLater() {
  const saved = yield* make("saveReply", { a0: 90 });
  return { label: saved.status };
}

function* callPortals(outer: number, later: number): Program {
  const first = yield* make("call", { a0: outer, label: 1 });
  const second = yield* make("call", { a0: later, label: 2 });
  return [first.status, first.label, first.words, second.status, second.label];
}

function* answerSaved(): Program {
  return (yield* make("reply", { a0: 90, label: 77 })).status;
}
