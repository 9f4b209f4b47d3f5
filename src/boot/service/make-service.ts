// A service as a server of a system: as it is, or durable, when it is given a log.
import { InitialSlot } from "../../abi/index.ts";
import {
  type FrozenState,
  Realm,
  type RealmScript,
  RealmService,
  type ServerAnswer,
  type ServerQuestion,
} from "../../process/index.ts";
import { AbortError, CodecWriter, ServiceGoneError, Tell } from "../../service/index.ts";
import type { Service } from "../../userlib/index.ts";
import type { DurableOptions } from "../durable/durable.ts";
import { DurableService } from "./durable/durable-service.ts";
import { onlyCode, type ServiceCodes } from "./durable/service-codes.ts";
import { serviceImages } from "./durable/service-images.ts";
import { ServiceLife } from "./durable/service-life.ts";

export interface ServiceParts {
  readonly name: string;
  readonly runtime: RealmScript;
  readonly script: RealmScript;
  /** Of a durable one, the codes that it has had; its own alone unless given. */
  readonly codes?: ServiceCodes | undefined;
  /** Names of the servers that it may call; `ask` knows them by their places here. */
  readonly grants: readonly string[];
  readonly ask: (
    target: number,
    question: ServerQuestion,
    over: (answer: ServerAnswer) => void,
  ) => void;
  readonly realtimeNs: () => bigint;
  readonly say: (line: string) => void;
  /** Of one that is not durable: what it goes on from. */
  readonly from?: FrozenState | undefined;
  /** It cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

/** `open` makes the realm, or brings it up from the log. */
export interface RunnableService extends Service {
  onReady: (() => void) | undefined;
  open(): unknown;
  /** The state between two calls of one that is not durable; undefined while something is open. */
  freeze?(): FrozenState | undefined;
  close(): void;
}

export function makeService(
  parts: ServiceParts,
  durable: DurableOptions | undefined,
): RunnableService {
  return durable === undefined ? plainService(parts) : durableService(parts, durable);
}

function plainService({
  name,
  runtime,
  script,
  grants,
  realtimeNs,
  ask,
  say,
  from,
}: ServiceParts): RunnableService {
  return new RealmService({
    name,
    runtime,
    service: script,
    grants,
    realtimeNs,
    ask,
    log: say,
    onRejection: (reason) => say(unheard(reason)),
    from,
  });
}

export function durableService(parts: ServiceParts, durable: DurableOptions): DurableService {
  const { name, grants, realtimeNs, ask, say, onFailure } = parts;
  const { codes = onlyCode(parts.script) } = parts;
  const { log, sessions, images, answered = new Map<number, number>() } = durable;
  const counts = (): number[] => grants.map((_, i) => answered.get(InitialSlot.connected + i) ?? 0);
  const makeLife = (entropy: () => number): ServiceLife => makeServiceLife(parts, codes, entropy);
  return new DurableService({
    name,
    log,
    sessions,
    images: images && serviceImages(images, counts),
    codes,
    makeLife,
    realtimeNs,
    ask,
    onReplied: (target) => {
      const slot = InitialSlot.connected + target;
      answered.set(slot, (answered.get(slot) ?? 0) + 1);
    },
    setAsideAnswer: setAsideAnswer(),
    say,
    onFailure,
  });
}

/** What is told to who made a request that is passed over. */
export function setAsideAnswer(): { readonly label: number; readonly bytes: Uint8Array } {
  const why = "the service died of this request again and again; it is set aside";
  return { label: Tell.error, bytes: bodyOf(new ServiceGoneError(why)) };
}

/** The life of a durable service, live or in a rehearsal. */
export function makeServiceLife(
  { runtime, grants, say }: Pick<ServiceParts, "runtime" | "grants" | "say">,
  codes: ServiceCodes,
  entropy: () => number,
): ServiceLife {
  const ended = "the call was open for too long while its service was saved or upgraded";
  return new ServiceLife({
    entropy,
    code: codes.first,
    errorLabel: Tell.error,
    endedBody: bodyOf(new AbortError(ended)),
    makeRealm: (host, seed, code) =>
      new Realm({
        runtime,
        service: codes.scriptOf(code),
        host,
        seed,
        grants,
        onRejection: (reason) => say(unheard(reason)),
      }),
  });
}

function bodyOf(error: Error): Uint8Array {
  const writer = new CodecWriter(65_536);
  writer.write(error);
  return writer.bytes.slice(0, writer.length);
}

function unheard(reason: unknown): string {
  try {
    const { stack } = reason as { readonly stack?: unknown };
    return `a promise was rejected and nobody listened: ${String(stack ?? reason)}`;
  } catch {
    return "a promise was rejected and nobody listened";
  }
}
