// Puts a stack back in a thread that has more room for one, and says what it came to.
import { parentPort, workerData } from "node:worker_threads";
import type { Frames } from "../../src/process/wasm/resume/index.ts";
import { DeepProgram, endless, type Place } from "./deep-program.ts";

export interface RoomyOrder {
  readonly localCount: number;
  readonly place: Place;
  readonly frames: Frames;
}

export interface RoomyAnswer {
  readonly value: unknown;
  /** How often a handler of the program caught something. */
  readonly caught: number;
}

const { localCount, place, frames } = workerData as RoomyOrder; // from the test beside this
const program = new DeepProgram(localCount, place);
const instance = program.instantiate(
  (asked: number) => asked,
  () => (instance.fuel = endless),
);
instance.fuel = endless;
const value = instance.stack.resume(frames)();
const answer: RoomyAnswer = { value, caught: instance.caught };
parentPort?.postMessage(answer);
