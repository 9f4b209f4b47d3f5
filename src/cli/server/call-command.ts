// `shoal call` as a command line.
import type { Command } from "@commander-js/extra-typings";
import { countOf } from "../option-values.ts";
import { defaultConnectTimeout } from "../run/connect.ts";
import { call } from "./call.ts";

export function addCallCommand(program: Command): void {
  program
    .command("call")
    .summary("call a method of a service")
    .description(
      "Calls a method of a service that runs under a name, and prints what it answers as JSON; of a stream, a line " +
        "for each item. Arguments are JSON, or texts where they are none.",
    )
    .helpOption("-h, --help", "print this help and exit")
    .argument("<name>", "the name of the service")
    .argument("<method>", "one of its methods")
    .argument("[args...]", "its arguments, such as 7, '{\"a\": [1]}' or milk")
    .option(
      "--connect-timeout <seconds>",
      "how long to wait for a service that cannot be reached",
      countOf,
      defaultConnectTimeout,
    )
    .passThroughOptions()
    .action((name, method, args, options) => call(name, method, args, options));
}
