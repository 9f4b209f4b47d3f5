// The commands on single servers: log, upgrade, inspect.
import { type Command, Option } from "@commander-js/extra-typings";
import { inspect } from "./inspect.ts";
import { logReplay, logShow, logVerify } from "./log.ts";
import { bytesOf, countOf, repeated, secondsOf } from "../option-values.ts";
import { restore } from "./restore.ts";
import { upgrade } from "./upgrade.ts";

export function addServerCommands(program: Command): void {
  const log = program
    .command("log")
    .summary("look at the message log of a durable server")
    .description(
      "Looks at what a durable server was told since its start or its last image. The server may be running, " +
        "and is not disturbed.",
    )
    .helpOption("-h, --help", "print this help and exit");

  const dataOption = [
    "--data <directory>",
    "where it keeps its log, if it was told where",
  ] as const;

  const programOption = [
    "--program <number>",
    "which of several programs that were joined by ::, counted from 1",
    countOf,
  ] as const;

  log
    .command("show")
    .description("Prints the records, a line each.")
    .argument("<name>", "the name of the server")
    .option(...dataOption)
    .option(...programOption)
    .option("--until <record>", "only those before this one", countOf)
    .action((name, options) => logShow(name, options));

  log
    .command("verify")
    .description("Checks every record, and says how many there are.")
    .argument("<name>", "the name of the server")
    .option(...dataOption)
    .option(...programOption)
    .action((name, options) => logVerify(name, options));

  log
    .command("replay")
    .description(
      "Brings the program up from the log, away from everybody, and stops where the log ends: says whether a " +
        "recovery would do what was done, and how long it takes.",
    )
    .argument("<name>", "the name of the server")
    .option(...dataOption)
    .option("--until <record>", "stop before this record", countOf)
    .addOption(
      new Option("--trace <what>", "print calls to standard error").choices(["calls"] as const),
    )
    .action((name, options) => logReplay(name, options));

  program
    .command("upgrade")
    .summary("put another program in the place of a durable server's")
    .description(
      "Rehearses the new program on the whole log of the server: it must say in each call what the old one " +
        "said. If it does, the server goes on as the new one, with all that it was told, and clients notice " +
        "nothing; if not, nothing has changed. A service (a .ts file) need not do what the old one did: the new one " +
        "takes its state over, between two calls; its upgrade(state, fromVersion) makes of it what it needs.",
    )
    .helpOption("-h, --help", "print this help and exit")
    .argument("<name>", "the name of the server")
    .argument("<file>", "the new program, or the new service")
    .option(...dataOption)
    .option(...programOption)
    .option(
      "--anew",
      "of a program: begin at its start, with nothing but the files of its directories; its clients are told",
    )
    .option("--wait <seconds>", "of a service: how long calls may stay open (10)", secondsOf)
    .option("--end-open", "of a service: end what is open even then; its callers get an AbortError")
    .option("--drop-methods", "of a service: the new one need not have all methods of the old one")
    .action((name, file, options) => upgrade(name, file, options));

  program
    .command("restore")
    .summary("let a durable server go on that was ended, or make another one of an earlier moment")
    .description(
      "Starts a durable server as it was first started, from its data directory. With --as it makes another " +
        "server of what this one has heard, which may be running, and starts that; with --until, of what it " +
        "had heard before a record. Directories that were granted by a relative path are looked for here.",
    )
    .helpOption("-h, --help", "print this help and exit")
    .argument("<name>", "the name of the server")
    .option(...dataOption)
    .addOption(
      new Option("--durable <level>", "what it is to survive")
        .choices(["host", "disk"] as const)
        .default("host" as const),
    )
    .option("--as <name>", "make another server, of this name")
    .option("--until <record>", "as it was before this record (shoal log show)", countOf)
    .option("--log-max <size>", "how long its log may get before it is cut at an image", bytesOf)
    .option("--keep-history", "never cut its log")
    .addOption(repeated("--listen <host:port>", "grant a socket listening there"))
    .addOption(repeated("--connect <name>", "let it call the server of that name"))
    .action(async (name, options) => {
      // The supervisor starts its cells with the command line of this process.
      process.argv.splice(2, Infinity, ...restore(name, options));
      await program.parseAsync(process.argv);
    });

  program
    .command("inspect")
    .summary("tell all that is known of a program with a name")
    .description(
      "Tells what is known of a program with a name, run by the background system or at a terminal: its kernel " +
        "objects, what it has open, its clients, its log and images.",
    )
    .helpOption("-h, --help", "print this help and exit")
    .argument("<name>", "the name of the program")
    .option(...dataOption)
    .option("--json", "print the answer as JSON")
    .action((name, options) => inspect(name, options));
}
