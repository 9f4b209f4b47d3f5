// Names that the pure part may not use, each with what to use instead. Most host globals do not even
// exist under tsconfig.pure.json; the ones here belong to the language, or are worth a better answer
// than "cannot find name".
import { isPure, type LayerTable } from "./layer-rules.ts";
import { codeOf, lineAt, type Problem, type SourceFile } from "./source-text.ts";

interface Ban {
  readonly name: string;
  readonly pattern: RegExp;
  readonly instead: string;
}

/** A global of that name: not a property, and not a declaration of one's own. */
function global(name: string): RegExp {
  return new RegExp(String.raw`(?<![.\w$#]|function )\b${name}\b(?!\s*[:?]|\w)`, "g");
}

const bans: readonly Ban[] = [
  { name: "Date", pattern: global("Date"), instead: "machine.nowNs() or machine.realtimeNs()" },
  {
    name: "Math.random",
    pattern: /\bMath\.random\b/g,
    instead: "Random of base, or machine.entropy()",
  },
  {
    name: "Atomics.wait",
    pattern: /\bAtomics\.wait(?:Async)?\b/g,
    instead: "machine.onWake(): a core never blocks its event loop",
  },
  {
    name: "async",
    pattern: /\basync\b(?=\s*(?:function|\(|\*|[#\w$]+\s*(?:\(|=>)))/g,
    instead: "a step",
  },
  {
    name: "await",
    pattern: /(?<![.\w$])await\b(?!\s*:)/g,
    instead: "a step that the next event runs",
  },
  { name: "Promise", pattern: global("Promise"), instead: "a status now and an event later" },
  {
    name: "setTimeout",
    pattern: /(?<![.\w$]|function )set(?:Timeout|Interval|Immediate)\s*\(/g,
    instead: "machine.setTimer()",
  },
  { name: "queueMicrotask", pattern: global("queueMicrotask"), instead: "machine.post()" },
  { name: "console", pattern: /(?<![.\w$])console\s*\./g, instead: "a status, or a trace record" },
  { name: "performance", pattern: /(?<![.\w$])performance\s*\./g, instead: "machine.nowNs()" },
  { name: "globalThis", pattern: global("globalThis"), instead: "a parameter" },
  { name: "WeakRef", pattern: global("WeakRef"), instead: "a generation-checked id" },
  {
    name: "FinalizationRegistry",
    pattern: global("FinalizationRegistry"),
    instead: "an explicit destroy: collection is not part of a replayable run",
  },
  {
    name: "locale",
    pattern: /\b(?:toLocale\w+|localeCompare|Intl)\b/g,
    instead: "an order and a format that are the same everywhere",
  },
  { name: "eval", pattern: /(?<![.\w$])(?:eval|Function)\s*\(/g, instead: "a function" },
];

export function checkBannedNames(files: readonly SourceFile[], table: LayerTable): Problem[] {
  return files.filter(({ path }) => isPure(path, table)).flatMap(checkFile);
}

function checkFile({ path, text }: SourceFile): Problem[] {
  const code = codeOf(text);
  return bans.flatMap(({ name, pattern, instead }) =>
    [...code.matchAll(pattern)].map(({ index }) => ({
      path,
      line: lineAt(text, index),
      message: `the pure part may not use ${name}: use ${instead}`,
    })),
  );
}
