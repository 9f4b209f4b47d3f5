// Endpoint sets: one receive from any of several endpoints. Senders queue at their endpoint,
// receivers at the set.
import { destroyStepCount, Kind, Status } from "../../abi/index.ts";
import { EndpointSet, endpointSetShift } from "../layout.ts";
import { leaveSet } from "./endpoint.ts";
import { freeObject, type ObjectClass } from "./object.ts";
import { putWord } from "./state.ts";
import { countQueue, createPlain, dismissStep } from "./wait-object.ts";

export const endpointSetClass: ObjectClass = {
  create: createPlain(Kind.endpointSet),
  destroyStep(k, row) {
    const words = k.tables[Kind.endpointSet]!.words;
    const base = row << endpointSetShift;
    for (let n = 0; n < destroyStepCount; n++) {
      const member = words[base + EndpointSet.members]!;
      if (member === 0) break;
      leaveSet(k, member);
    }
    if (words[base + EndpointSet.members] !== 0) return false;
    if (!dismissStep(k, words, base + EndpointSet.receivers)) return false;
    freeObject(k, Kind.endpointSet, row);
    return true;
  },
  getState(k, row, state) {
    const base = row << endpointSetShift;
    putWord(state, "members", k.tables[Kind.endpointSet]!.words[base + EndpointSet.memberCount]!);
    putWord(state, "receivers", countQueue(k, Kind.endpointSet, row, EndpointSet.receivers));
  },
  setState: () => Status.ok,
};
