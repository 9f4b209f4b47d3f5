// The subjects of each variant of the system. The whole system has all of them on one core, as a
// system's processes are; a variant with a technique switched off has those that show the difference.
import type { BatchSizes } from "../floor/index.ts";
import { floorSubjects, messageSizes } from "../floor/index.ts";
import { expectedEmptySum, expectedMessageSum, expectedWordsSum } from "../floor/message.ts";
import type { Subject } from "../harness/rounds.ts";
import { switchOffOneCopy } from "./one-copy.ts";
import {
  descriptorAddress,
  emptyClient,
  emptyPortal,
  emptyReceiver,
  expectedTrivialSum,
  messageClient,
  messagePortal,
  messageReceiver,
  splitReceiver,
  trivialClient,
  wordsAsBytesClient,
  wordsAsBytesPortal,
  wordsClient,
  wordsPortal,
  wordsReceiver,
} from "./parties.wat.ts";
import type { Variant } from "./remote.ts";
import { Rig } from "./rig.ts";
import { scriptCaller } from "./script-caller.ts";

/** Subjects by what they measure; a variant's are called `<variant>/<measure>`. */
export const measures = {
  portal: "portal",
  portalWords: "portal6Words",
  portalWordsAsBytes: "portal24B",
  portalMessage: (size: number) => `portal${size}B`,
  fromTypeScript: "portalFromTypeScript",
  trivial: "trivialCall",
  receiver: "receiver",
  receiverWords: "receiver6Words",
  receiverMessage: (size: number) => `receiver${size}B`,
  splitReceiver: "receiverInTwoCalls",
} as const;

export function subjectName(variant: Variant, measure: string): string {
  return `${variant}/${measure}`;
}

/** The size at which copying twice is compared with copying once. */
export const copiedSize = 4096;

export async function variantSubjects(variant: Variant, batch: BatchSizes): Promise<Subject[]> {
  const maker = new SubjectMaker(variant, batch);
  switch (variant) {
    case "whole":
      // The floors run in the thread that they are floors for: a thread's processor has moods of its own.
      return [...(await floorSubjects(batch)), ...(await wholeSubjects(maker))];
    case "fastPath":
      return [await maker.portal(), await maker.receiver()];
    case "oneCopy":
      switchOffOneCopy(maker.rig);
      return [await maker.portalMessage(copiedSize)];
    case "directSwitch":
    case "lazyQueues":
      return [await maker.receiver()];
  }
}

async function wholeSubjects(maker: SubjectMaker): Promise<Subject[]> {
  const subjects = [await maker.portal(), await maker.portalWords()];
  subjects.push(await maker.portalWordsAsBytes(), await maker.trivial());
  subjects.push(await maker.fromTypeScript());
  for (const size of messageSizes) subjects.push(await maker.portalMessage(size));
  subjects.push(await maker.receiver(), await maker.receiverWords());
  subjects.push(await maker.splitReceiver());
  for (const size of messageSizes) subjects.push(await maker.receiverMessage(size));
  return subjects;
}

class SubjectMaker {
  readonly rig: Rig;
  readonly #variant: Variant;
  readonly #batch: BatchSizes;

  constructor(variant: Variant, batch: BatchSizes) {
    this.#variant = variant;
    this.#batch = batch;
    const isTechnique = variant !== "whole" && variant !== "oneCopy";
    this.rig = new Rig(isTechnique ? { techniques: { [variant]: false } } : {});
  }

  portal(): Promise<Subject> {
    const { calls } = this.#batch;
    return this.#called(measures.portal, emptyPortal, emptyClient(calls), expectedEmptySum(calls));
  }

  portalWords(): Promise<Subject> {
    const { calls } = this.#batch;
    const expected = expectedWordsSum(calls);
    return this.#called(measures.portalWords, wordsPortal, wordsClient(calls), expected);
  }

  portalWordsAsBytes(): Promise<Subject> {
    const { calls } = this.#batch;
    const client = wordsAsBytesClient(calls);
    const expected = expectedWordsSum(calls);
    return this.#called(measures.portalWordsAsBytes, wordsAsBytesPortal, client, expected);
  }

  portalMessage(size: number): Promise<Subject> {
    const { calls } = this.#batch;
    const client = messageClient(calls, size);
    const name = measures.portalMessage(size);
    return this.#called(name, messagePortal(size), client, expectedMessageSum(calls));
  }

  /** A trivial call that enters the kernel and comes back. */
  trivial(): Promise<Subject> {
    const { calls } = this.#batch;
    const client = trivialClient(calls);
    return this.#called(measures.trivial, emptyPortal, client, expectedTrivialSum(calls));
  }

  async fromTypeScript(): Promise<Subject> {
    const { rig } = this;
    const operations = this.#batch.calls;
    const endpoint = rig.portal(await rig.load(emptyPortal));
    const run = scriptCaller(rig, endpoint, operations);
    return this.#subject(measures.fromTypeScript, operations, expectedEmptySum(operations), run);
  }

  receiver(): Promise<Subject> {
    const { switches } = this.#batch;
    const client = emptyClient(switches);
    return this.#received(measures.receiver, emptyReceiver, client, expectedEmptySum(switches));
  }

  receiverWords(): Promise<Subject> {
    const { switches } = this.#batch;
    const client = wordsClient(switches);
    const expected = expectedWordsSum(switches);
    return this.#received(measures.receiverWords, wordsReceiver, client, expected);
  }

  splitReceiver(): Promise<Subject> {
    const { switches } = this.#batch;
    const client = emptyClient(switches);
    const expected = expectedEmptySum(switches);
    return this.#received(measures.splitReceiver, splitReceiver, client, expected);
  }

  receiverMessage(size: number): Promise<Subject> {
    const { switches } = this.#batch;
    const client = messageClient(switches, size);
    const expected = expectedMessageSum(switches);
    return this.#received(measures.receiverMessage(size), messageReceiver(size), client, expected);
  }

  async #called(measure: string, server: string, client: string, expected: number) {
    const descriptor = server.includes("(data") ? descriptorAddress : 0;
    const endpoint = this.rig.portal(await this.rig.load(server), descriptor);
    return this.#client(measure, client, endpoint, this.#batch.calls, expected);
  }

  async #received(measure: string, server: string, client: string, expected: number) {
    const endpoint = this.rig.receiver(await this.rig.load(server));
    return this.#client(measure, client, endpoint, this.#batch.switches, expected);
  }

  async #client(
    measure: string,
    text: string,
    endpoint: number,
    operations: number,
    expected: number,
  ): Promise<Subject> {
    const client = await this.rig.load(text);
    this.rig.connect(client, endpoint);
    return this.#subject(measure, operations, expected, () => this.rig.batch(client));
  }

  #subject(
    measure: string,
    operations: number,
    expected: number,
    run: () => Promise<number>,
  ): Subject {
    return { name: subjectName(this.#variant, measure), operations, expected, run };
  }
}
