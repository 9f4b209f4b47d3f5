// Sections with entries added at their end, and the entries themselves.
import { ByteWriter } from "./byte-writer.ts";
import type { ByteReader } from "./byte-reader.ts";

/** A section's entries followed by more, under a count for both. */
export function appendEntries(
  body: ByteReader | undefined,
  added: readonly Uint8Array[],
): Uint8Array {
  const out = new ByteWriter((body?.end ?? 0) - (body?.position ?? 0) + 4096);
  out.u32((body?.u32() ?? 0) + added.length);
  if (body !== undefined) out.range(body.bytes, body.position, body.end);
  for (const entry of added) out.raw(entry);
  return out.finish();
}

/** The entry of a function type in the type section; each value type as it is encoded. */
export function encodeFunctionType(
  parameters: readonly Uint8Array[],
  results: readonly Uint8Array[],
): Uint8Array {
  const out = new ByteWriter().u8(0x60).u32(parameters.length);
  for (const type of parameters) out.raw(type);
  out.u32(results.length);
  for (const type of results) out.raw(type);
  return out.finish();
}
