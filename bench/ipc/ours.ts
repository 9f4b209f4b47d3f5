// Shoal's own side of the IPC benchmark: subjects that do through the kernel exactly what a floor
// does by hand (the same programs, labels, messages and sums), each naming the floor it is judged
// by. All of them live on one core, as a system's processes do.
import type { BatchSizes } from "../floor/index.ts";
import { messageSizes } from "../floor/index.ts";
import {
  expectedEmptySum,
  expectedMessageSum,
  expectedWordsSum,
} from "../floor/message.ts";
import type { Subject } from "../harness/rounds.ts";
import {
  descriptorAddress,
  emptyClient,
  emptyPortal,
  emptyReceiver,
  messageClient,
  messagePortal,
  messageReceiver,
  wordsClient,
  wordsPortal,
  wordsReceiver,
} from "./parties.wat.ts";
import { Rig } from "./rig.ts";

export interface OursSubject extends Subject {
  /** The metric's name in the report: portalRpc, portalRpc64B, receiverRpc... */
  readonly metric: string;
  /** The floor as a key of the floors' figures, in the sense of ipc/figures.ts. */
  readonly floor: string;
}

export async function oursSubjects(batch: BatchSizes): Promise<readonly OursSubject[]> {
  const rig = new Rig();
  return [...(await portalSubjects(rig, batch.calls)), ...(await receiverSubjects(rig, batch.switches))];
}

async function portalSubjects(rig: Rig, calls: number): Promise<OursSubject[]> {
  const empty = rig.portal(await rig.load(emptyPortal));
  const words = rig.portal(await rig.load(wordsPortal));
  const subjects = [
    await subject(rig, { name: "portalRpc", floor: "floorPortalPromising", operations: calls, expected: expectedEmptySum(calls), endpoint: empty, client: emptyClient(calls) }),
    await subject(rig, { name: "portalRpc6Words", floor: "floorPortalPromising6Words", operations: calls, expected: expectedWordsSum(calls), endpoint: words, client: wordsClient(calls) }),
  ];
  for (const size of messageSizes) {
    const endpoint = rig.portal(await rig.load(messagePortal(size)), descriptorAddress);
    subjects.push(await subject(rig, { name: `portalRpc${size}B`, floor: `floorPortalPromising${size}B`, operations: calls, expected: expectedMessageSum(calls), endpoint, client: messageClient(calls, size) }));
  }
  return subjects;
}

async function receiverSubjects(rig: Rig, calls: number): Promise<OursSubject[]> {
  const empty = rig.receiver(await rig.load(emptyReceiver));
  const words = rig.receiver(await rig.load(wordsReceiver));
  const subjects = [
    await subject(rig, { name: "receiverRpc", floor: "floorReceiver", operations: calls, expected: expectedEmptySum(calls), endpoint: empty, client: emptyClient(calls) }),
    await subject(rig, { name: "receiverRpc6Words", floor: "floorReceiver", operations: calls, expected: expectedWordsSum(calls), endpoint: words, client: wordsClient(calls) }),
  ];
  for (const size of messageSizes) {
    const endpoint = rig.receiver(await rig.load(messageReceiver(size)));
    subjects.push(await subject(rig, { name: `receiverRpc${size}B`, floor: `floorReceiver${size}B`, operations: calls, expected: expectedMessageSum(calls), endpoint, client: messageClient(calls, size) }));
  }
  return subjects;
}

interface Ours {
  readonly name: string;
  readonly floor: string;
  readonly operations: number;
  readonly expected: number;
  readonly endpoint: number;
  readonly client: string;
}

async function subject(rig: Rig, { name, floor, operations, expected, endpoint, client }: Ours): Promise<OursSubject> {
  const party = await rig.load(client);
  rig.connect(party, endpoint);
  return { name: `ours/${name}`, metric: name, floor, operations, expected, run: () => rig.batch(party) };
}
