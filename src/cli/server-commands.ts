// The commands on durable servers: log, upgrade.
import { type Command, Option } from "@commander-js/extra-typings";
import { logReplay, logShow, logVerify } from "./log.ts";
import { countOf } from "./option-values.ts";
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

  log
    .command("show")
    .description("Prints the records, a line each.")
    .argument("<name>", "the name of the server")
    .option(...dataOption)
    .option("--until <record>", "only those before this one", countOf)
    .action((name, options) => logShow(name, options));

  log
    .command("verify")
    .description("Checks every record, and says how many there are.")
    .argument("<name>", "the name of the server")
    .option(...dataOption)
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
        "nothing; if not, nothing has changed.",
    )
    .helpOption("-h, --help", "print this help and exit")
    .argument("<name>", "the name of the server")
    .argument("<file>", "the new program")
    .option(...dataOption)
    .action((name, file, options) => upgrade(name, file, options));
}
