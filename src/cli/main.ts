// The command `shoal`: parses the command line and hands over. What every run needs is loaded with it,
// in one file when it is built, since each file costs a millisecond; rewriting programs is loaded later.
import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { defaultConnectTimeout } from "./connect.ts";
import { durableLevels, withLevel } from "./durable.ts";
import { ExitCode } from "./exit-code.ts";
import { fork } from "./fork.ts";
import { freeze } from "./freeze.ts";
import { levels } from "./level.ts";
import { run } from "./run.ts";
import { logReplay, logShow, logVerify } from "./log.ts";
import { thaw } from "./thaw.ts";
import { restartModes } from "../supervisor/index.ts";
import { upgrade } from "./upgrade.ts";
import { version } from "./version.ts";

function bytesOf(text: string): number {
  const match = /^(\d+)([kmg]?)(i?b)?$/i.exec(text);
  const number = match?.[1];
  if (number === undefined) {
    throw new InvalidArgumentError("Give a size such as 512k, 64m or 2g.");
  }
  const scale =
    { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match?.[2]?.toLowerCase() ?? ""] ?? 1;
  const bytes = Number(number) * scale;
  if (bytes < 65536) throw new InvalidArgumentError("A memory is at least 64k, one page.");
  return bytes;
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count <= 0 || count > 0x7fff_ffff) {
    throw new InvalidArgumentError("Give a whole number from 1 to 2147483647.");
  }
  return count;
}

function secondsOf(text: string): number {
  return text === "0" ? 0 : countOf(text);
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function repeated<const Flags extends string>(
  flags: Flags,
  description: string,
): Option<Flags, undefined, readonly string[], string[]> {
  const option = new Option(flags, `${description} (may be repeated)`);
  return option.argParser(collect).default<readonly string[]>([], "none");
}

function settingOf(value: string, previous: readonly string[]): string[] {
  const name = value.split("=", 1)[0] ?? "";
  if (name === "")
    throw new InvalidArgumentError("Give NAME=VALUE, or NAME to pass your own value on.");
  return [...previous, value];
}

const program = new Command("shoal")
  .description("Runs WebAssembly programs as isolated processes on a microkernel.")
  .version(version, "-V, --version", "print the version and exit")
  .helpOption("-h, --help", "print this help and exit")
  .helpCommand("help [command]", "print help for a command")
  .showHelpAfterError("(shoal --help lists what there is)")
  .showSuggestionAfterError()
  .enablePositionalOptions()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? ExitCode.ok : ExitCode.usage))
  .addHelpText(
    "after",
    `
Examples:
  shoal run hello.wasm                     run a program
  shoal run --dir . sort.wasm names.txt    let it see the current directory
  shoal run --dir data::/in jq.wasm . /in/a.json
                                           show it data/ as /in
  shoal run sort.wasm names.txt :: uniq.wasm -c
                                           join two programs by a pipe
  shoal run --listen 127.0.0.1:8080 server.wasm
                                           let it serve there, and nowhere else
  shoal run --durable --name kv server.wasm
                                           serve other processes, and survive a kill -9
  shoal run --connect kv client.wasm       call that server
  shoal run --trace calls hello.wasm       print every call it makes`,
  );

