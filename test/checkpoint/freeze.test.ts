// Freezing and thawing as a user does it: what goes on, what is refused, and what is said about it.
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pipelinePrograms } from "../cli/pipeline-programs.ts";
import { assembleWat } from "../support/wat.ts";
import { type GuestName, guests } from "./guests.ts";
import { Place } from "./named-run.ts";

let place: Place;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

async function guest(name: GuestName): Promise<string> {
  const path = place.path(`${name}.wasm`);
  writeFileSync(path, await assembleWat(guests[name]));
  return path;
}

const level = ["--level", "checkpoint"] as const;

/** Options of a run that is frozen after so many calls. */
function freezing(calls: number): string[] {
  return ["--freeze-after-calls", `${calls}`, "--freeze-to", place.path("image")];
}

/** Runs a program that is frozen after so many calls, with this directory as its only one. */
async function frozen(name: GuestName, calls: number, dir = ["--dir", ".::/"]) {
  const program = await guest(name);
  return place.run(["run", ...level, ...freezing(calls), ...dir, program]);
}

const thaw = () => place.run(["thaw", place.path("image")]);

describe("a frozen program", () => {
  it("goes on in another process with its file open where it was", async () => {
    const first = await frozen("writes", 2);
    expect(text(first.stderr)).toMatch(/frozen to .*image/);
    expect(readFileSync(place.path("file"), "utf8")).toBe("before");
    const { stdout, exitCode } = await thaw();
    expect([exitCode, text(stdout)]).toEqual([0, "beforeand after"]);
  });

  it("takes its directories in memory along, and files there without a name", async () => {
    await frozen("unlinks", 3, ["--temp-dir", "/"]);
    const { stdout, exitCode } = await thaw();
    expect([exitCode, text(stdout)]).toEqual([0, "beforeand after"]);
  });

  it("asks again for what it waited for", async () => {
    const program = await guest("waits");
    const running = place.start(["run", ...level, "--name", "one", program]);
    await running.spoke();
    const frozenTo = await place.run(["freeze", "one", "-o", place.path("image")]);
    expect(frozenTo.exitCode, text(frozenTo.stderr)).toBe(0);
    expect(text((await running.ended).stdout)).toBe("before");
    const again = place.start(["thaw", place.path("image")]);
    again.child.stdin!.end("some input");
    expect(text((await again.ended).stdout)).toBe("some input");
  });

  it("goes on in the input where it was, if both processes share it", async () => {
    writeFileSync(place.path("copies.wasm"), await assembleWat(pipelinePrograms["copies"]!));
    const script = `seq 1 200000 | {
      "$0" "$1" run --level checkpoint --freeze-after-calls 7 --freeze-to image copies.wasm
      "$0" "$1" thaw image; }`;
    const { stdout, stderr } = await place.through("bash", ["-c", script, process.execPath], []);
    expect(text(stderr)).toMatch(/frozen to image/);
    const lines = text(stdout).trimEnd().split("\n");
    expect(lines.length).toBe(200_000);
    expect(lines.every((line, i) => line === `${i + 1}`)).toBe(true);
  });

  it("sleeps for what was left, on a clock that stood still", async () => {
    // The time, the write, the time twice more, the sleep.
    const first = await frozen("sleeps", 5);
    expect(text(first.stdout)).toBe("before");
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const { stdout } = await thaw();
    const passedMs = Number(Buffer.from(stdout).readBigUInt64LE()) / 1e6;
    expect(passedMs).toBeGreaterThanOrEqual(1500);
    expect(passedMs).toBeLessThan(5000);
  });

  it("goes on itself when only a copy was wanted, any number of times", async () => {
    const program = await guest("waits");
    const running = place.start(["run", ...level, "--name", "one", program]);
    await running.spoke();
    for (const image of ["first", "second", "third"]) {
      const made = await place.run(["freeze", "one", "--keep-running", "-o", place.path(image)]);
      expect(made.exitCode, text(made.stderr)).toBe(0);
    }
    running.child.stdin!.end("to the original");
    expect(text((await running.ended).stdout)).toBe("beforeto the original");
    const copy = place.start(["thaw", place.path("third")]);
    copy.child.stdin!.end("to the copy");
    expect(text((await copy.ended).stdout)).toBe("to the copy");
  });
});

