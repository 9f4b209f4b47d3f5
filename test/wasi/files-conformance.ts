// What every file server has to do, whatever is behind it: the suites of conformance/ run against one
// kind of tree, once with calls that are answered at once, and once with a program that leaves its
// stack for every call.
import { afterEach, beforeEach, describe } from "vitest";
import { type FileTree, fileService } from "../../src/server/files/index.ts";
import { dataSuite } from "./conformance/data.ts";
import { directorySuite } from "./conformance/directory.ts";
import { escapeSuite } from "./conformance/escape.ts";
import { linkSuite } from "./conformance/link.ts";
import { openSuite } from "./conformance/open.ts";
import { refusalSuite } from "./conformance/refusal.ts";
import { renameSuite } from "./conformance/rename.ts";
import { timesSuite } from "./conformance/times.ts";
import { Guest } from "./guest.ts";

/** An empty tree, and how to be rid of it. */
export interface TreeUnderTest {
  readonly tree: FileTree;
  readonly dispose: () => void;
  /** What a time that was set may differ by when it is read back. */
  readonly timePrecisionNs: bigint;
}

export type Suite = (guest: () => Guest, under: () => TreeUnderTest) => void;

const suites: Readonly<Record<string, Suite>> = {
  "opening files": openSuite,
  "reading and writing": dataSuite,
  directories: directorySuite,
  links: linkSuite,
  renaming: renameSuite,
  times: timesSuite,
  "staying inside": escapeSuite,
  refusing: refusalSuite,
};

/** A test that a kind of tree does not pass, and why it need not. */
export interface Exemption {
  readonly test: string;
  readonly why: string;
}

export function filesConformance(
  kind: string,
  make: () => TreeUnderTest,
  exemptions: readonly Exemption[] = [],
): void {
  for (const leaves of [false, true]) {
    const how = leaves ? "with a program that leaves its stack" : "answered at once";
    describe(`${kind}, ${how}`, () => {
      let guest: Guest;
      let under: TreeUnderTest;
      beforeEach(({ task, skip }) => {
        under = make();
        guest = new Guest({ leaves });
        guest.grant(10, fileService(kind, under.tree), "/");
        const exempt = exemptions.find(({ test }) => test === task.name);
        if (exempt !== undefined) skip(exempt.why);
      });
      afterEach(() => under.dispose());
      for (const [title, suite] of Object.entries(suites)) {
        describe(title, () =>
          suite(
            () => guest,
            () => under,
          ),
        );
      }
    });
  }
}
