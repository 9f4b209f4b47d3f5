// A durable service in a file: its code, and its state between two messages. What is made of it begins there,
// with a log and clients of its own.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ImageError, type Plain } from "../../checkpoint/index.ts";
import { makePrivate } from "../../server/session/index.ts";
import { readImageFile, writeImageFile } from "../capture/image-file.ts";
import type { DurableImage } from "../durable/durable-images.ts";
import { openDurableServer } from "../durable/durable-server.ts";
import {
  keepProgram,
  type ProgramManner,
  ProgramRecordError,
  readProgram,
} from "../durable/program-record.ts";
import { hashOfCode, keepCode, KeptCodes } from "./durable/service-codes.ts";
import type { ServiceImage } from "./durable/service-images.ts";

/** Raised whenever the content is described differently. */
const fileVersion = 1;

export interface FrozenService {
  readonly serviceVersion: number;
  readonly name: string;
  /** The bundled code. */
  readonly text: string;
  readonly manner: ProgramManner;
  readonly state: Uint8Array;
}

/** Writes a service of a data directory, whose state and code these are. Answers the bytes of the file. */
export function writeServiceFile(
  file: string,
  { name, data, code, state }: { name: string; data: string; code: string; state: Uint8Array },
): number {
  const record = readProgram(data)?.record;
  if (record === undefined) throw new ProgramRecordError(`${data} has no service`);
  const { text } = new KeptCodes(data).scriptOf(code).code;
  const { args, env, grants, model, fuel, fuelSlice, memoryMaxBytes, connections } = record;
  const manner = { args, env, grants, model, fuel, fuelSlice, memoryMaxBytes, connections };
  const content: FrozenService = { serviceVersion: fileVersion, name, text, manner, state };
  return writeImageFile(file, content as unknown as Plain).bytes;
}

/** The service in an image file; undefined if it is an image of something else. @throws ImageError */
export function readServiceFile(file: string): FrozenService | undefined {
  // What is in the file was written by us, or its version says otherwise.
  const content = readImageFile(file) as unknown as Partial<FrozenService>;
  if (content.serviceVersion === undefined) return undefined;
  if (content.serviceVersion === fileVersion) return content as FrozenService;
  throw new ImageError(
    file,
    "failed",
    `it has version ${content.serviceVersion} of services: thaw it with the Shoal that made it`,
  );
}

/** Makes the data directory of a service that goes on from a file. It is not there yet. */
export function makeServiceOf(frozen: FrozenService, directory: string): void {
  makePrivate(directory);
  try {
    const code = hashOfCode(frozen.text);
    const bytes = new TextEncoder().encode(frozen.text);
    keepProgram(directory, bytes, frozen.manner, ["file", "file", "file"]);
    keepCode(directory, frozen.text);
    beginWith(directory, { code, state: frozen.state });
    // The first start has a higher number than this owner.
    mkdirSync(join(directory, "epochs"), { mode: 0o700 });
    process.getBuiltinModule("node:fs").writeFileSync(join(directory, "epochs", "1"), "", {
      mode: 0o600,
    });
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/** An empty log, and an image of where it begins. */
function beginWith(directory: string, { code, state }: Pick<ServiceImage, "code" | "state">): void {
  const { durable } = openDurableServer({
    level: "host",
    directory,
    epoch: 1,
    writesInPlace: true,
  });
  const { log, images } = durable;
  const seed = Array.from(
    process.getBuiltinModule("node:crypto").randomFillSync(new Int32Array(4)),
  );
  const sessions = durable.sessions.exportState();
  const program: ServiceImage = { position: 0, seed, code, state, sessions, answered: [] };
  const image = { door: { position: 0 }, program };
  images!.save(image as unknown as DurableImage);
  log.close();
}
