// The names of the files that a unit of the line table speaks of, as a person knows them: relative to where
// the program was compiled, if they were there.
import { DebugReader } from "./debug-reader.ts";
import { Form, readNumber, skipForm } from "./form.ts";
import type { LineHeader } from "./line-header.ts";

/** The sections in which names stand. */
export interface NameSections {
  readonly lines: Uint8Array;
  readonly lineStrings: Uint8Array | undefined;
  readonly strings: Uint8Array | undefined;
}

interface NamedFile {
  readonly name: string;
  readonly directory: number;
}

/** By the numbers that line programs use. */
export function readFiles(header: LineHeader, sections: NameSections): string[] {
  const reader = new DebugReader(sections.lines, header.tablesStart, header.programStart);
  if (header.version < 5) return readOldFiles(reader);
  const directories = readTable(reader, sections).map(({ name }) => name);
  const [compiledIn = ""] = directories;
  const files = readTable(reader, sections);
  return files.map(({ name, directory }) =>
    relative(inside(directories, directory, name), compiledIn),
  );
}

/** Before version 5: directory 0 is where the program was compiled, and files count from 1. */
function readOldFiles(reader: DebugReader): string[] {
  const directories = [""];
  for (let name = reader.string(); name !== ""; name = reader.string()) directories.push(name);
  const files = [""];
  for (let name = reader.string(); name !== ""; name = reader.string()) {
    files.push(inside(directories, reader.unsigned(), name));
    reader.unsigned(); // when it was changed
    reader.unsigned(); // its size
  }
  return files;
}

const contentPath = 1;
const contentDirectory = 2;

/** A table of version 5, which begins with what its entries are made of. */
function readTable(reader: DebugReader, sections: NameSections): NamedFile[] {
  const shape = Array.from({ length: reader.u8() }, () => {
    return { content: reader.unsigned(), form: reader.unsigned() };
  });
  const count = reader.unsigned();
  if (count > reader.end - reader.position) reader.fail("there are fewer files than it says");
  const entries: NamedFile[] = [];
  for (let left = count; left > 0; left--) {
    let name = "";
    let directory = 0;
    for (const { content, form } of shape) {
      if (content === contentPath) name = readName(reader, form, sections);
      else if (content === contentDirectory) directory = readNumber(reader, form);
      else skipForm(reader, form, 4);
    }
    entries.push({ name, directory });
  }
  return entries;
}

function readName(reader: DebugReader, form: number, sections: NameSections): string {
  if (form === Form.string) return reader.string();
  const strings = form === Form.lineStringOffset ? sections.lineStrings : sections.strings;
  return new DebugReader(strings ?? new Uint8Array()).at(reader.word()).string();
}

function inside(directories: readonly string[], directory: number, name: string): string {
  const path = directories[directory] ?? "";
  return directory === 0 || path === "" || name.startsWith("/") ? name : `${path}/${name}`;
}

function relative(path: string, directory: string): string {
  const start = directory.endsWith("/") ? directory : `${directory}/`;
  return path.startsWith(start) ? path.slice(start.length) : path;
}
