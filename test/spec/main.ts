// The specification's tests by hand: `node test/spec/main.ts [part of a name]...` plays the scripts whose
// names contain it, in all forms, and prints what each part came to. Exit code 1 when a rewritten form
// comes to something else than the plain one without its being listed.
import { Command } from "@commander-js/extra-typings";
import { listedCommands } from "./differences.ts";
import { reportOn } from "./report.ts";
import { listParts, listScripts, partName } from "./suite.ts";

const command = new Command("spec")
  .description("Play the WebAssembly specification's tests as they are and rewritten.")
  .argument("[names...]", "parts of names of scripts; all when absent")
  .option("--all", "show what is listed too")
  .parse();
const { all: showsListed = false } = command.opts();
const wanted = (name: string): boolean =>
  command.args.length === 0 || command.args.some((part) => name.includes(part));

let failures = 0;
for (const part of listParts()) {
  const startMs = performance.now();
  const total = {
    scripts: 0,
    commands: 0,
    modules: 0,
    stops: 0,
    byUs: 0,
    byEngineAlone: 0,
    unexpected: 0,
    changed: 0,
  };
  for (const { name, read } of listScripts(part)) {
    if (!wanted(name)) continue;
    const script = read();
    const report = reportOn(script);
    total.scripts++;
    total.commands += report.commandCount;
    total.modules += report.moduleCount;
    total.stops += report.stops;
    total.byUs += report.refused.byUs;
    total.byEngineAlone += report.refused.byEngineAlone;
    total.unexpected += report.unexpected.length;
    total.changed += report.changed.length;
    for (const kind of ["unexpected", "changed"] as const) {
      for (const finding of report[kind]) {
        const listed = listedCommands(name, kind).includes(finding.command);
        if (!listed) failures++;
        if (listed && !showsListed) continue;
        process.stdout.write(`${script.name} ${finding.command}, ${kind}: ${finding.what}\n`);
      }
    }
  }
  if (total.scripts === 0) continue;
  const counts = Object.entries(total).map(([what, count]) => `${count} ${what}`);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  process.stdout.write(`${partName(part)}: ${counts.join(", ")}; ${seconds} s\n`);
}
process.stdout.write(`${failures} findings that are not listed\n`);
process.exitCode = failures > 0 ? 1 : 0;
