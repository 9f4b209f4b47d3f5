// What playing a script in all its forms came to: what it does not come to as it is, though the script
// expects it, and where a rewritten form comes to something else.
import { plainForm, rewrittenForms } from "./form.ts";
import type { Judgement } from "./outcome.ts";
import { play, type Playing } from "./player.ts";
import type { Command, Script } from "./script.ts";

export interface Report {
  readonly commandCount: number;
  /** Modules that were made in the plain form. */
  readonly moduleCount: number;
  /** Of stacks taken out and put back. */
  readonly stops: number;
  /** Modules that are to be refused, and are: by our own reader, or by the engine behind it alone. */
  readonly refused: { readonly byUs: number; readonly byEngineAlone: number };
  /** Commands that do not come to what the script expects in the plain form, and what they come to. */
  readonly unexpected: readonly Finding[];
  /** Commands that come to something else in a rewritten form. */
  readonly changed: readonly Finding[];
}

export interface Finding {
  readonly command: number;
  readonly what: string;
}

export function reportOn(script: Script): Report {
  const plain = play(script, plainForm);
  const changed: Finding[] = [];
  let stops = 0;
  let places = 0;
  let refused = { byUs: 0, byEngineAlone: 0 };
  for (const form of rewrittenForms) {
    // A script without a place to stop at in a form has nothing to show when stopped.
    if (form.isStopped && places === 0) continue;
    const playing = play(script, form);
    places = playing.places;
    if (form.isStopped) stops += places;
    else refused = countRefused(script, playing);
    changed.push(...changesOf(script, plain, playing, form.name));
  }
  return {
    commandCount: script.commands.length,
    moduleCount: countModules(script, plain),
    stops,
    refused,
    unexpected: unexpectedOf(script, plain),
    changed,
  };
}

function countModules({ commands }: Script, { played }: Playing): number {
  return commands.filter(
    ({ action }, index) => action.kind === "instantiate" && !played[index].isRefused,
  ).length;
}

function countRefused({ commands }: Script, { played }: Playing): Report["refused"] {
  const cames = commands.flatMap(({ action }, index) => {
    const isToBeRefused = action.kind === "instantiate" && action.module.bytes !== undefined;
    return isToBeRefused && played[index].isRefused ? [played[index].came] : [];
  });
  const byEngineAlone = cames.filter((came) => came.includes("the engine refuses it")).length;
  return { byUs: cames.length - byEngineAlone, byEngineAlone };
}

function unexpectedOf({ commands }: Script, { played }: Playing): Finding[] {
  return commands.flatMap((command, index) => {
    const { came, isExpected, isConsequence } = played[index];
    if (isExpected || isConsequence) return [];
    return [
      { command: index, what: `${nameOf(command)} should be a ${command.outcome.kind}: ${came}` },
    ];
  });
}

function changesOf({ commands }: Script, plain: Playing, form: Playing, name: string): Finding[] {
  return commands.flatMap((command, index) => {
    const [was, is] = [plain.played[index], form.played[index]];
    if (areSame(was, is)) return [];
    return [
      { command: index, what: `${nameOf(command)} ${name}: ${is.came} instead of ${was.came}` },
    ];
  });
}

// Who refuses a module, and in which words, is not the same in two forms.
function areSame(was: Judgement, is: Judgement): boolean {
  if (is.isConsequence) return true;
  if (was.isExpected !== is.isExpected) return false;
  return was.came === is.came || (was.isRefused && is.isRefused);
}

function nameOf({ action }: Command): string {
  if (action.kind === "invoke" || action.kind === "get") return `${action.kind} ${action.field}`;
  return action.kind;
}
