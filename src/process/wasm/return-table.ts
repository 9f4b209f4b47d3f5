// What a program's imports are to a stack that has just been put back. The call that its innermost frame
// makes again was begun before it was taken out, and the kernel's part of it is over: so each import asks
// for the answer, and waits on if there is none yet. Only continuations call these, and only once each;
// so a program that was never taken out pays nothing for them.
import { type LinkOptions, linkSuspending, type Library } from "./link.ts";
import type { CapturableProgram } from "./resume/index.ts";

/** The functions of the process model, by function index of the program. */
export function returnTable(program: CapturableProgram, options: LinkOptions): WebAssembly.Table {
  const library = answering(options.library);
  const imports = linkSuspending({ ...options, library, isTraced: true });
  const functions = program.source.declarations.imports.filter(({ kind }) => kind === "function");
  const table = new WebAssembly.Table({ element: "anyfunc", initial: functions.length });
  functions.forEach(({ module, name }, index) => table.set(index, imports[module]![name]));
  return table;
}

function answering(library: Library): Library {
  const modules = [...library].map(([module, functions]) => {
    const answers = [...functions].map(
      ([name, { finish }]) => [name, { begin: finish, finish }] as const,
    );
    return [module, new Map(answers)] as const;
  });
  return new Map(modules);
}