describe("a program is not thawed, and it is said why,", () => {
  it("if a file that it has open was changed", async () => {
    await frozen("writes", 2);
    appendFileSync(place.path("file"), "!");
    const { stderr, exitCode } = await thaw();
    expect(exitCode).toBe(126);
    expect(text(stderr)).toMatch(/"file", .* was changed .*: it has 7 bytes, and had 6/);
  });

  it("if a file that it has open is missing", async () => {
    await frozen("writes", 2);
    rmSync(place.path("file"));
    const { stderr, exitCode } = await thaw();
    expect(exitCode).toBe(126);
    expect(text(stderr)).toMatch(/"file", .* is not there any more/);
  });

  it("if its directory is missing", async () => {
    mkdirSync(place.path("inner"));
    await frozen("writes", 2, ["--dir", "inner::/"]);
    rmSync(place.path("inner"), { recursive: true });
    const { stderr, exitCode } = await thaw();
    expect(exitCode).toBe(126);
    expect(text(stderr)).toMatch(/the directory ".*inner", .* as "\/", is not there/);
  });

  it("if the image was cut off or changed", async () => {
    await frozen("writes", 2);
    const whole = readFileSync(place.path("image"));
    whole[whole.length >> 1]! ^= 1;
    writeFileSync(place.path("image"), whole);
    const changed = await thaw();
    expect([changed.exitCode, text(changed.stderr)]).toEqual([
      126,
      expect.stringMatching(/image.*damaged/),
    ]);
    truncateSync(place.path("image"), whole.length - 1);
    expect(text((await thaw()).stderr)).toMatch(/its end is missing/);
  });
});

describe("a program is not frozen, and goes on,", () => {
  it("if a file that it has open has no name any more", async () => {
    const { stdout, stderr } = await frozen("unlinks", 3);
    expect(text(stderr)).toMatch(/not frozen.*no name any more/);
    expect(text(stdout)).toBe("beforeand after");
  });

  it("if changes to its directory are kept apart", async () => {
    const { stdout, stderr } = await frozen("writes", 2, ["--dir-overlay", ".::/"]);
    expect(text(stderr)).toMatch(/not frozen.*--dir-overlay.*grant the directory itself/);
    expect(text(stdout)).toBe("beforeand after");
  });

  it("if it has kernel objects of its own", async () => {
    const program = await guest("owns");
    const running = place.start(["run", ...level, "--name", "one", program]);
    await running.spoke();
    const { stderr, exitCode } = await place.run(["freeze", "one", "-o", place.path("image")]);
    expect(exitCode).toBe(126);
    expect(text(stderr)).toMatch(/owns.wasm has kernel objects or capabilities of its own/);
    running.child.stdin!.end("x");
    expect(text((await running.ended).stdout)).toBe("beforex");
  });

  it("if there is no room for the image, and what was there stays", async () => {
    const program = await guest("writes");
    writeFileSync(place.path("image"), "the previous one");
    // A limit on the size of files is as full as a disk can be made here.
    const limited = ["-c", 'ulimit -f 1; exec "$0" "$@"', process.execPath];
    const args = ["run", ...level, ...freezing(2), "--dir", ".::/", program];
    const { stdout, stderr } = await place.through("bash", limited, args);
    expect(text(stderr)).toMatch(/not frozen.*there is no room/);
    expect(text(stdout)).toBe("beforeand after");
    expect(readFileSync(place.path("image"), "utf8")).toBe("the previous one");
  });

  it("if nobody of that name is there", async () => {
    const { stderr, exitCode } = await place.run(["freeze", "nobody", "-o", place.path("image")]);
    expect(exitCode).toBe(127);
    expect(text(stderr)).toMatch(/shoal run --level checkpoint --name nobody/);
  });
});
