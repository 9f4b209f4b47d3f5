// The commands on images of running sessions: freeze, thaw, fork.
import { type Command, Option } from "@commander-js/extra-typings";
import { fork } from "./fork.ts";
import { freeze } from "./freeze.ts";
import { countOf } from "../option-values.ts";
import { thawService } from "./service-images.ts";
import { frozenServiceIn, thaw } from "./thaw.ts";

export function addImageCommands(program: Command): void {
  program
    .command("freeze")
    .summary("write a running session to a file, and end it")
    .description(
      "Writes everything of a session to an image: its programs in the middle of whatever they do, what " +
        "they have open, what is in their pipes. The session was started with shoal run --level checkpoint " +
        "(or preempt) --name NAME, and ends when the image is safe. If it cannot be frozen, it goes on. Of a durable " +
        "service its state between two calls is written, and its code.",
    )
    .helpOption("-h, --help", "print this help and exit")
    .argument("<name>", "the name that it was started with")
    .requiredOption("-o, --output <file>", "the image")
    .option("--keep-running", "let the session go on")
    .action((name, options) => freeze(name, options));

  program
    .command("thaw")
    .summary("let a frozen session go on")
    .description(
      "Goes on from an image, with the standard streams of this command. Directories that were granted " +
        "have to be where they were, and files that are open in them unchanged. The exit code is that of " +
        "the last program. A service goes on as a durable one, under a name that is free.",
    )
    .helpOption("-h, --help", "print this help and exit")
    .argument("<file>", "the image")
    .option("--name <name>", "the name by which it can be frozen again, or, of a service, called")
    .addOption(
      new Option("--trace <what>", "print calls to standard error").choices(["calls"] as const),
    )
    .addOption(
      new Option("--freeze-after-calls <count>", "freeze after so many calls of the programs")
        .argParser(countOf)
        .hideHelp(),
    )
    .addOption(new Option("--freeze-to <file>", "where to").hideHelp())
    .action(async (file, options) => {
      const frozen = frozenServiceIn(file);
      if (frozen === undefined) return thaw(file, options);
      // The supervisor starts its cells with the command line of this process.
      process.argv.splice(2, Infinity, ...thawService(frozen, file, options.name));
      await program.parseAsync(process.argv);
    });

  program
    .command("fork")
    .summary("run copies of a running session")
    .description(
      "Makes copies of a running session, which goes on. Each copy goes on by itself from the same moment, " +
        "without input; what it writes goes to PREFIX.1.out and PREFIX.1.err, and so on. The command ends when " +
        "all copies have, with the exit code of the first that failed. Copies of a durable service are services of " +
        "their own, PREFIX-1 and so on, which the background system runs.",
    )
    .helpOption("-h, --help", "print this help and exit")
    .argument("<name>", "the name that the session was started with")
    .option("-n, --copies <count>", "how many", countOf, 1)
    .option(
      "-o, --output <prefix>",
      "where what they write goes, or their names (default: the name)",
    )
    .option("-j, --jobs <count>", "how many run at a time (default: one per processor)", countOf)
    .action((name, options) => fork(name, options));
}
