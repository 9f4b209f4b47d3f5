// The part of the fuzzing with a fixed seed: two minutes in all, in which as much is executed as the machine
// can, after which it says how much that was and how many branches of the reader it reached. And the modules that would be valid only by what we add.
import { describe, expect, it } from "vitest";
import { ByteReader, InvalidModuleError } from "../../../src/process/wasm/binary/index.ts";
import { BodyWalker } from "../../../src/process/wasm/rewrite/body-walker.ts";
import { CallRecorder } from "../../../src/process/wasm/rewrite/call-recorder.ts";
import { rewriteModule } from "../../../src/process/wasm/prepare/rewrite.ts";
import { randomModule } from "../random-module/index.ts";
import { countBranches } from "./branches.ts";
import { type CampaignReport, runCampaign } from "./campaign.ts";
import { debugSpecimens, programSpecimens, type Specimen, smallSpecimens } from "./corpus.ts";
import { judge } from "./judge.ts";

const seed = Number(process.env["SHOAL_TEST_SEED"] ?? 20261121);

/** Seconds of all campaigns together. */
const secondsMax = Number(process.env["SHOAL_TEST_FUZZ_SECONDS"] ?? 120);

interface Campaign {
  readonly what: string;
  readonly specimens: readonly Specimen[];
  /** Of the time. */
  readonly share: number;
}

async function plannedCampaigns(): Promise<Campaign[]> {
  const programs = await programSpecimens(); // those that are built here
  return [
    { what: "small modules", specimens: smallSpecimens(), share: 0.6 },
    {
      what: "modules that are mostly debug sections",
      specimens: await debugSpecimens(),
      share: 0.3,
    },
    { what: "programs", specimens: programs, share: programs.length > 0 ? 0.1 : 0 },
  ];
}

/** Counting branches makes everything slower, so it is done for the first part of the time. */
const countedShare = 0.25;

function run(campaign: Campaign, ownSeed: number, shareOfTime: number): CampaignReport {
  return runCampaign({
    seed: ownSeed,
    specimens: campaign.specimens,
    executionsMax: Infinity,
    secondsMax: campaign.share * shareOfTime * secondsMax,
  });
}

describe(`malformed modules (seed ${seed})`, () => {
  const timeout = (secondsMax + 60) * 1000;
  it("are refused with a reason, or are not malformed", { timeout }, async () => {
    const campaigns = await plannedCampaigns();
    let counted: CampaignReport[] = [];
    const { reached, total } = await countBranches(() => {
      counted = campaigns.map((one) => run(one, seed + 1, countedShare));
    });
    const uncounted = campaigns.map((one) => run(one, seed, 1 - countedShare));
    const told = campaigns.map(({ what }, at) => {
      return `${uncounted[at]!.executions + counted[at]!.executions} executions on ${what}`;
    });
    console.log(
      `${told.join(", ")}; ${reached} of ${total} branches of reader and rewriter reached`,
    );
    const reports = [...uncounted, ...counted];
    const findings = reports.flatMap((report) => report.findings);
    expect(findings.map(({ execution, message }) => `${execution}: ${message}`)).toEqual([]);
    // The mutations are worth nothing if all they make is broken, or nothing.
    for (const { executions, verdicts } of uncounted.slice(0, 2)) {
      expect(verdicts.get("refused")! / executions).toBeGreaterThan(0.3);
      expect(verdicts.get("accepted")! / executions).toBeGreaterThan(0.06);
    }
    expect(reached / total).toBeGreaterThan(0.6);
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
