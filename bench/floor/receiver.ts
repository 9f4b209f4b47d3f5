// Floors of a call to a receiver in the process model: client and server each block on a stack of
// their own (stack switching through promises), so a round trip is two suspensions and two
// resumptions. Between them is the least a kernel could do: remember who is to be woken.
import type { Subject } from "../harness/rounds.ts";
import { instantiate } from "./assemble.ts";
import type { CopyMethod } from "./copy.ts";
import { copyMethods, makeCopy } from "./copy.ts";
import { engine, exportedFunction, exportedMemory, type WasmInstance } from "./engine.ts";
import { expectedEmptySum, expectedMessageSum, messageSizes } from "./message.ts";
import { emptyCaller, messageCaller, receivingServer } from "./programs.wat.ts";

export const receiverName = "receiver";
export const receiverMessageName = (size: number, method: CopyMethod): string =>
  `receiver${size}B/${method}`;

export function receiverFloors(operations: number): Subject[] {
  const subjects = [emptyReceiver(operations)];
  for (const size of messageSizes) {
    for (const method of copyMethods) subjects.push(messageReceiver(size, method, operations));
  }
  return subjects;
}

/** Two threads taking turns: each call wakes the other and waits to be woken. */
interface Turns {
  call(label: number): Promise<number>;
  replyAndReceive(reply: number): Promise<number>;
}

function takeTurns(): Turns {
  let wakeServer: (label: number) => void = () => {};
  let wakeClient: (reply: number) => void = () => {};
  const keepServer = (resolve: (label: number) => void) => {
    wakeServer = resolve;
  };
  const keepClient = (resolve: (reply: number) => void) => {
    wakeClient = resolve;
  };
  return {
    call(label) {
      wakeServer(label);
      return new Promise(keepClient);
    },
    replyAndReceive(reply) {
      wakeClient(reply);
      return new Promise(keepServer);
    },
  };
}

function emptyReceiver(operations: number): Subject {
  const turns = takeTurns();
  startServer(turns, 0);
  const call = new engine.Suspending((_endpoint: number, label: number) => turns.call(label));
  const client = instantiate("client", emptyCaller, { kernel: { call } });
  const run = engine.promising(exportedFunction(client, "run"));
  return {
    name: receiverName,
    operations,
    expected: expectedEmptySum(operations),
    run: () => run(operations, 0),
  };
}

function messageReceiver(size: number, method: CopyMethod, operations: number): Subject {
  const turns = takeTurns();
  const server = startServer(turns, size);
  const kernel = {
    call: new engine.Suspending((_endpoint: number, label: number, from: number, bytes: number) => {
      copy(from, bytes);
      return turns.call(label);
    }),
  };
  const client = instantiate("client", messageCaller, { kernel });
  const copy = makeCopy(method, exportedMemory(client), exportedMemory(server));
  const run = engine.promising(exportedFunction(client, "run"));
  return {
    name: receiverMessageName(size, method),
    operations,
    expected: expectedMessageSum(operations),
    run: () => run(operations, 0, size),
  };
}

/** The server suspends in its first receive at once and never returns. */
function startServer(turns: Turns, size: number): WasmInstance {
  const replyAndReceive = new engine.Suspending((reply: number) => turns.replyAndReceive(reply));
  const server = instantiate("server", receivingServer, { kernel: { replyAndReceive } });
  void engine.promising(exportedFunction(server, "serve"))(size);
  return server;
}
