// The WebAssembly specification's own tests, as Debian has them: inside the sources of a JavaScript
// engine, which runs them as scripts. The newer engine's have modules as text and cover the language
// as it is today; the older one's have the binaries that the specification's own interpreter wrote,
// unusual encodings and malformed modules among them. Of archives of 220 MB some 33 are kept.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "./cache.ts";
import { type DebianSource, fetchFiles } from "./debian.ts";

/** How a script gives its modules: as text, or in the binary format. */
export type SpecificationForm = "text" | "binary";

const sources: Readonly<Record<SpecificationForm, DebianSource>> = {
  text: { package: "mozjs128", upstreamVersion: "128.14.0", release: "trixie" },
  binary: { package: "mozjs78", upstreamVersion: "78.15.0" },
};
const pattern = "*/jit-test/tests/wasm/spec/*.wast.js";

/** The directories above the proposals: "firefox-128.14.0/js/src/jit-test/tests/wasm/spec". */
const strip = 7;

/** Where the scripts of one form are, or will be: a folder for each proposal. */
export function specificationDirectory(form: SpecificationForm): string {
  const { package: name, upstreamVersion } = sources[form];
  return join(cacheDirectory(), `specification-${name}-${upstreamVersion}`);
}

export function isSpecificationFetched(): boolean {
  return forms().every((form) => existsSync(specificationDirectory(form)));
}

export async function fetchSpecification(progress: (line: string) => void): Promise<void> {
  for (const form of forms()) {
    const source = sources[form];
    const directory = specificationDirectory(form);
    if (existsSync(directory)) continue;
    progress(`specification: source of ${source.package} ${source.upstreamVersion}`);
    await fetchFiles(source, { pattern, strip, directory });
  }
}

function forms(): readonly SpecificationForm[] {
  return Object.keys(sources) as SpecificationForm[]; // the record's own
}
