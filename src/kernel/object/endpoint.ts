// Endpoints: where IPC meets. A rendezvous has two queues, of which one is empty; a portal has none:
// its caller runs it. An endpoint may be a member of one endpoint set.
import { Kind, Register, Status } from "../../abi/index.ts";
import { append, assert, type Links, remove } from "../../base/index.ts";
import {
  Endpoint,
  endpointShift,
  EndpointSet,
  endpointSetShift,
  Space,
  spaceShift,
} from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { freeObject, newObject, type ObjectClass } from "./object.ts";
import { newActivation } from "./thread.ts";
import { putWord, wordOf } from "./state.ts";
import { countQueue, dismissStep } from "./wait-object.ts";

export const PortalForm = { rendezvous: 0, portal: 1, reentrantPortal: 3 } as const;

export const endpointClass: ObjectClass = {
  create(k, space) {
    const form = k.registers[Register.w0]!;
    if (form !== 0 && form !== 1 && form !== 3) {
      k.refusal = Status.badArgument;
      return 0;
    }
    if (form !== 0 && !hasActivation(k, space)) return 0;
    const row = newObject(k, Kind.endpoint, space);
    if (row === 0) return 0;
    const base = row << endpointShift;
    k.endpoints[base + Endpoint.portal] = form;
    k.endpoints[base + Endpoint.space] = space;
    k.endpoints[base + Endpoint.handler] = k.registers[Register.w1]!;
    k.endpoints[base + Endpoint.descriptor] = k.registers[Register.w2]!;
    return row;
  },
  destroyStep(k, row) {
    const base = row << endpointShift;
    if (k.endpoints[base + Endpoint.set] !== 0) leaveSet(k, row);
    if (!dismissStep(k, k.endpoints, base + Endpoint.senders)) return false;
    if (!dismissStep(k, k.endpoints, base + Endpoint.receivers)) return false;
    if (k.endpoints[base + Endpoint.portal] !== PortalForm.rendezvous) {
      k.notices.push({ notice: "portalGone", endpoint: row });
    }
    freeObject(k, Kind.endpoint, row);
    return true;
  },
  getState(k, row, state) {
    const base = row << endpointShift;
    putWord(state, "portal", k.endpoints[base + Endpoint.portal]!);
    putWord(state, "senders", countQueue(k, Kind.endpoint, row, Endpoint.senders));
    putWord(state, "receivers", countQueue(k, Kind.endpoint, row, Endpoint.receivers));
    putWord(state, "descriptor", k.endpoints[base + Endpoint.descriptor]!);
    putWord(state, "handler", k.endpoints[base + Endpoint.handler]!);
  },
  setState(k, row, state) {
    const base = row << endpointShift;
    if (wordOf(state, "portal") !== k.endpoints[base + Endpoint.portal]) return Status.badArgument;
    k.endpoints[base + Endpoint.descriptor] = wordOf(state, "descriptor");
    k.endpoints[base + Endpoint.handler] = wordOf(state, "handler");
    return Status.ok;
  },
};

/** A portal needs at least one activation in its space. */
function hasActivation(k: Kernel, space: number): boolean {
  if (k.spaces[(space << spaceShift) + Space.activationCount]! > 0) return true;
  return newActivation(k, space) !== 0;
}

function memberLinks(k: Kernel): Links {
  return { words: k.endpoints, rowWords: 1 << endpointShift, nextWord: Endpoint.setNext };
}

function setWords(k: Kernel): Int32Array {
  return k.tables[Kind.endpointSet]!.words;
}

export function joinSet(k: Kernel, row: number, set: number): void {
  const base = row << endpointShift;
  assert(k.endpoints[base + Endpoint.set] === 0, "an endpoint is in one set at most", row);
  k.endpoints[base + Endpoint.set] = set;
  append(memberLinks(k), setWords(k), (set << endpointSetShift) + EndpointSet.members, row);
  setWords(k)[(set << endpointSetShift) + EndpointSet.memberCount]!++;
}

export function leaveSet(k: Kernel, row: number): void {
  const base = row << endpointShift;
  const set = k.endpoints[base + Endpoint.set]!;
  k.endpoints[base + Endpoint.set] = 0;
  remove(memberLinks(k), setWords(k), (set << endpointSetShift) + EndpointSet.members, row);
  setWords(k)[(set << endpointSetShift) + EndpointSet.memberCount]!--;
}

export function firstMember(k: Kernel, set: number): number {
  return setWords(k)[(set << endpointSetShift) + EndpointSet.members]!;
}

/** The member after this one, or 0. */
export function nextMember(k: Kernel, row: number): number {
  return k.endpoints[(row << endpointShift) + Endpoint.setNext]!;
}

/** A member was served: it is looked at last from now on, so that a busy one starves nobody. */
export function rotateMember(k: Kernel, set: number, row: number): void {
  const at = (set << endpointSetShift) + EndpointSet.members;
  remove(memberLinks(k), setWords(k), at, row);
  append(memberLinks(k), setWords(k), at, row);
}
