// What is measured: calls with a number that are answered with the number after it. Each subject has a client, which
// runs in the first thread, and a server in the other one, over memory or a port of their own.
import type { MessagePort } from "node:worker_threads";
import type { SharedLinkMemory } from "../../src/machine/node/index.ts";

/** What both sides of a subject have between them. */
export interface Between {
  readonly memory: SharedLinkMemory;
  readonly port: MessagePort;
  /** Looks before a thread blocks, as the policy says for this machine. */
  readonly looks: number;
}

/**
 * Makes so many calls, one after the other unless the subject is about something else.
 *
 * @param samples Takes the time of each call, in ns; without it nothing is timed in between.
 * @returns The sum of the answers.
 */
export type Client = (count: number, samples?: Float64Array) => number | Promise<number>;

/** Serves so many calls, or until it is told to stop. */
export type Server = (count: number) => void | Promise<void>;

export type MakeClient = (between: Between) => Client;
export type MakeServer = (between: Between) => Server;

export interface Sides {
  readonly client: MakeClient;
  readonly server: MakeServer;
}

/** The sum of the answers to calls with 0 to count - 1. */
export function sumOfAnswers(count: number): number {
  return (count * (count + 1)) / 2;
}

/** The time since a moment before, ns; used the same way by every subject that is timed call by call. */
export function since(beginMs: number): number {
  return (performance.now() - beginMs) * 1e6;
}
