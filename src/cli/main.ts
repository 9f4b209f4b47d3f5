// The command `shoal`: parses the command line and hands over. What every run needs is loaded with it,
// in one file when it is built, since each file costs a millisecond; rewriting programs is loaded later.
import { Command } from "@commander-js/extra-typings";
import { withLevel } from "./durable/durable.ts";
import { ExitCode } from "./exit-code.ts";
import { addImageCommands } from "./image/image-commands.ts";
import { addRunCommand } from "./run/run-command.ts";
import { addAttachCommand } from "./server/attach-command.ts";
import { addCallCommand } from "./server/call-command.ts";
import { addServerCommands } from "./server/server-commands.ts";
import { addSystemCommands } from "./system/system-commands.ts";
import { version } from "./version.ts";

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
  shoal run --durable --name notes notes.ts
                                           the same for a service in TypeScript
  shoal call notes add milk                call a method of it
  shoal attach notes -- npx server-memory  a tool server whose sessions survive a kill -9
  shoal run --detach --durable --name kv server.wasm
                                           the same in the background; shoal ps lists it
  shoal run --trace calls hello.wasm       print every call it makes`,
  );

program.commandsGroup("Programs, services and tool servers:");
addRunCommand(program);
// A program that is run need not wait until the other commands are described.
if (process.argv[2] !== "run") {
  addCallCommand(program);
  addAttachCommand(program);
  program.commandsGroup("Durable servers:");
  addServerCommands(program);
  program.commandsGroup("Images of running programs:");
  addImageCommands(program);
  program.commandsGroup("The background system:");
  addSystemCommands(program);
}

// Not awaited: the built command is CommonJS, which has no top-level await. An error that reaches here is
// ours, and ends the process with its stack.
void program.parseAsync(withLevel(process.argv, program));
