// The forms of a program that are compared: as it is, made capturable by our rewriter or by Binaryen's
// Asyncify, each also with fuel, so that it can be preempted.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidModuleError, prepareModule } from "../../src/process/wasm/index.ts";
import { rewriteForCapture } from "../../src/process/wasm/prepare/capture.ts";

export const variantNames = [
  "plain",
  "checkpoint",
  "preempt",
  "asyncify",
  "asyncifyPreempt",
] as const;
export type VariantName = (typeof variantNames)[number];

export interface VariantFile {
  readonly variant: VariantName;
  readonly path: string;
  readonly byteCount: number;
}

/** Asyncify needs seconds to minutes for a program, so what it makes is kept in the user's cache. */
async function bytesOf(variant: VariantName, plain: Uint8Array): Promise<Uint8Array> {
  if (variant === "plain") return plain;
  if (variant === "checkpoint") return rewriteForCapture(plain, false);
  if (variant === "preempt") return rewriteForCapture(plain, true);
  const fuel = variant === "asyncifyPreempt";
  return (await prepareModule(plain, { fuel, capture: "asyncify" })).bytes;
}

/** Undefined where Asyncify does not know what the program uses; ours must make them all. */
async function bytesIfPossible(
  variant: VariantName,
  plain: Uint8Array,
): Promise<Uint8Array | undefined> {
  try {
    return await bytesOf(variant, plain);
  } catch (error) {
    const isAsyncify = variant === "asyncify" || variant === "asyncifyPreempt";
    if (isAsyncify && error instanceof InvalidModuleError) return undefined;
    throw error;
  }
}

export async function writeVariants(
  directory: string,
  program: string,
  modulePath: string,
): Promise<VariantFile[]> {
  const plain = readFileSync(modulePath);
  const files: VariantFile[] = [];
  for (const variant of variantNames) {
    const bytes = await bytesIfPossible(variant, plain);
    if (bytes === undefined) continue;
    const path = join(directory, `${program}-${variant}.wasm`);
    writeFileSync(path, bytes);
    files.push({ variant, path, byteCount: bytes.length });
  }
  return files;
}
