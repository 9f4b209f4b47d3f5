// What one monitor knows, as plain data: it can be copied, written down, compared and made again. Lists are short in
// what they serve (capabilities that crossed cores, not capabilities), and are searched; docs/internals/monitors.md
// says what has to be indexed before they grow.
import type { Asked } from "./message.ts";
import type { Core, Lineage, Name } from "./name.ts";
import type { Operation } from "./operation.ts";

/** A capability that came here from another core, or the first one of an object; the root of a tree in this kernel. */
export interface Branch {
  readonly name: Name;
  readonly object: Name;
  readonly lineage: Lineage;
  readonly rights: number;
  /** Whether a process still has it. If not, it is here for what was derived from it only. */
  isHeld: boolean;
}

/** What stays where a branch came from: a capability of the monitor, so that the kernel's tree goes on through it. */
export interface Anchor {
  readonly name: Name;
  readonly object: Name;
  readonly lineage: Lineage;
  /** Where the branch is. */
  readonly to: Core;
  /** The branch of this core that it was derived from; 0 for the object itself, at its owner. */
  readonly under: Name;
}

/** A branch on its way, not answered yet. */
export interface Offer {
  readonly name: Name;
  readonly object: Name;
  readonly lineage: Lineage;
  readonly to: Core;
  /** Whether the giver's own capability goes with it. */
  readonly isMove: boolean;
}

/** A branch whose elder is gone and that asked another to hold it. */
export interface Adoption {
  readonly name: Name;
  readonly object: Name;
  readonly lineage: Lineage;
  readonly to: Core;
  /** Of the owner that was asked, if it was one. */
  readonly epoch: number;
}

/** What a core knows of an object. The one with the highest epoch is right. */
export interface ObjectRecord {
  readonly object: Name;
  readonly owner: Core;
  readonly epoch: number;
  /** Whether it is brought up elsewhere when its core dies. */
  readonly survives: boolean;
}

/** `over`: it is in no list any more. */
export type LeadState = "marking" | "committing" | "over";

/** An operation that this core has everybody agree on. */
export interface Lead {
  operation: Operation;
  state: LeadState;
  /** Who has not answered yet. */
  waiting: Core[];
}

export type MemberState = "idle" | "settling" | "ready" | "moving";

/** An operation that this core was marked for. */
export interface Membership {
  operation: Operation;
  state: MemberState;
  /** Who waits for the answer: whoever marked it last. The leader before is dead, or gave it up. */
  leader: Core;
}

/** What a regent has heard since the view began. */
export interface Gathering {
  waiting: Core[];
  records: ObjectRecord[];
  operations: Operation[];
}

export interface MonitorState {
  readonly me: Core;
  /** Branches that may be here: offers beyond are refused as `full`. */
  readonly branchesMax: number;
  view: number;
  members: Core[];
  /** Members that were not in the view before, while not everybody is known to be in this one. */
  newcomers: Core[];
  names: number;
  records: ObjectRecord[];
  branches: Branch[];
  anchors: Anchor[];
  offers: Offer[];
  adoptions: Adoption[];
  /** Questions to the owner of an object, from those who know before this core that it is the one. */
  early: Asked[];
  /** Operations asked for here and not answered. */
  asked: Operation[];
  /** Operations that wait for the one before them. */
  queue: { readonly operation: Operation; readonly isBegun: boolean }[];
  leads: Lead[];
  /** Operations that this core gave up to lead; each regent is told, until somebody leads them. */
  abandoned: Operation[];
  memberships: Membership[];
  /** Objects that this core owns, and of whose owner before not everybody has let go: who will say so. */
  unconfirmed: { object: Name; by: Core }[];
  gathering: Gathering | null;
  /** Who is known to be in this view with everything adopted. */
  flushed: Core[];
}

export function newMonitor(me: Core, members: readonly Core[], branchesMax = 65_536): MonitorState {
  return {
    me,
    branchesMax,
    view: 1,
    members: [...members],
    newcomers: [],
    names: 0,
    records: [],
    branches: [],
    anchors: [],
    offers: [],
    adoptions: [],
    early: [],
    asked: [],
    queue: [],
    leads: [],
    abandoned: [],
    memberships: [],
    unconfirmed: [],
    gathering: null,
    flushed: [...members],
  };
}

/** Whether everybody is known to be in this view, and nothing waits to be adopted anywhere. */
export function isSettled(core: MonitorState): boolean {
  return core.members.every((member) => core.flushed.includes(member));
}
