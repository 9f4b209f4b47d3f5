// What the writer of images runs: it keeps one image after the other, of one process, while the process goes
// on. The copy of the process's memory that it reads is left alone until it has said that it is done.
import { messageOf } from "../../base/index.ts";
import { parentPort, workerData } from "node:worker_threads";
import { ImageError } from "../../checkpoint/index.ts";
import { FileStore } from "../../machine/node/index.ts";
import { memoryLog } from "../../recovery/index.ts";
import { sha256 } from "../capture/image-file.ts";
import { type DurableImage, StoredImages } from "./durable-images.ts";

/** What the thread is started with. */
export interface ImageWriterData {
  readonly directory: string;
  readonly name: string;
  readonly epoch: number;
}

/** An image to be written, or room to be touched, so that others find it there. */
export type ToImageWriter = { readonly image: DurableImage } | { readonly room: Uint8Array };

/** What it says of an image: under which name it is kept, or why it is not. */
export type ImageWritten =
  | { readonly label: string }
  | { readonly refused: string; readonly isFull: boolean };

// Only ImageWriter starts this thread.
const { directory, name, epoch } = workerData as ImageWriterData;
let images: StoredImages | undefined;

function write(image: DurableImage): ImageWritten {
  try {
    images ??= new StoredImages({
      store: new FileStore(directory),
      digest: sha256,
      name,
      epoch,
      // The log itself is its owner's to cut.
      log: memoryLog(),
      logBytesMax: Infinity,
      isReadOnly: true,
    });
    return { label: images.store(image) };
  } catch (error) {
    const isFull = error instanceof ImageError && error.reason === "full";
    return { refused: messageOf(error), isFull };
  }
}

parentPort?.on("message", (message: ToImageWriter) => {
  if ("room" in message) message.room.fill(0);
  else parentPort?.postMessage(write(message.image));
});
