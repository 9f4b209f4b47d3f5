// WebAssembly text to bytes, with the names of functions kept, for tests that need a small program.
import wabt from "wabt";

let loaded: ReturnType<typeof wabt> | undefined;

export async function assembleWat(text: string): Promise<Uint8Array> {
  loaded ??= wabt();
  const module = (await loaded).parseWat("program.wat", text, { exceptions: true, threads: true });
  try {
    return module.toBinary({ write_debug_names: true }).buffer;
  } finally {
    module.destroy();
  }
}
