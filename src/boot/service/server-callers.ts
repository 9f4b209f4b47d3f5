// How a service calls the servers that it was granted: a process of its own, made when the first call is,
// whose threads wait for the answers. What came is handed to the service's own thread.
import { Kind, Right } from "../../abi/index.ts";
import { createRootSpace, grant } from "../../kernel/index.ts";
import {
  ClientProcess,
  clientSlots,
  type ServerAnswer,
  type ServerQuestion,
  type ThreadParts,
} from "../../process/index.ts";
import { makeClientThread } from "../session/client-thread.ts";
import type { System } from "../system.ts";

/** A server that a service may call, and by which badge. */
export interface GrantedServer {
  readonly endpoint: number;
  readonly badge: number;
}

export class ServerCallers {
  readonly #system: System;
  readonly #granted: readonly GrantedServer[];
  #clients: ClientProcess | undefined;

  constructor(system: System, granted: readonly GrantedServer[]) {
    this.#system = system;
    this.#granted = granted;
  }

  ask(
    target: number,
    { label, words, bytes }: ServerQuestion,
    over: (answer: ServerAnswer) => void,
  ) {
    this.#clients ??= this.#start();
    this.#clients.call(clientSlots.firstFree + target, { label, words, bytes }, (answer) => {
      over({ ...answer, words: answer.words.slice(), bytes: answer.bytes.slice() });
    });
  }

  #start(): ClientProcess {
    const { core } = this.#system;
    const { kernel, memories } = core;
    const space = createRootSpace(kernel);
    this.#granted.forEach(({ endpoint, badge }, i) => {
      const rights = Right.send;
      const given = { kind: Kind.endpoint, row: endpoint, rights, badge };
      grant(kernel, space, clientSlots.firstFree + i, given);
    });
    const makeThread = (slot: number): ThreadParts => makeClientThread(core, space, slot);
    return new ClientProcess({ core, memories, space, makeThread });
  }
}
