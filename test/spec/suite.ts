// The scripts that were fetched, each read into commands.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  specificationDirectory,
  type SpecificationForm,
} from "../../tools/programs/specification.ts";
import { readBinaryScript } from "./binary-script.ts";
import type { Script } from "./script.ts";
import { readTextScript } from "./text-script.ts";

const readers = { text: readTextScript, binary: readBinaryScript };
const suffix = ".wast.js";

/** "text/multi-memory", "binary/spec", ...: a form and a proposal. */
export interface Part {
  readonly form: SpecificationForm;
  readonly proposal: string;
}

export function listParts(): readonly Part[] {
  return (["text", "binary"] as const).flatMap((form) => {
    const entries = readdirSync(specificationDirectory(form), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({ form, proposal: name }));
  });
}

export function partName({ form, proposal }: Part): string {
  return `${form}/${proposal}`;
}

/** A script that is read when it is wanted. */
export interface ListedScript {
  /** "text/multi-memory/data0", ... */
  readonly name: string;
  readonly read: () => Script;
}

export function listScripts(part: Part): readonly ListedScript[] {
  const folder = join(specificationDirectory(part.form), part.proposal);
  const files = readdirSync(folder).filter((file) => file.endsWith(suffix));
  return files.toSorted().map((file) => {
    const name = `${partName(part)}/${file.slice(0, -suffix.length)}`;
    const read = (): Script => {
      return { name, commands: readers[part.form](readFileSync(join(folder, file), "utf8")) };
    };
    return { name, read };
  });
}
