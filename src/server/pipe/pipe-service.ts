// The pipe server: makes pipes, and keeps who has which end of them open. A handle belongs to the badge
// that it was made for or given to; an end is closed when the last of its handles is, which a client
// that dies does to all of its own. Nothing here reads a clock or waits.
import {
  Ask,
  ClientStateError,
  type ClientStates,
  Errno,
  FdFlag,
  filestatBytes,
  FilestatOffset,
  Filetype,
  Interest,
  notReady,
  readiness,
  ReadyList,
  type StateData,
} from "../../userlib/index.ts";
import type { Answer, Later, Message, Service, ServiceHost } from "../../userlib/index.ts";
import { capacityBytes, Pipe } from "./pipe.ts";
import { type EndState, pipesData, type PipesState, readPipes } from "./pipe-states.ts";

/** One client's handle of one end. */
interface End {
  readonly pipe: Pipe;
  readonly isWriter: boolean;
}

type Handles = (End | undefined)[];

/** Handles of one client: with the capacity of a pipe they bound the memory that it can take. */
const handleCountMax = 1024;

const refusals = {
  badf: { label: Errno.badf },
  mfile: { label: Errno.mfile },
  inval: { label: Errno.inval },
  spipe: { label: Errno.spipe },
} as const;
const success: Answer = { label: Errno.success };

export class PipeService implements Service {
  readonly name = "pipes";
  readonly #clients = new Map<number, Handles>();
  readonly #ready = new ReadyList((badge, handle, interest) =>
    readinessOf(this.#end(badge, handle), interest),
  );
  #pipeCount = 0;

  handle(message: Message, host: ServiceHost): Answer | Later {
    switch (message.label) {
      case Ask.read:
        return this.#read(message, host);
      case Ask.write:
        return this.#write(message, host);
      case Ask.ready:
        return this.#ready.ask(message, host);
      case Ask.pipe:
        return this.#make(message);
      default:
        return this.#onEnd(message, host);
    }
  }

  onClientGone(badge: number, host: ServiceHost): void {
    this.#ready.forget(badge, host);
    const handles = this.#clients.get(badge) ?? [];
    for (const end of handles) end?.pipe.forget(badge, host);
    for (const end of handles) if (end !== undefined) close(end, host);
    this.#clients.delete(badge);
    this.#ready.retry(host);
  }

  /** A pipe between two clients, made by who starts them: their handles of its ends. */
  connect(reader: number, writer: number): { readonly read: number; readonly write: number } {
    const pipe = new Pipe(++this.#pipeCount, capacityBytes);
    const read = this.#open(reader, { pipe, isWriter: false });
    const write = this.#open(writer, { pipe, isWriter: true });
    return { read, write };
  }

  readonly states: ClientStates = {
    exportClients: (badges) => this.#export(badges),
    importClients: (state) => this.#import(state),
    letGo: (badge, host) => this.#letGo(badge, host),
  };

  #letGo(badge: number, host: ServiceHost): void {
    this.#ready.letGo(badge, host);
    for (const end of this.#clients.get(badge) ?? []) end?.pipe.letGo(badge, host);
    this.#ready.retry(host);
  }

  #export(badges: readonly number[]): StateData {
    const pipes: Pipe[] = [];
    const ends: EndState[] = [];
    for (const [badge, handles] of this.#clients) {
      handles.forEach((end, handle) => {
        if (end === undefined || !badges.includes(badge)) return;
        if (!pipes.includes(end.pipe)) pipes.push(end.pipe);
        ends.push({ badge, handle, pipe: pipes.indexOf(end.pipe), isWriter: end.isWriter });
      });
    }
    refuseForeign(pipes, ends);
    const states = pipes.map((pipe) => pipe.exportState());
    return pipesData({ lastNumber: this.#pipeCount, pipes: states, ends });
  }

  #import(data: StateData): void {
    this.#build(readPipes(data, capacityBytes));
  }

  /** Puts pipes in the place of all that there are. None of their clients waits for anything. */
  replace(state: PipesState): void {
    this.#clients.clear();
    this.#build(state);
  }

  #build({ lastNumber, pipes, ends }: PipesState): void {
    this.#pipeCount = Math.max(this.#pipeCount, lastNumber);
    const made = pipes.map(({ number, capacity, bytes, taken = 0 }) => {
      // What was read and is in no reader's log is there once more, beside what the pipe held.
      const pipe = new Pipe(number, Math.max(capacity, bytes.length));
      pipe.fill(bytes);
      pipe.taken = taken;
      return pipe;
    });
    for (const { badge, handle, pipe, isWriter } of ends) {
      const end = { pipe: made[pipe]!, isWriter };
      count(end);
      this.#handlesOf(badge)[handle] = end;
    }
  }

