// The way to a failure as lines of text, that somebody can read beside the tables.
import { type Message, showName } from "../../src/monitor/index.ts";
import type { Action, Physics, World } from "./world.ts";

/** What was done, from a world on, a line for each action. */
export function showPath(physics: Physics, start: World, actions: readonly Action[]): string[] {
  let world = start;
  return actions.map((action, at) => {
    const line = showAction(world, action);
    // The last one may be what stops a core.
    if (at < actions.length - 1) world = physics.apply(world, action);
    return line;
  });
}

function showAction(world: World, action: Action): string {
  switch (action.kind) {
    case "deliver": {
      const { from, to } = action;
      const [first] = world.channels[from * world.cores.length + to]!;
      return `core ${from} -> core ${to}, view ${first!.view}: ${showMessage(first!.message)}`;
    }
    case "view":
      return `core ${action.core} enters its next view`;
    case "step":
      return `core ${action.step.core} asks: ${JSON.stringify(action.step.wish)}`;
    case "fault":
      return `core ${action.fault.core}: ${action.fault.kind}`;
  }
}

function showMessage(message: Message): string {
  const { kind, ...rest } = message;
  const names = new Set(["name", "object", "lineage", "roots"]);
  const text = JSON.stringify(rest, (key: string, value: unknown) => {
    if (!names.has(key)) return value;
    if (typeof value === "number") return showName(value);
    return Array.isArray(value) ? value.map(Number).map(showName).join(" ") : value;
  });
  return `${kind} ${text.replaceAll('"', "")}`;
}
