// Views, in every order in which cores may die, join, and notice.
import { describe, expect, it } from "vitest";
import { exploreMembership } from "./membership-world.ts";

describe("all living cores come to the same views", () => {
  it.each([
    { members: 3, joiners: 0, crashes: 2 },
    { members: 2, joiners: 1, crashes: 1 },
    { members: 2, joiners: 1, crashes: 2 },
    { members: 1, joiners: 2, crashes: 1 },
  ])("$members members, $joiners that join and $crashes that die", (example) => {
    expect(exploreMembership(example)).toBeGreaterThan(20);
  });
});
