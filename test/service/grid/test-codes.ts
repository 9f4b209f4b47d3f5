// Codes of a durable service that are bundled once for many lives.
import { bundleService, RealmScript } from "../../../src/process/index.ts";
import { hashOfCode, type ServiceCodes } from "../../../src/boot/service/durable/service-codes.ts";

export interface TestCodes extends ServiceCodes {
  readonly hashes: readonly string[];
}

/** The codes of these fixtures; the first is what a log begins with. */
export async function codesOf(...names: readonly string[]): Promise<TestCodes> {
  const scripts = new Map<string, RealmScript>();
  for (const name of names) {
    const code = await bundleService(new URL(`../fixtures/${name}.ts`, import.meta.url).pathname);
    scripts.set(hashOfCode(code.text), new RealmScript({ ...code, file: "grid.ts" }));
  }
  const hashes = [...scripts.keys()];
  return {
    first: hashes[0]!,
    hashes,
    scriptOf(hash) {
      const script = scripts.get(hash);
      if (script === undefined) throw new Error(`there is no code ${hash}`);
      return script;
    },
    adopted: () => undefined,
  };
}
