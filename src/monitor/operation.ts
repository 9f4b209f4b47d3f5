// What the owner of an object puts into one order for all cores: revokes, the end of the object, and a move of the
// object itself. Copies and deletes need no order: they are settled between two cores (transfer.ts, release.ts).
import { descends, type Core, type Lineage, type Name } from "./name.ts";

interface OperationBase {
  /** Made by whoever asked; doing an operation again under its name does no harm. */
  readonly name: Name;
  readonly object: Name;
}

/** Everything that was derived through these branches goes, and they themselves. */
export interface Revoke extends OperationBase {
  readonly kind: "revoke";
  readonly roots: readonly Name[];
}

/** The object ends, and every capability to it. */
export interface Destroy extends OperationBase {
  readonly kind: "destroy";
  /** `lost`: it was on a core that died, and nobody has it. */
  readonly reason: "asked" | "lost";
}

/** The object gets another owner. */
export interface Rehome extends OperationBase {
  readonly kind: "rehome";
  readonly to: Core;
  /** Of the ownership that begins. 0 until the owner before has given it one. */
  readonly epoch: number;
  /** What the object's record says (state.ts): the new owner may never have heard of it. */
  readonly survives: boolean;
}

export type Operation = Revoke | Destroy | Rehome;

/** What a branch, an anchor, an offer and an adoption have in common. */
export interface Derived {
  readonly object: Name;
  readonly lineage: Lineage;
}

/** Whether an operation makes this capability go. */
export function removes(operation: Operation, derived: Derived): boolean {
  if (operation.object !== derived.object) return false;
  switch (operation.kind) {
    case "revoke":
      return descends(derived.lineage, operation.roots);
    case "destroy":
      return true;
    case "rehome":
      return false;
  }
}

/** Whether an operation has to wait until this offer was answered. */
export function waitsFor(operation: Operation, offer: Derived): boolean {
  if (operation.kind === "rehome") return operation.object === offer.object;
  return removes(operation, offer);
}
