// The command that clients of tool servers are configured with: attach.
import { type Command, Option } from "@commander-js/extra-typings";
import { protocols, stateModes } from "../../boot/index.ts";
import { attach } from "./attach.ts";
import { countOf } from "../option-values.ts";

export function addAttachCommand(program: Command): void {
  program
    .command("attach")
    .summary("begin a session with a tool server that survives kill -9")
    .description(
      "Speaks to a tool server (line-delimited JSON-RPC, as in the Model Context Protocol) on standard input " +
        "and output. The server is a command, which is started for this session alone. When it dies, or the " +
        "process that holds it, it is started again and told what it has to know; the client notices nothing. " +
        "The command may be left away where NAME was started with one.",
    )
    .helpOption("-h, --help", "print this help and exit")
    .usage("[options] <name> [-- command...]")
    .argument(
      "<name>",
      "the name under which the server is held, by default for a minute after its last use",
    )
    .argument("[command...]", "what starts the server")
    .option("--timeout <seconds>", "how long a holder that is gone is waited for", countOf, 30)
    .addOption(
      new Option(
        "--state <where>",
        "where the server keeps what its requests change: outside, in files or other systems; memory, in its " +
          "process alone, so that a new one is told again all that was answered",
      )
        .choices(stateModes)
        .default("outside" as const),
    )
    .addOption(
      new Option(
        "--protocol <what>",
        "json-rpc, in lines; or bytes: any command that says the same when it is told the same",
      )
        .choices(protocols)
        .default("json-rpc" as const),
    )
    .addOption(
      new Option(
        "--durable <level>",
        "of a holder that has to be started: what its sessions survive, as in --durable=disk",
      )
        .choices(["host", "disk"] as const)
        .default("host" as const),
    )
    .option("--data <directory>", "where the session is kept")
    .action((name, words, options) => attach(name, withSeparator(words), options));
}

/** Operands with the `--` that stood among them, which the parser takes away: what follows is the command. */
function withSeparator(words: readonly string[]): readonly string[] {
  const at = process.argv.indexOf("--", 2);
  if (at === -1) return words;
  const command = process.argv.slice(at + 1);
  return [...words.slice(0, words.length - command.length), "--", ...command];
}
