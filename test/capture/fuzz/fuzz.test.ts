// The part of the fuzzing with a fixed seed; and the modules that would be valid only by what we add.
import { describe, expect, it } from "vitest";
import { ByteReader, InvalidModuleError } from "../../../src/process/wasm/binary/index.ts";
import { BodyWalker } from "../../../src/process/wasm/rewrite/body-walker.ts";
import { CallRecorder } from "../../../src/process/wasm/rewrite/call-recorder.ts";
import { rewriteModule } from "../../../src/process/wasm/prepare/rewrite.ts";
import { randomModule } from "../random-module/index.ts";
import { runCampaign } from "./campaign.ts";
import { programSpecimens, smallSpecimens } from "./corpus.ts";
import { judge } from "./judge.ts";

const seed = Number(process.env["SHOAL_TEST_SEED"] ?? 20261121);

describe(`malformed modules (seed ${seed})`, () => {
  it("are refused with a reason, or are not malformed", { timeout: 60_000 }, () => {
    const report = runCampaign({ seed, specimens: smallSpecimens(), executionsMax: 15_000 });
    expect(report.findings.map(({ execution, message }) => `${execution}: ${message}`)).toEqual([]);
    expect(report.verdicts.get("refused")).toBeGreaterThan(8000);
    expect(report.verdicts.get("accepted")).toBeGreaterThan(1000);
  });

  it("are refused also when they were programs", { timeout: 60_000 }, async (context) => {
    const specimens = await programSpecimens();
    if (specimens.length === 0) context.skip("no program is built here");
    const report = runCampaign({ seed, specimens, executionsMax: 200, secondsMax: 20 });
    expect(report.findings.map(({ execution, message }) => `${execution}: ${message}`)).toEqual([]);
    expect(report.verdicts.get("accepted")).toBeGreaterThan(10);
    expect(report.verdicts.get("refused")).toBeGreaterThan(10);
  });
});

// In text, since nobody's assembler would make them.
const head = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const oneType = [0x01, 0x04, 0x01, 0x60, 0x00, 0x00];
const oneFunction = [0x03, 0x02, 0x01, 0x00];

const overreaching: readonly [what: string, bytes: readonly number[]][] = [
  [
    "a table it does not have",
    [
      ...head,
      ...oneType,
      ...oneFunction,
      0x0a,
      0x08,
      0x01,
      0x06,
      0x00,
      0x41,
      0x00,
      0x11,
      0x00,
      0x00,
      0x0b,
    ],
  ],
  [
    "a function it does not have",
    [...head, ...oneType, ...oneFunction, 0x0a, 0x06, 0x01, 0x04, 0x00, 0x10, 0x01, 0x0b],
  ],
  [
    "a global it does not have",
    [...head, ...oneType, ...oneFunction, 0x0a, 0x07, 0x01, 0x05, 0x00, 0x23, 0x00, 0x1a, 0x0b],
  ],
  [
    "a tag it does not have",
    [...head, ...oneType, ...oneFunction, 0x0a, 0x06, 0x01, 0x04, 0x00, 0x08, 0x00, 0x0b],
  ],
];

describe("a module that names what only preparation adds", () => {
  for (const fuel of [false, true]) {
    for (const capture of ["none", "unwind"] as const) {
      it.each(overreaching)(
        `is refused for %s (fuel ${fuel}, capture ${capture})`,
        async (_, bytes) => {
          const refusal = rewriteModule(Uint8Array.from(bytes), { fuel, capture });
          await expect(refusal).rejects.toThrow(InvalidModuleError);
        },
      );
    }
  }
});

/** Deliberate errors of the reader, each planted for one campaign. */
const spoilers: readonly [what: string, plant: () => () => void][] = [
  [
    "something else than a refusal is thrown",
    () => {
      const right = ByteReader.prototype.fail; // put back below, and not called from here
      ByteReader.prototype.fail = (reason) => {
        throw new TypeError(reason);
      };
      return () => {
        ByteReader.prototype.fail = right;
      };
    },
  ],
  [
    "valid modules are refused",
    () => {
      const right = BodyWalker.prototype.labelTypes; // called with its own object below
      BodyWalker.prototype.labelTypes = function (depth) {
        return depth > 2 ? this.reader.fail("there is no such label") : right.call(this, depth);
      };
      return () => {
        BodyWalker.prototype.labelTypes = right;
      };
    },
  ],
  [
    "valid modules become invalid",
    () => {
      const right = CallRecorder.prototype.call; // called with its own object below
      CallRecorder.prototype.call = function (walker, call) {
        right.call(this, walker, { ...call, start: call.start + 1 });
      };
      return () => {
        CallRecorder.prototype.call = right;
      };
    },
  ],
];

describe("the fuzzing itself", () => {
  it("knows a good module from a bad one", () => {
    const { bytes } = randomModule(1);
    expect(judge(bytes, false)).toBe("accepted");
    expect(judge(bytes.slice(0, -1), false)).toBe("refused");
  });

  it.each(spoilers)("notices when %s", (_, spoil) => {
    const takeOut = spoil();
    try {
      const report = runCampaign({ seed, specimens: smallSpecimens(), executionsMax: 3000 });
      expect(report.findings.length).toBeGreaterThan(0);
    } finally {
      takeOut();
    }
  });
});
