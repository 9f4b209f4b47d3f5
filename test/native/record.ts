// `node test/native/record.ts [program]`: runs every command line by its native build and writes down what
// it answered, in expected/. It needs the Debian packages of the programs; the tests do not.
import { mkdirSync, writeFileSync } from "node:fs";
import { allLines, expectedFile, type Record } from "./lines.ts";
import { titleOf, type Subject } from "./command-line.ts";
import { nativeCommand, natively } from "./hosts.ts";

async function record(subject: Subject): Promise<void> {
  const { command, origin } = await nativeCommand(subject);
  const answers: Record["answers"] = {};
  for (const line of allLines.filter((one) => one.subject === subject)) {
    answers[titleOf(line)] = await natively(line, command);
  }
  const text = `${JSON.stringify({ by: origin, answers } satisfies Record, null, 2)}\n`;
  writeFileSync(expectedFile(subject), text);
  process.stderr.write(`${subject}: ${Object.keys(answers).length} lines by ${origin}\n`);
}

const [wanted] = process.argv.slice(2);
mkdirSync(new URL("expected", import.meta.url), { recursive: true });
for (const subject of new Set(allLines.map((line) => line.subject))) {
  if (wanted === undefined || wanted === subject) await record(subject);
}
