// The command line of `shoal run`: its words, what each means, and where they lead.
import { type Command, Option } from "@commander-js/extra-typings";
import { protocols, stateModes } from "../../boot/index.ts";
import { restartModes } from "../../supervisor/index.ts";
import { groupModes } from "../../system/index.ts";
import { durableLevels, standbyKinds } from "../durable/durable.ts";
import { bytesOf, countOf, repeated, secondsOf, settingOf } from "../option-values.ts";
import { defaultConnectTimeout } from "./connect.ts";
import { levels } from "./level.ts";
import { run } from "./run.ts";

export function addRunCommand(program: Command): void {
  program
    .command("run")
    .summary("run a WebAssembly program, or several joined by pipes")
    .description(
      "Runs a WASI (preview 1) program. It sees nothing of this machine but its standard streams " +
        "and what is granted here. The exit code is the program's own; 134 if it trapped, 126 if it " +
        "cannot be run, 127 if there is no such file, 2 for a wrong command line. A word :: among the " +
        "arguments ends them and begins another program, whose input is the output of the one before. " +
        "Options hold for all programs, and the exit code is the last one's. After -- comes a command of the host, " +
        "such as a tool server, for clients that shoal attach.",
    )
    .helpOption("-h, --help", "print this help and exit")
    .argument(
      "<file>",
      "the program, a .wasm file, or a service, a .ts file; after --, a command of the host",
    )
    .argument("[args...]", "its arguments")
    .addOption(
      repeated("--dir <host[::guest]>", "grant a directory, under the same or another name"),
    )
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
    .option(
      "--name <name>",
      "let other OS processes call this program, or freeze and fork it, by that name",
    )
    .option(
      "-d, --detach",
      "hand it to the background system, which keeps it running (see shoal up)",
    )
    .option("--group <name>", "of a detached program: a group that it belongs to")
    .addOption(
      new Option(
        "--restart-group <which>",
        "which programs of the group are started again when one has died",
      )
        .choices(groupModes)
        .default("one" as const),
    )
    .option("--json", "of a detached program: print its state as JSON")
    .addOption(
      new Option(
        "--durable <level>",
        "bring it up again when it dies, with all that it was told. The level, host unless said, is what it " +
          "survives: memory, its own death and that of its thread; host, that of its OS process too; disk, loss of power too",
      ).choices(durableLevels),
    )
    .option("--data <directory>", "where a durable server keeps what outlives it")
    .option(
      "--log-max <size>",
      "how long its log may get before it is cut at an image of the server (default: 16m)",
      bytesOf,
    )
    .option(
      "--keep-history",
      "never cut the log of a durable server, so that it can be upgraded and put back to any moment",
    )
    .addOption(
      new Option("--restart <when>", "when a durable server or a detached program is started again")
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
      new Option(
        "--standby <what>",
        "what waits, loaded, to take over from a durable server: none; worker, for when its thread dies; cell, " +
          "for when its OS process does, too",
      )
        .choices(standbyKinds)
        .default("worker" as const),
    )
    .addOption(
      new Option("--cell <number>", "of a supervisor to its cell").argParser(secondsOf).hideHelp(),
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
        "none: it runs as it is; checkpoint: it can be frozen and forked when it makes a call; preempt: at any " +
          "time, in a loop without calls too (default: none, with --durable preempt)",
      ).choices(levels),
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
    .addOption(new Option("--host-command", "what follows -- is a command of the host").hideHelp())
    .addOption(
      new Option(
        "--state <where>",
        "of a command after --: outside, its requests change files or other systems; memory, only its process, " +
          "so that a new one is told again all that was answered",
      )
        .choices(stateModes)
        .default("outside" as const),
    )
    .addOption(
      new Option(
        "--protocol <what>",
        "of a command after --: json-rpc, in lines; bytes, of one that says the same when it is told the same",
      )
        .choices(protocols)
        .default("json-rpc" as const),
    )
    .option(
      "--idle-seconds <seconds>",
      "of a command after --: end when nobody has been attached for so long",
      countOf,
    )
    .option("--pipefail", "of joined programs, the exit code is that of the last that failed")
    .option("--raw", "every key typed at a terminal is input, ctrl-C and ctrl-Z too")
    .passThroughOptions()
    .action((file, args, options) => run(file, args, options));
}
