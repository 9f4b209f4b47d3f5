// A rehearsal of a durable service: it is brought up from a copy of its log, in a realm that nobody else notices,
// and stopped where the log ends. It shows what a start would do, and what another code would make of its state.
import { realmCode, RealmScript } from "../../../process/index.ts";
import { type MessageLog, Sessions } from "../../../recovery/index.ts";
import { Ask, CodecReader } from "../../../service/index.ts";
import type { DurableImages } from "../../durable/durable-images.ts";
import { makeServiceLife, setAsideAnswer } from "../make-service.ts";
import type { ServiceCodes } from "./service-codes.ts";
import { serviceImages } from "./service-images.ts";
import type { ServiceLife } from "./service-life.ts";
import { decodeRecord, ServiceRecordKind } from "./service-record.ts";
import { ServiceReplay } from "./service-replay.ts";
import type { UpgradeTrial } from "./service-trial.ts";

export interface RehearsedLog {
  readonly log: MessageLog;
  readonly images: DurableImages | undefined;
  readonly codes: ServiceCodes;
  /** The names of the servers that it may call. */
  readonly connections: readonly string[];
  readonly say: (line: string) => void;
}

export interface ServiceRehearsal {
  /** Records that it heard, from its image or the start on. */
  readonly records: number;
  /** Hash of the code that it is in the end. */
  readonly code: string;
  /** Calls, streams and timers that are open where the log ends. */
  readonly openCount: number;
}

/** @throws DivergenceError, ReplayError, LostImageError, ServiceLoadError */
export async function rehearseService(rehearsed: RehearsedLog): Promise<ServiceRehearsal> {
  const { life, records } = await liveThrough(rehearsed);
  const { code, openCount } = life;
  life.close();
  return { records, code, openCount };
}

export interface UpgradeRehearsal extends UpgradeTrial {
  readonly records: number;
  /** By method, how often the records that are there call it. */
  readonly calls: ReadonlyMap<string, number>;
}

/** The same, and then another code is tried. @throws UpgradeError, too */
export async function rehearseUpgrade(
  rehearsed: RehearsedLog,
  code: string,
): Promise<UpgradeRehearsal> {
  const { life, records } = await liveThrough(rehearsed);
  try {
    const seed = Array.from(
      process.getBuiltinModule("node:crypto").randomFillSync(new Int32Array(4)),
    );
    const trial = life.tryUpgrade(seed, code, Date.now());
    return { ...trial, records, calls: callsIn(rehearsed.log) };
  } finally {
    life.close();
  }
}

async function liveThrough({ log, images, codes, connections, say }: RehearsedLog) {
  const runtime = new RealmScript(await realmCode());
  const image = images && serviceImages(images, () => []).newest();
  const from = image?.position ?? log.first;
  const sessions = new Sessions();
  if (image !== undefined) sessions.importState(image.sessions);
  // Only a log that was cut off in the middle has not all that was asked for.
  const entropy = (): number => replay.entropy() ?? 0;
  const life: ServiceLife = makeServiceLife({ runtime, grants: connections, say }, codes, entropy);
  if (image !== undefined) life.begin(image.seed, image);
  const onReplied = (): void => undefined;
  const replay = new ServiceReplay({
    log,
    from,
    life,
    sessions,
    setAsideAnswer: setAsideAnswer(),
    onReplied,
  });
  replay.run();
  return { life, records: log.end - from };
}

function callsIn(log: MessageLog): ReadonlyMap<string, number> {
  const reader = new CodecReader();
  const calls = new Map<string, number>();
  for (let number = log.first; number < log.end; number++) {
    const { kind, numbers, bytes } = decodeRecord(log.read(number));
    if (kind !== ServiceRecordKind.request || numbers[1] !== Ask.call) continue;
    const method = methodIn(reader, bytes);
    if (method !== undefined) calls.set(method, (calls.get(method) ?? 0) + 1);
  }
  return calls;
}

function methodIn(reader: CodecReader, bytes: Uint8Array): string | undefined {
  try {
    const [method] = reader.read(bytes, bytes.length) as readonly unknown[];
    return typeof method === "string" ? method : undefined;
  } catch {
    // What a client sent that is no call has no method.
    return undefined;
  }
}
