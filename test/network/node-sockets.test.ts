// The network device of Node against real sockets: what a peer does arrives as it was done, nothing is
// lost, nobody can fill this process's memory, and what was let go of is gone.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HostConnection } from "../../src/server/network/index.ts";
import { Direction, wouldBlock } from "../../src/server/network/index.ts";
import {
  defaultSocketLimits,
  NodeNetwork,
  type SocketLimits,
} from "../../src/server/node/index.ts";
import { Errno } from "../../src/userlib/index.ts";

describe("the network device of Node", () => {
  let network: NodeNetwork;
  let peers: Socket[];
  let changed: () => void;

  beforeEach(() => open());
  afterEach(async () => {
    for (const peer of peers) peer.destroy();
    await network.close();
    expect(network.connectionCount).toBe(0);
  });

  function open(limits: Partial<SocketLimits> = {}): void {
    network = new NodeNetwork({ ...defaultSocketLimits, ...limits });
    peers = [];
    changed = () => undefined;
    network.onReady = () => changed();
  }

  /** Waits until a condition holds, looking whenever the device says that something has changed. */
  function until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      changed = () => {
        if (!holds()) return;
        changed = () => undefined;
        resolve();
      };
      changed();
    });
  }

  async function connectTo(port: number): Promise<Socket> {
    const peer = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    peers.push(peer.on("error", () => undefined));
    await once(peer, "connect");
    return peer;
  }

  /** A listener and a connection to it, from both sides. */
  async function pair(): Promise<{ peer: Socket; ours: HostConnection }> {
    const listener = network.listeners[0] ?? (await network.listen({ host: "127.0.0.1", port: 0 }));
    const peer = await connectTo(listener.address.port);
    await until(() => listener.waiting() > 0);
    return { peer, ours: listener.accept()! };
  }

  function read(from: HostConnection, count = 65_536): string | number {
    const into = new Uint8Array(count);
    const found = from.peek(into, count);
    if (found >= 0) from.consume(found);
    else if (found !== wouldBlock) from.consume(0);
    return found < 0 ? found : new TextDecoder().decode(into.subarray(0, found));
  }

  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  it("listens where it was told to, on a port that it chooses if that is 0", async () => {
    const first = await network.listen({ host: "127.0.0.1", port: 0 });
    const second = await network.listen({ host: "::1", port: 0 });
    expect(first.address).toMatchObject({ host: "127.0.0.1" });
    expect(second.address).toMatchObject({ host: "::1" });
    expect(first.address.port).toBeGreaterThan(0);
    await expect(network.listen(first.address)).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("passes bytes both ways", async () => {
    const { peer, ours } = await pair();
    expect(read(ours)).toBe(wouldBlock);
    peer.write("over");
    await until(() => ours.available() === 4);
    expect([read(ours, 1), read(ours, 10)]).toEqual(["o", "ver"]);
    expect(ours.write(bytes("back"))).toBe(4);
    const [chunk] = (await once(peer, "data")) as [Uint8Array];
    expect(new TextDecoder().decode(chunk)).toBe("back");
  });

  it("gives back what it was given to write: the caller may use its buffer again at once", async () => {
    const { peer, ours } = await pair();
    const buffer = bytes("first");
    ours.write(buffer);
    buffer.set(bytes("other"));
    const [chunk] = (await once(peer, "data")) as [Uint8Array];
    expect(new TextDecoder().decode(chunk)).toBe("first");
  });

  it("ends what it reads with the peer's end, and can still write", async () => {
    const { peer, ours } = await pair();
    peer.end("last words");
    await until(() => !ours.mayGrow());
    expect([read(ours), read(ours), read(ours)]).toEqual(["last words", "", ""]);
    ours.write(bytes("answer"));
    const [chunk] = (await once(peer, "data")) as [Uint8Array];
    expect(new TextDecoder().decode(chunk)).toBe("answer");
  });

  it("ends what it sends when told so, and can still read", async () => {
    const { peer, ours } = await pair();
    peer.resume();
    ours.write(bytes("bye"));
    expect(ours.shutdown(Direction.send)).toBe(0);
    expect([ours.write(bytes("x")), ours.room()]).toEqual([-Errno.pipe, -Errno.pipe]);
    await once(peer, "end");
    peer.write("more");
    await until(() => ours.available() === 4);
    expect(read(ours)).toBe("more");
    expect(ours.shutdown(Direction.receive)).toBe(0);
    expect(read(ours)).toBe("");
  });

  it("tells of a reset once", async () => {
    const { peer, ours } = await pair();
    peer.resetAndDestroy();
    await until(() => ours.available() !== wouldBlock);
    expect(ours.room()).toBe(-Errno.connreset);
    expect([read(ours), read(ours)]).toEqual([-Errno.connreset, ""]);
    expect(ours.write(bytes("x"))).toBe(-Errno.pipe);
    expect(ours.shutdown(Direction.send)).toBe(-Errno.notconn);
  });

  it("holds a peer back that sends more than is read, and loses nothing", async () => {
    open({ receiveBytes: 10_000 });
    const { peer, ours } = await pair();
    const total = 30_000_000;
    const isHeldBack = !peer.write(Buffer.alloc(total, "x"));
    expect(isHeldBack).toBe(true);
    await until(() => ours.available() >= 10_000 && !ours.mayGrow());
    // What comes in one piece is at most 64 KiB.
    expect(ours.available()).toBeLessThan(10_000 + 65_536);
    expect(peer.writableLength).toBeGreaterThan(0);
    let received = 0;
    while (received < total) {
      await until(() => ours.available() > 0);
      expect(ours.available()).toBeLessThan(10_000 + 65_536);
      received += (read(ours, 7_000) as string).length;
    }
    expect(received).toBe(total);
    expect(peer.writableLength).toBe(0);
  });

  it("takes no more than its limit from who writes faster than the peer reads", async () => {
    open({ sendBytes: 20_000 });
    const { peer, ours } = await pair();
    peer.pause();
    const piece = new Uint8Array(7_000).fill(120);
    let taken = 0;
    let one = 0;
    while ((one = ours.write(piece)) > 0) taken += one;
    expect(one).toBe(wouldBlock);
    expect(ours.room()).toBe(wouldBlock);
    let received = 0;
    peer.on("data", (chunk: Uint8Array) => (received += chunk.length)).resume();
    await until(() => ours.room() > 0);
    expect(ours.room()).toBe(20_000);
    taken += ours.write(piece);
    ours.close();
    await once(peer, "end");
    expect(received).toBe(taken);
  });

  it("takes only so many small writes that the peer does not read, and sends them all", async () => {
    const { peer, ours } = await pair();
    let received = 0;
    peer.on("data", (chunk: Uint8Array) => (received += chunk.length)).pause();
    // The system's own buffers are filled first, in large pieces.
    let taken = 0;
    const large = new Uint8Array(60_000);
    while (ours.room() > 60_000) taken += ours.write(large);
    let small = 0;
    while (ours.write(new Uint8Array(1)) === 1) small++;
    expect(small).toBeLessThan(5_000);
    peer.resume();
    await until(() => ours.room() > 0);
    expect(ours.write(new Uint8Array(1))).toBe(1);
    ours.close();
    await once(peer, "end");
    expect(received).toBe(taken + small + 1);
  });

  it("still sends what was written when it is closed right after", async () => {
    const { peer, ours } = await pair();
    let received = 0;
    peer.on("data", (chunk: Uint8Array) => (received += chunk.length)).pause();
    const piece = new Uint8Array(65_536);
    let taken = 0;
    for (let one = 0; (one = ours.write(piece)) > 0;) taken += one;
    ours.close();
    peer.resume();
    await once(peer, "end");
    expect(received).toBe(taken);
  });

  it("resets connections beyond its limit, and takes new ones when old ones have gone", async () => {
    open({ connections: 3 });
    const kept = [await pair(), await pair(), await pair()];
    const { port } = network.listeners[0]!.address;
    const refused = connect({ host: "127.0.0.1", port });
    peers.push(refused);
    const [error] = (await once(refused, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNRESET");
    expect(network.connectionCount).toBe(3);
    kept[0]!.ours.close();
    await until(() => network.connectionCount === 2);
    await pair();
    expect(network.connectionCount).toBe(3);
  });

  it("counts connections that nobody accepts, even if their peers have gone", async () => {
    open({ connections: 5 });
    const listener = await network.listen({ host: "127.0.0.1", port: 0 });
    for (let i = 0; i < 20; i++) {
      const peer = connect({ host: "127.0.0.1", port: listener.address.port });
      peers.push(peer.on("error", () => undefined));
      // It goes as soon as it is there; those over the limit are sent away.
      await new Promise((resolve) => {
        peer.on("close", resolve).on("connect", () => peer.resetAndDestroy());
      });
    }
    await until(() => network.connectionCount === 0);
    expect(listener.waiting()).toBeLessThanOrEqual(5);
  });

  it("resets those who wait when it stops listening, and refuses those who come later", async () => {
    const listener = await network.listen({ host: "127.0.0.1", port: 0 });
    const { port } = listener.address;
    const peer = await connectTo(port);
    await until(() => listener.waiting() === 1);
    listener.close();
    const [error] = (await once(peer, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNRESET");
    const late = connect({ host: "127.0.0.1", port });
    const [refusal] = (await once(late, "error")) as [NodeJS.ErrnoException];
    expect(refusal.code).toBe("ECONNREFUSED");
  });

  it("has let go of everything when it says so", async () => {
    const pairs = [await pair(), await pair()];
    pairs[0]!.ours.write(bytes("unread"));
    for (const { peer } of pairs) peer.destroy();
    await network.close();
    expect(network.connectionCount).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    const left = process.getActiveResourcesInfo().filter((one) => one.startsWith("TCP"));
    expect(left).toEqual([]);
  });
});
