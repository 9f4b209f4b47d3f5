// Everything that one monitor says to another. Between two cores messages keep their order; nothing is said of others.
// Each goes with the view of its sender (monitor.ts).
import type { Core, Lineage, Name } from "./name.ts";
import type { Operation } from "./operation.ts";
import type { ObjectRecord } from "./state.ts";

/** How a call that took an agreement, or another core, ended. */
export type Outcome = "ok" | "revoked" | "gone" | "lost" | "full";

export interface Offered {
  readonly name: Name;
  readonly lineage: Lineage;
  readonly rights: number;
  /** What the sender knows of the object. */
  readonly record: ObjectRecord;
}

export interface Asked {
  readonly name: Name;
  readonly object: Name;
  readonly lineage: Lineage;
  /** Where the branch is. */
  readonly child: Core;
  /** Whether it asks the owner, for want of a living elder. */
  readonly isForOwner: boolean;
  /** Of the ownership that the child knows of. */
  readonly epoch: number;
}

export interface Messages {
  // transfer.ts
  readonly offer: Offered;
  readonly accepted: { readonly name: Name };
  readonly refused: { readonly name: Name; readonly why: "revoked" | "full" };
  // release.ts
  readonly empty: { readonly name: Name; readonly object: Name };
  // adoption.ts
  readonly adopt: Asked;
  /** `epoch` of the owner that adopted; of no meaning from an elder. */
  readonly adopted: { readonly name: Name; readonly epoch: number };
  readonly flushed: { readonly view: number };
  // agreement.ts
  /** `isBegun`: some are marked for it, so it has to be done even if the object is gone. */
  readonly ask: { readonly operation: Operation; readonly isBegun: boolean };
  readonly mark: { readonly operation: Operation };
  /** `epoch` that a move of the object was marked with, else 0; the same of `done`. */
  readonly ready: { readonly name: Name; readonly epoch: number };
  readonly commit: { readonly operation: Operation };
  readonly done: { readonly name: Name; readonly epoch: number };
  readonly finished: { readonly name: Name; readonly outcome: Outcome };
  readonly confirm: { readonly object: Name; readonly epoch: number };
  // succession.ts
  readonly standing: Standing;
  readonly decided: { readonly view: number };
}

/** What a survivor tells the regent when somebody has died. */
export interface Standing {
  readonly view: number;
  readonly records: readonly ObjectRecord[];
  /** Operations that it was marked for and whose leader is gone. */
  readonly operations: readonly Operation[];
}

export type MessageKind = keyof Messages;
export type Message = {
  [K in MessageKind]: { readonly kind: K } & Messages[K];
}[MessageKind];

/** What a monitor tells its own kernel and the callers on its core. */
export type Told =
  /** A call that somebody here made is over. */
  | { readonly kind: "answer"; readonly call: Name; readonly outcome: Outcome }
  /** A capability came here, or is here no more. */
  | { readonly kind: "given"; readonly name: Name }
  | { readonly kind: "taken"; readonly name: Name; readonly why: "revoked" | "gone" | "lost" }
  /** The object on this core has lost its last name. */
  | { readonly kind: "unnamed"; readonly object: Name }
  /** It was decided here that another core (or this one) owns the object from this epoch on. */
  | { readonly kind: "moved"; readonly object: Name; readonly to: Core; readonly epoch: number }
  /** This core now owns the object. */
  | { readonly kind: "owns"; readonly object: Name; readonly epoch: number };

export type Addressed = { readonly to: Core; readonly message: Message };
