// What a program wants, and the request that it is once it is known which capability it is about.
import type { MonitorState, Request } from "../../src/monitor/index.ts";

/** A request of a program, before it is known which capability it will be about. */
export type Wish =
  | { readonly kind: "create"; readonly survives: boolean }
  | { readonly kind: "copy" | "mint" | "move"; readonly to: number; readonly pick?: number }
  | { readonly kind: "drop" | "revoke" | "destroy"; readonly pick?: number }
  | { readonly kind: "rehome"; readonly to: number; readonly pick?: number };

export interface Step {
  readonly core: number;
  readonly wish: Wish;
}

/** All rights that matter here: a mint takes one away. */
export const allRights = 3;

/** What a wish means on its core now; undefined if it cannot be made. */
export function requestFor(state: MonitorState, wish: Wish): Request | undefined {
  if (wish.kind === "create") return { ...wish, rights: allRights };
  const held = state.branches.filter(({ isHeld }) => isHeld);
  const branch = held[(wish.pick ?? 0) % Math.max(1, held.length)];
  if (branch === undefined) return undefined;
  const { name, object, rights } = branch;
  switch (wish.kind) {
    case "drop":
    case "revoke":
      return { kind: wish.kind, name };
    case "destroy":
      return { kind: "destroy", object };
    case "rehome":
      return { kind: "rehome", object, to: wish.to };
    case "copy":
      return { kind: "give", name, to: wish.to, rights, isMove: false };
    case "mint":
      return { kind: "give", name, to: wish.to, rights: rights & 1, isMove: false };
    case "move":
      return { kind: "give", name, to: wish.to, rights, isMove: true };
  }
}
