// The commands on the background system alone, as a command of its own: without what runs programs it is there
// in half the time. `bin/shoal.js` chooses it by the first word; whatever else is said goes to main.ts, which
// has these commands, too.
import { Command } from "@commander-js/extra-typings";
import { ExitCode } from "./exit-code.ts";
import { addSystemCommands } from "./system/system-commands.ts";

const program = new Command("shoal")
  .showHelpAfterError("(shoal --help lists what there is)")
  .showSuggestionAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? ExitCode.ok : ExitCode.usage));

addSystemCommands(program);

void program.parseAsync();
