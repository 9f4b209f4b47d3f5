// The commands on the background system and its programs.
import type { Command } from "@commander-js/extra-typings";
import { logs } from "./logs.ts";
import { countOf, portOf } from "../option-values.ts";
import { kill, remove, restart, start, stop } from "./programs.ts";
import { ps } from "./ps.ts";
import { top } from "./top.ts";
import { down, tellStatus, up } from "./up.ts";

const help = ["-h, --help", "print this help and exit"] as const;
const json = ["--json", "print the answer as JSON"] as const;
const names = ["[names...]", "the names of programs"] as const;
const group = ["--group <name>", "all programs of a group"] as const;

export function addSystemCommands(program: Command): void {
  addSystem(program);
  addViews(program);
  addPrograms(program);
}

function addSystem(program: Command): void {
  program
    .command("up")
    .summary("start the background system, if it is not up")
    .description(
      "Starts the background system, which runs programs for this user whether or not anybody is logged in, " +
        "and starts again what was running when it ended. Commands that need it start it by themselves. There " +
        "is one for each data directory (XDG_DATA_HOME).",
    )
    .helpOption(...help)
    .option(
      "--http [port]",
      "answer by HTTP, too, on the loopback, now and whenever the system is up",
      portOf,
    )
    .option("--no-http", "answer by HTTP no more")
    .option("--foreground", "be the system, as a service manager wants it")
    .option(...json)
    .addOption(program.createOption("--awaited").hideHelp())
    .action((options) => up(options));

  program
    .command("down")
    .summary("end the background system and its programs")
    .description(
      "Ends the programs of the background system, then the system. The next shoal up starts the same " +
        "programs again.",
    )
    .helpOption(...help)
    .option(...json)
    .action((options) => down(options));

  program
    .command("status")
    .summary("say whether the background system is up")
    .description("Says whether the background system is up. The exit code is 3 if it is not.")
    .helpOption(...help)
    .option(...json)
    .action((options) => tellStatus(options));
}

function addViews(program: Command): void {
  program
    .command("ps")
    .summary("list the programs of the background system")
    .description("Lists the programs of the background system, those that have ended, too.")
    .helpOption(...help)
    .option(...json)
    .action((options) => ps(options));

  program
    .command("top")
    .summary("watch the programs of the background system")
    .description(
      "Shows the programs of the background system on the whole terminal, those first that use most of the " +
        "processors, until q is typed.",
    )
    .helpOption(...help)
    .option("--interval <seconds>", "from one look to the next", countOf, 1)
    .action((options) => top(options));

  program
    .command("logs")
    .summary("print what a program of the background system wrote")
    .description(
      "Prints what a program of the background system wrote, each stream to the same stream here, with what " +
        "the system had to say of it. About the last 8 MiB are kept.",
    )
    .helpOption(...help)
    .argument("<name>", "the name of the program")
    .option("-f, --follow", "go on until the program is over")
    .option("-n, --lines <count>", "only the last so many lines", countOf)
    .option("-t, --timestamps", "with the time before each line")
    .option("--json", "print a line of JSON for each line")
    .action((name, options) => logs(name, options));
}

function addPrograms(program: Command): void {
  program
    .command("start")
    .summary("start programs that were stopped or have ended")
    .description("Starts programs of the background system as they were started first.")
    .helpOption(...help)
    .argument(...names)
    .option(...group)
    .option(...json)
    .action((chosen, options) => start(chosen, options));

  program
    .command("stop")
    .summary("end programs until they are started again")
    .description(
      "Ends programs of the background system with SIGTERM, after five seconds with SIGKILL. They stay " +
        "ended until shoal start.",
    )
    .helpOption(...help)
    .argument(...names)
    .option(...group)
    .option(...json)
    .action((chosen, options) => stop(chosen, options));

  program
    .command("restart")
    .summary("stop programs and start them")
    .description("Stops programs of the background system, then starts them.")
    .helpOption(...help)
    .argument(...names)
    .option(...group)
    .option(...json)
    .action((chosen, options) => restart(chosen, options));

  program
    .command("rm")
    .summary("forget programs of the background system")
    .description(
      "Forgets programs that were stopped or have ended, and what they wrote. The data directory of a durable " +
        "server stays.",
    )
    .helpOption(...help)
    .argument(...names)
    .option(...group)
    .option("-f, --force", "end them first")
    .option(...json)
    .action((chosen, options) => remove(chosen, options));

  program
    .command("kill")
    .summary("send a signal to the processes of programs")
    .description(
      "Sends a signal to the process in which a program of the background system runs. If it dies of that it " +
        "is started again as after any death: shoal stop ends it for good.",
    )
    .helpOption(...help)
    .argument(...names)
    .option("-s, --signal <signal>", "its name or number", "SIGTERM")
    .option(...group)
    .option(...json)
    .action((chosen, options) => kill(chosen, options));
}
