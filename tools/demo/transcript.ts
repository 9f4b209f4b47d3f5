// Pages that show commands and what they print, played: every command is run, in order, in one shell. `sh` blocks are
// run as they are; of `text` blocks that begin with a command each line after `$ ` is one.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Block {
  readonly kind: "sh" | "text";
  readonly text: string;
}

/** The blocks of a page, or of a part of it, that are to be played. */
export function blocksOf(page: string): Block[] {
  const found = page.matchAll(/^```(?:(sh)\n([^]*?)|(text)\n(\$ [^]*?))^```$/gm);
  return Array.from(found, ([, sh, shell, , text]) =>
    sh === undefined ? { kind: "text", text: text! } : { kind: "sh", text: shell! },
  );
}

/** What the page says that commands print, with the commands. */
export function writtenIn(blocks: readonly Block[]): string {
  return blocks
    .filter(({ kind }) => kind === "text")
    .map(({ text }) => text)
    .join("");
}

/** A function of the shell that stands for the command, as its file is run by a Node. */
export function shoalBlock(file: string, node = process.execPath): Block {
  return { kind: "sh", text: `shoal() { ${quoted(node)} ${quoted(file)} "$@"; }\n` };
}

export interface PlayOptions {
  /** Where the commands are run. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Each command is shown with the time since the first. */
  readonly isTimed?: boolean | undefined;
  /** Gets what is printed, as it comes. */
  readonly onText?: ((text: string) => void) | undefined;
}

/** Runs blocks in a shell. Answers commands and what they print, as a terminal would show them. */
export async function play(blocks: readonly Block[], options: PlayOptions): Promise<string> {
  const { directory, env, isTimed = false, onText } = options;
  const script = join(directory, "script.sh");
  const lines = blocks.map((block) => scriptOf(block, isTimed));
  writeFileSync(script, ["exec 2>&1", ...lines].join("\n"));
  const child = spawn("bash", [script], {
    cwd: directory,
    env: { ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    onText?.(chunk);
  });
  await new Promise((resolve) => child.on("close", resolve));
  return text;
}

const clock = '"$(printf "%d:%02d" $((SECONDS / 60)) $((SECONDS % 60)))"';

function scriptOf({ kind, text }: Block, isTimed: boolean): string {
  if (kind === "sh") return text;
  const commands = Array.from(text.matchAll(/^\$ (.*)$/gm), ([, command]) => command!);
  const shown = (one: string): string =>
    isTimed ? `printf '[%s] $ %s\\n' ${clock} ${quoted(one)}` : `printf '$ %s\\n' ${quoted(one)}`;
  return commands.map((one) => `${shown(one)}\n${one}`).join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
