// What the writer thread runs: it makes one file after the other durable, for whoever is connected.
// While it waits for the device requests gather, and those for the same file need one sync.
import { fdatasyncSync } from "node:fs";
import { MessagePort, parentPort, receiveMessageOnPort } from "node:worker_threads";
import type { SyncAnswer, SyncRequest } from "./segment-syncs.ts";

parentPort?.on("message", (port: unknown) => {
  if (port instanceof MessagePort) serve(port);
});

function serve(port: MessagePort): void {
  port.on("message", (first: SyncRequest) => {
    const requests = [first, ...waitingOn(port)];
    for (const fd of new Set(requests.map((request) => request.fd))) {
      const isDurable = syncFile(fd);
      for (const { id } of requests.filter((request) => request.fd === fd)) {
        port.postMessage({ id, isDurable } satisfies SyncAnswer);
      }
    }
  });
}

function waitingOn(port: MessagePort): SyncRequest[] {
  const waiting: SyncRequest[] = [];
  for (;;) {
    const received = receiveMessageOnPort(port);
    if (received === undefined) return waiting;
    // Only SegmentSyncs writes to the other end.
    waiting.push(received.message as SyncRequest);
  }
}

function syncFile(fd: number): boolean {
  try {
    fdatasyncSync(fd);
    return true;
  } catch {
    return false;
  }
}
