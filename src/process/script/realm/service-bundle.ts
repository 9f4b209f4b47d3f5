// A service and all that it imports as one script, by rolldown. What it may not have is refused here, by
// name, before anything of it runs.
import { messageOf } from "../../../base/index.ts";
import { sep } from "node:path";
import { moduleName, realmName } from "../../../service/index.ts";

/** A service that cannot be loaded; the message says why, and what to do. */
export class ServiceLoadError extends Error {
  override readonly name = "ServiceLoadError";
}

/** A script that makes one value. */
export interface ServiceCode {
  readonly text: string;
  /** Whether anything in it can wait, so that there are microtasks to run. */
  readonly mayWait: boolean;
  /** For traces. */
  readonly file: string;
}

/** What `import ... from "shoal"` finds in a service. */
const shoalModule = "export const service = (definition) => definition;";
const shoalId = "\0shoal";

const waiting = /async|await|Promise|setTimeout|queueMicrotask/;

/** @throws ServiceLoadError */
export async function bundleService(file: string): Promise<ServiceCode> {
  const body = await bundled(file, moduleName, true);
  // Not of the author's own text alone: a dependency may do it as well.
  const dynamic = /\bimport\s*\(/.exec(body);
  if (dynamic !== null) {
    throw new ServiceLoadError(
      `${file} imports something while it runs, which a service cannot: import it at the top`,
    );
  }
  return bundledService(valueOf(body, moduleName), file);
}

/** What was bundled once, from its text. */
export function bundledService(text: string, file: string): ServiceCode {
  return { text, mayWait: waiting.test(text), file };
}

/** The code that every realm begins with. */
export async function realmCode(): Promise<ServiceCode> {
  // Bundled as CommonJS, only the whole of this has a value.
  const url = import.meta.url;
  const { readFile } = process.getBuiltinModule("node:fs/promises");
  const { fileURLToPath } = process.getBuiltinModule("node:url");
  const text = url.endsWith(".ts")
    ? await bundled(fileURLToPath(new URL("../../../service/realm/main.ts", url)), realmName, false)
    : await readFile(new URL("./realm.js", url), "utf8");
  return { text: valueOf(text, realmName), mayWait: true, file: "shoal:realm" };
}

function valueOf(body: string, name: string): string {
  return `"use strict";(function(){${body}\nreturn ${name};})()`;
}

async function bundled(file: string, name: string, isService: boolean): Promise<string> {
  // Loaded when it is needed: it is a native module, and most runs have no service.
  const { rolldown } = await import("rolldown");
  let refusal: ServiceLoadError | undefined;
  const refuse = (text: string): never => {
    refusal ??= new ServiceLoadError(text);
    throw refusal;
  };
  try {
    const bundle = await rolldown({
      input: file,
      platform: "browser",
      plugins: isService ? [gate(refuse)] : [],
      treeshake: !isService,
      onLog: (level, log) => {
        if (level === "warn" && log.code === "UNRESOLVED_IMPORT") refuse(log.message);
      },
    });
    const { output } = await bundle.generate({ format: "iife", name, exports: "named" });
    await bundle.close();
    return output[0].code;
  } catch (error) {
    throw (
      refusal ??
      new ServiceLoadError(`${file} cannot be loaded: ${messageOf(error)}`, { cause: error })
    );
  }
}

function gate(refuse: (text: string) => never) {
  return {
    name: "gate",
    resolveId(id: string, importer: string | undefined) {
      if (id === "shoal" || id === "shoal/service") return shoalId;
      if (id.startsWith("node:") || isBuiltin(id)) {
        const from = importer === undefined ? "" : ` (from ${lastPart(importer)})`;
        refuse(
          `a service cannot import ${id}${from}: it has no powers of the host by itself. Grant it one by ` +
            'name where it is started, and use it with context.connect("name")',
        );
      }
      return null;
    },
    load: (id: string) => (id === shoalId ? shoalModule : null),
  };
}

/** Modules of Node that are asked for without their prefix. Of some there are packages, which are found first. */
function isBuiltin(id: string): boolean {
  const { isBuiltin: isNodes } = process.getBuiltinModule("node:module");
  return isNodes(id) && !id.includes("/") && !replaced.has(id);
}

const replaced = new Set([
  "buffer",
  "events",
  "punycode",
  "string_decoder",
  "util",
  "url",
  "assert",
]);

function lastPart(file: string): string {
  return file.slice(file.lastIndexOf(sep) + 1);
}