program
  .command("run")
  .summary("run a WebAssembly program, or several joined by pipes")
  .description(
    "Runs a WASI (preview 1) program. It sees nothing of this machine but its standard streams " +
      "and what is granted here. The exit code is the program's own; 134 if it trapped, 126 if it " +
      "cannot be run, 127 if there is no such file, 2 for a wrong command line. A word :: among the " +
      "arguments ends them and begins another program, whose input is the output of the one before. " +
      "Options hold for all programs, and the exit code is the last one's.",
  )
  .helpOption("-h, --help", "print this help and exit")
  .argument("<file>", "the program, a .wasm file")
  .argument("[args...]", "its arguments")
  .addOption(repeated("--dir <host[::guest]>", "grant a directory, under the same or another name"))
  .addOption(
    repeated("--dir-read-only <host[::guest]>", "the same, but nothing in it can be changed"),
  )
  .addOption(
    repeated(
      "--dir-overlay <host[::guest[::changes]]>",
      "the same, but what is changed is kept in memory, or in the directory CHANGES",
    ),
  )
  .addOption(repeated("--temp-dir <guest>", "grant an empty directory in memory"))
  .addOption(
    repeated(
      "--listen <host:port>",
      "grant a socket listening there, as descriptor 3 and on; port 0 is any free one, told on stderr",
    ),
  )
  .option("--name <name>", "let programs of other OS processes call this one, by that name")
  .addOption(
    new Option(
      "--durable <level>",
      "bring it up again when it dies, with all that it was told: survives the core, the process (host), the power",
    ).choices(durableLevels),
  )
  .option("--data <directory>", "where a durable server keeps what outlives it")
  .addOption(
    new Option("--restart <when>", "when a durable server is started again")
      .choices(restartModes)
      .default("on-failure" as const),
  )
  .option(
    "--restart-limit <count>",
    "deaths within a minute, without a request answered, after which it is given up",
    countOf,
    5,
  )
  .option(
    "--hang-seconds <seconds>",
    "how long a durable server may compute and answer nothing (0: for ever)",
    secondsOf,
    30,
  )
  .addOption(
    new Option("--cell <number>", "of a supervisor to its cell").argParser(countOf).hideHelp(),
  )
  .addOption(
    repeated(
      "--connect <name>",
      "let it call the server of that name, through slot 12 and on of its table",
    ),
  )
  .option(
    "--connect-timeout <seconds>",
    "how long a call waits for a server that cannot be reached",
    countOf,
    defaultConnectTimeout,
  )
  .addOption(
    repeated("--env <NAME=VALUE>", "set a variable; NAME alone passes on this one's").argParser(
      settingOf,
    ),
  )
  .option("--argv0 <name>", "what the program is told its own name is (default: the file)")
  .option("--memory-max <size>", "most memory it may have, such as 64m", bytesOf)
  .option(
    "--fuel-slice <count>",
    "check every <count> loop turns and calls whether to make way",
    countOf,
  )
  .addOption(
    new Option(
      "--level <level>",
      "what it is prepared for: to run as it is, to have its stack taken out at a call, or at any time",
    )
      .choices(levels)
      .default("none" as const),
  )
  .addOption(
    new Option("--model <model>", "what a waiting thread keeps: its stack, or its frames as data")
      .choices(["process", "interrupt"] as const)
      .default("process" as const),
  )
  .addOption(
    new Option("--preempt <mode>", "where long kernel calls let events in")
      .choices(["none", "partial", "full"] as const)
      .default("none" as const),
  )
  .addOption(
    new Option(
      "--trace <what>",
      "print calls with arguments and results to standard error",
    ).choices(["calls"] as const),
  )
  .option(
    "--watch <seconds>",
    "say so if the program keeps its core that long (30 at a terminal)",
    countOf,
  )
  .addOption(
    new Option("--freeze-after-calls <count>", "freeze after so many calls of the programs")
      .argParser(countOf)
      .hideHelp(),
  )
  .addOption(new Option("--freeze-to <file>", "where to").hideHelp())
  .option("--pipefail", "of joined programs, the exit code is that of the last that failed")
  .option("--raw", "every key typed at a terminal is input, ctrl-C and ctrl-Z too")
  .passThroughOptions()
  .action((file, args, options) => run(file, args, options));

program
  .command("freeze")
  .summary("write a running session to a file, and end it")
  .description(
    "Writes everything of a session to an image: its programs in the middle of whatever they do, what " +
      "they have open, what is in their pipes. The session was started with shoal run --level checkpoint " +
      "(or preempt) --name NAME, and ends when the image is safe. If it cannot be frozen, it goes on.",
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
      "the last program.",
  )
  .helpOption("-h, --help", "print this help and exit")
  .argument("<file>", "the image")
  .option("--name <name>", "the name by which it can be frozen again")
  .addOption(
    new Option("--trace <what>", "print calls to standard error").choices(["calls"] as const),
  )
  .addOption(
    new Option("--freeze-after-calls <count>", "freeze after so many calls of the programs")
      .argParser(countOf)
      .hideHelp(),
  )
  .addOption(new Option("--freeze-to <file>", "where to").hideHelp())
  .action((file, options) => thaw(file, options));

program
  .command("fork")
  .summary("run copies of a running session")
  .description(
    "Makes copies of a running session, which goes on. Each copy goes on by itself from the same moment, " +
      "without input; what it writes goes to PREFIX.1.out and PREFIX.1.err, and so on. The command ends when " +
      "all copies have, with the exit code of the first that failed.",
  )
  .helpOption("-h, --help", "print this help and exit")
  .argument("<name>", "the name that the session was started with")
  .option("-n, --copies <count>", "how many", countOf, 1)
  .option("-o, --output <prefix>", "where what they write goes (default: the name)")
  .option("-j, --jobs <count>", "how many run at a time (default: one per processor)", countOf)
  .action((name, options) => fork(name, options));

const log = program
  .command("log")
  .summary("look at the message log of a durable server")
  .description(
    "Looks at what a durable server was told since its start or its last image. The server may be running, " +
      "and is not disturbed.",
  )
  .helpOption("-h, --help", "print this help and exit");

const dataOption = ["--data <directory>", "where it keeps its log, if it was told where"] as const;

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

// Not awaited: the built command is CommonJS, which has no top-level await. An error that reaches here is
// ours, and ends the process with its stack.
void program.parseAsync(withLevel(process.argv, program));
