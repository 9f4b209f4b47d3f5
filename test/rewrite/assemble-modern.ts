// WebAssembly text to bytes with Binaryen, for what the smaller toolkit does not know.
import binaryen from "binaryen";

const { Features } = binaryen;
const features =
  Features.ExceptionHandling |
  Features.ReferenceTypes |
  Features.Multivalue |
  Features.BulkMemory |
  Features.MutableGlobals |
  Features.NontrappingFPToInt |
  Features.SignExt |
  Features.TailCall |
  Features.GC |
  Features.SIMD128;

export function assembleModern(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(features);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