  /** Handles open now, and threads that wait: for tests of what is left behind. */
  counts(): { readonly handles: number; readonly waiting: number } {
    const ends = [...this.#clients.values()].flat().filter((end) => end !== undefined);
    const pipes = new Set(ends.map(({ pipe }) => pipe));
    const waiting = [...pipes].reduce((sum, pipe) => sum + pipe.waiting, this.#ready.count);
    return { handles: ends.length, waiting };
  }

  #read({ badge, words }: Message, host: ServiceHost): Answer | Later {
    const end = this.#end(badge, words[0]!);
    if (end === undefined || end.isWriter) return refusals.badf;
    const mayWait = (words[4]! & FdFlag.nonblock) === 0;
    const answer = end.pipe.read(badge, words[3]! >>> 0, mayWait, host);
    this.#ready.retry(host);
    return answer;
  }

  #write({ badge, words, bytes }: Message, host: ServiceHost): Answer | Later {
    const end = this.#end(badge, words[0]!);
    if (end === undefined || !end.isWriter) return refusals.badf;
    const mayWait = (words[3]! & FdFlag.nonblock) === 0;
    const answer = end.pipe.write(badge, bytes, mayWait, host);
    this.#ready.retry(host);
    return answer;
  }

  #make({ badge, words }: Message): Answer {
    const capacity = words[0] === 0 ? capacityBytes : words[0]!;
    if (capacity < 1 || capacity > capacityBytes) return refusals.inval;
    if (openCount(this.#handlesOf(badge)) + 2 > handleCountMax) return refusals.mfile;
    const pipe = new Pipe(++this.#pipeCount, capacity);
    const read = this.#open(badge, { pipe, isWriter: false });
    const write = this.#open(badge, { pipe, isWriter: true });
    return { label: Errno.success, words: [read, write] };
  }

  /** What is asked of an end that is open, other than to move bytes. */
  #onEnd(message: Message, host: ServiceHost): Answer {
    const { badge, label, words } = message;
    const end = this.#end(badge, words[0]!);
    if (end === undefined) return refusals.badf;
    switch (label) {
      case Ask.close:
        this.#handlesOf(badge)[words[0]!] = undefined;
        close(end, host);
        this.#ready.retry(host);
        return success;
      case Ask.give:
        return this.#give(end, words[1] === 0 ? badge : words[1]!);
      case Ask.stat:
        return stat(end, host);
      case Ask.sync:
      case Ask.setTimes:
        return refusals.inval;
      default:
        return refusals.spipe;
    }
  }

  #give(end: End, badge: number): Answer {
    if (openCount(this.#handlesOf(badge)) >= handleCountMax) return refusals.mfile;
    return { label: Errno.success, words: [this.#open(badge, end)] };
  }

  #end(badge: number, handle: number): End | undefined {
    return this.#clients.get(badge)?.[handle];
  }

  #handlesOf(badge: number): Handles {
    let handles = this.#clients.get(badge);
    if (handles === undefined) this.#clients.set(badge, (handles = []));
    return handles;
  }

  #open(badge: number, { pipe, isWriter }: End): number {
    count({ pipe, isWriter });
    const handles = this.#handlesOf(badge);
    const free = handles.indexOf(undefined);
    const end = { pipe, isWriter };
    if (free < 0) return handles.push(end) - 1;
    handles[free] = end;
    return free;
  }
}

/** An end is open once more. */
function count({ pipe, isWriter }: End): void {
  if (isWriter) pipe.writers++;
  else pipe.readers++;
}

/** A pipe whose other end is with a process that is not captured would break. */
function refuseForeign(pipes: readonly Pipe[], ends: readonly EndState[]): void {
  pipes.forEach((pipe, i) => {
    if (pipe.readers + pipe.writers === ends.filter((end) => end.pipe === i).length) return;
    throw new ClientStateError(
      `Pipe ${pipe.number} leads to a process that would stay behind: capture both together.`,
    );
  });
}

function openCount(handles: Handles): number {
  return handles.reduce((sum, end) => sum + (end === undefined ? 0 : 1), 0);
}

function close({ pipe, isWriter }: End, host: ServiceHost): void {
  if (isWriter) pipe.closeWriter(host);
  else pipe.closeReader(host);
}

function readinessOf(end: End | undefined, interest: number): number {
  if (end === undefined) return readiness(0, true);
  const { pipe, isWriter } = end;
  if (isWriter !== ((interest & Interest.write) !== 0)) return readiness(0, true);
  const isHangup = isWriter ? pipe.readers === 0 : pipe.writers === 0;
  const room = isHangup ? 0 : pipe.room;
  const bytes = isWriter ? room : pipe.count;
  return bytes > 0 || isHangup ? readiness(bytes, isHangup) : notReady;
}

function stat({ pipe }: End, host: ServiceHost): Answer {
  const bytes = host.outbox.subarray(0, filestatBytes).fill(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setBigUint64(FilestatOffset.inode, BigInt(pipe.number), true);
  bytes[FilestatOffset.type] = Filetype.unknown;
  bytes[FilestatOffset.links] = 1;
  return { label: Errno.success, words: [0], bytes };
}
