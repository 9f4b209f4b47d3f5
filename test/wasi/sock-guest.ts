// A program made of calls on sockets, over a network of the test's making. A call that has to wait
// answers "waits"; what it would answer once it is over, `finish` says.
import { leaveStack } from "../../src/abi/index.ts";
import { NetworkService } from "../../src/server/network/index.ts";
import { listenerRow, type WasmValue } from "../../src/wasi/index.ts";
import { Guest, toBytes, toText } from "./guest.ts";
import { FakeNetwork } from "./sock-device.ts";

/** The badge under which a direct host makes its calls. */
export const guestBadge = 7;
const networkSlot = 10;
const [result, outFlags, vectors, buffer] = [64, 72, 128, 65_536];
const [subscriptions, events] = [131_072, 262_144];

/** An event of a poll: which subscription it is for, and what it says. */
export interface Ready {
  readonly index: number;
  readonly errno: number;
  readonly bytes: number;
  readonly hangup: boolean;
}

export class SocketGuest {
  readonly g: Guest;
  readonly network: FakeNetwork;
  readonly service: NetworkService;
  #waiting:
    | { name: string; args: WasmValue[]; result: (errno: number) => number | string }
    | undefined;

  constructor({ leaves = false, listeners = 1, badges = [guestBadge] } = {}) {
    this.g = new Guest({ leaves });
    this.network = new FakeNetwork(listeners);
    this.service = new NetworkService(this.network, badges);
    this.g.host.serve(networkSlot, this.service);
    this.network.listeners.forEach((_, i) => this.g.host.table.add(listenerRow(networkSlot, i)));
  }

  /** The host tells the server that something has changed. */
  signal(): void {
    if (this.service.needsSignal()) this.service.onSignal(1, this.g.host);
  }

  #call(
    name: string,
    args: WasmValue[],
    result: (errno: number) => number | string,
  ): number | string {
    const errno = this.g.host.call(name, ...args);
    this.#waiting = errno === leaveStack ? { name, args, result } : undefined;
    return errno === leaveStack ? "waits" : result(errno);
  }

  /** What the waiting call answers, or "waits". */
  finish(): number | string {
    if (this.#waiting === undefined) throw new Error("no call waits");
    const { name, args, result } = this.#waiting;
    const errno = this.g.host.resume(name, ...args);
    return errno === leaveStack ? "waits" : result(errno);
  }

  #word(errno: number): number {
    return errno === 0 ? this.g.view.getUint32(result, true) : -errno;
  }

  #bytes(errno: number): string | number {
    const count = this.#word(errno);
    return count < 0 ? count : toText(this.g.bytes.subarray(buffer, buffer + count));
  }

  #vector(...counts: number[]): void {
    let at = buffer;
    counts.forEach((count, i) => {
      this.g.view.setUint32(vectors + i * 8, at, true);
      this.g.view.setUint32(vectors + i * 8 + 4, count, true);
      at += count;
    });
  }

  accept(fd = 3, flags = 0): number | string {
    return this.#call("sock_accept", [fd, flags, result], (errno) => this.#word(errno));
  }

  recv(fd: number, count: number | readonly number[], flags = 0): number | string {
    const counts = typeof count === "number" ? [count] : count;
    this.#vector(...counts);
    this.g.view.setUint16(outFlags, 0xffff, true);
    const args = [fd, vectors, counts.length, flags, result, outFlags];
    return this.#call("sock_recv", args, (errno) => this.#bytes(errno));
  }

  /** What the last `recv` said of the message: cut off or not. */
  get receivedFlags(): number {
    return this.g.view.getUint16(outFlags, true);
  }

  read(fd: number, count: number): number | string {
    this.#vector(count);
    return this.#call("fd_read", [fd, vectors, 1, result], (errno) => this.#bytes(errno));
  }

  send(fd: number, text: string, flags = 0): number | string {
    this.g.bytes.set(toBytes(text), buffer);
    this.#vector(text.length);
    const args = [fd, vectors, 1, flags, result];
    return this.#call("sock_send", args, (errno) => this.#word(errno));
  }

  write(fd: number, text: string): number | string {
    this.g.bytes.set(toBytes(text), buffer);
    this.#vector(text.length);
    return this.#call("fd_write", [fd, vectors, 1, result], (errno) => this.#word(errno));
  }

  /** One poll, without a clock, for what is to be read or written. */
  poll(...wanted: ({ read: number } | { write: number })[]): Ready[] | number | "waits" {
    const { view, bytes } = this.g;
    wanted.forEach((one, i) => {
      const at = subscriptions + i * 48;
      bytes.fill(0, at, at + 48);
      view.setBigUint64(at, BigInt(i), true);
      view.setUint8(at + 8, "read" in one ? 1 : 2);
      view.setUint32(at + 16, "read" in one ? one.read : one.write, true);
    });
    const args = [subscriptions, events, wanted.length, result];
    const errno = this.g.host.call("poll_oneoff", ...args);
    if (errno !== leaveStack) return errno === 0 ? this.#events() : -errno;
    this.#waiting = { name: "poll_oneoff", args, result: (code) => -code };
    return "waits";
  }

  /** What the poll that waited has found. */
  finishPoll(): Ready[] | number | "waits" {
    const answer = this.finish();
    return answer === 0 ? this.#events() : (answer as number | "waits");
  }

  #events(): Ready[] {
    const { view } = this.g;
    return Array.from({ length: view.getUint32(result, true) }, (_, i) => {
      const at = events + i * 32;
      return {
        index: Number(view.getBigUint64(at, true)),
        errno: view.getUint16(at + 8, true),
        bytes: Number(view.getBigUint64(at + 16, true)),
        hangup: (view.getUint16(at + 24, true) & 1) !== 0,
      };
    });
  }

  shutdown(fd: number, how: number): number {
    return 0 - this.g.call("sock_shutdown", fd, how);
  }
}
