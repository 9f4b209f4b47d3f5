// The codes that a durable service has had: a log says by their hashes which of them heard what follows.
import { basename, join } from "node:path";
import { bundledService, RealmScript } from "../../../process/index.ts";
import { ReplayError } from "../../../recovery/index.ts";
import { readWhole, writeWhole } from "../../../server/session/index.ts";
import {
  hashOfProgram,
  planNext,
  ProgramRecordError,
  readProgram,
  replaceProgram,
} from "../../durable/program-record.ts";

export interface ServiceCodes {
  /** Hash of the code that the log begins with. */
  readonly first: string;
  /** Of the code that the service is to go on as when it is up, if that is another. */
  readonly next?: string | undefined;
  /** @throws ReplayError if the code is not there */
  scriptOf(hash: string): RealmScript;
  /** The service goes on as this one from now on. */
  adopted(hash: string): void;
  /** It cannot go on as `next`. */
  dropNext?(): void;
}

/** Of a service that never becomes another. Whether its log is that of this code is seen when it is heard. */
export function onlyCode(script: RealmScript): ServiceCodes {
  return {
    first: hashOfCode(script.code.text),
    scriptOf: () => script,
    adopted: () => undefined,
  };
}

export function hashOfCode(text: string): string {
  return hashOfProgram(new TextEncoder().encode(text));
}

/** Where the codes of a data directory are kept. */
export function codeDirectory(data: string): string {
  return join(data, "code");
}

export function codeFile(data: string, hash: string): string {
  return join(codeDirectory(data), `${hash}.js`);
}

/** Keeps a code, which nothing goes on as for that alone. Answers its hash. */
export function keepCode(data: string, text: string): string {
  const { existsSync, mkdirSync } = process.getBuiltinModule("node:fs");
  const hash = hashOfCode(text);
  mkdirSync(codeDirectory(data), { recursive: true, mode: 0o700 });
  const file = codeFile(data, hash);
  if (!existsSync(file)) writeWhole(file, text);
  return hash;
}

/** The codes of a data directory. */
export class KeptCodes implements ServiceCodes {
  readonly first: string;
  readonly next: string | undefined;
  readonly #data: string;
  readonly #file: string;
  readonly #scripts = new Map<string, RealmScript>();

  /** @throws ProgramRecordError if there is no service in the directory */
  constructor(data: string) {
    const kept = readProgram(data);
    if (kept === undefined) throw new ProgramRecordError(`${data} has no service`);
    const { hashes, next, args } = kept.record;
    this.#data = data;
    // In traces, which may be answered and kept: the same wherever it is started, and as whatever code.
    this.#file = basename(args[0] ?? "service");
    this.first = hashes[0]!;
    this.next = next;
    // Others may take its place: what the log began with is kept beside them.
    keepCode(data, new TextDecoder().decode(kept.code));
  }

  scriptOf(hash: string): RealmScript {
    let script = this.#scripts.get(hash);
    if (script === undefined) {
      script = new RealmScript(bundledService(this.#textOf(hash), this.#file));
      this.#scripts.set(hash, script);
    }
    return script;
  }

  /** What it is by the log is what the directory says, whenever the process that wrote there was lost. */
  adopted(hash: string): void {
    const record = readProgram(this.#data)?.record;
    if (record === undefined) return;
    if (record.hashes.at(-1) === hash) return;
    replaceProgram(this.#data, new TextEncoder().encode(this.#textOf(hash)));
  }

  dropNext(): void {
    planNext(this.#data, undefined);
  }

  #textOf(hash: string): string {
    const file = codeFile(this.#data, hash);
    const text = readWhole(file);
    if (text !== undefined && hashOfCode(text) === hash) return text;
    throw new ReplayError(
      `${file} is missing or damaged, and the service went on as that code: take it from a backup`,
    );
  }
}
