// The background system as a whole: there is one, it stays when whoever started it goes, and it goes when it
// is told to.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isThere, SystemRig } from "./rig.ts";
import { until } from "../session/command.ts";

let rig: SystemRig;
beforeEach(() => void (rig = new SystemRig()));
afterEach(() => rig.close());

describe("a background system", () => {
  it("is a process in a session of its own, which the command that started it leaves behind", async () => {
    const { pid, isNew } = await rig.json<{ pid: number; isNew: boolean }>("up");
    expect(isNew).toBe(true);
    expect(await rig.status()).toMatchObject({ isUp: true, pid, programs: 0, running: 0 });
    expect(sessionOf(pid)).toBe(pid);
  });

  it("is found by the next one who wants it up", async () => {
    const { pid } = await rig.json<{ pid: number }>("up");
    expect(await rig.run("up")).toMatchObject({
      code: 0,
      stdout: `the system was up already, as process ${pid}: 0 of 0 programs running\n`,
    });
  });

  it("is one, however many want it up at once", async () => {
    const ups = await Promise.all(
      Array.from({ length: 4 }, () => rig.json<{ pid: number; isNew: boolean }>("up")),
    );
    expect(new Set(ups.map(({ pid }) => pid)).size).toBe(1);
    expect(ups.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it("in the foreground says who is the system, if it is not", async () => {
    const { pid } = await rig.json<{ pid: number }>("up");
    expect(await rig.run("up", "--foreground")).toMatchObject({
      code: 1,
      stderr: `shoal: a system is up already, as process ${pid}\n`,
    });
  });

  it("in the foreground ends when a service manager tells it to", async () => {
    const system = rig.start("up", "--foreground");
    await until("it is up", () => system.stderr.includes("the system is up"));
    expect((await rig.status()).pid).toBe(system.child.pid);
    system.child.kill("SIGTERM");
    expect(await system.ended).toBe(0);
    expect(system.stderr).toContain("told to end by SIGTERM");
  });

  it("is closed to others", async () => {
    await rig.run("up");
    const mode = (name: string): number => statSync(join(rig.directory, name)).mode & 0o777;
    expect([mode("."), mode("socket"), mode("log")]).toEqual([0o700, 0o600, 0o600]);
  });

  it("goes down, and says so to whoever asks", async () => {
    const { pid } = await rig.json<{ pid: number }>("up");
    expect(await rig.run("down")).toMatchObject({ code: 0, stderr: "" });
    await until("it has ended", () => !isThere(pid));
    expect(existsSync(join(rig.directory, "socket"))).toBe(false);
    const { code, stdout } = await rig.run("status", "--json");
    expect({ code, said: JSON.parse(stdout) as unknown }).toEqual({
      code: 3,
      said: { isUp: false },
    });
    expect(await rig.run("ps")).toMatchObject({
      code: 127,
      stderr: "shoal: the system is not up: shoal up starts it\n",
    });
  });

  it("comes up over the socket and the lock of one that was killed", async () => {
    await rig.run("up");
    const former = await rig.killSystem();
    expect(existsSync(join(rig.directory, "socket"))).toBe(true);
    const { pid, isNew } = await rig.json<{ pid: number; isNew: boolean }>("up");
    expect({ isNew, isOther: pid !== former }).toEqual({ isNew: true, isOther: true });
  });

  it("that is stopped keeps nobody waiting, and is the system all the same when it goes on", async () => {
    const { pid } = await rig.json<{ pid: number }>("up");
    process.kill(pid, "SIGSTOP");
    expect(await rig.run("ps")).toMatchObject({
      code: 126,
      stderr: expect.stringContaining(`process ${pid}, has not answered for 10 s`) as string,
    });
    process.kill(pid, "SIGCONT");
    expect((await rig.status()).pid).toBe(pid);
  });

  it("says why it does not come up", async () => {
    await rig.run("up");
    await rig.run("down");
    writeFileSync(join(rig.directory, "programs"), "in the way");
    expect(await rig.run("up")).toMatchObject({
      code: 126,
      stderr: expect.stringContaining("the system did not come up") as string,
    });
  });
});

/** The session of a process, which is named by the process that leads it. */
function sessionOf(pid: number): number {
  const stat = readStat(pid);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
}

function readStat(pid: number): string {
  return process.getBuiltinModule("node:fs").readFileSync(`/proc/${pid}/stat`, "utf8");
}
