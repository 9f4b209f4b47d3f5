// Images of a durable service: its state between two messages, the sessions of its clients, and where in the
// log it stands. They are kept as those of programs are, so that owners follow each other in the same way.
import type { Sessions } from "../../../recovery/index.ts";
import type { DurableImage, DurableImages } from "../../durable/durable-images.ts";

export interface ServiceImage {
  readonly position: number;
  /** Of the realm that goes on from here. */
  readonly seed: readonly number[];
  /** Hash of the code that it is. */
  readonly code: string;
  readonly state: Uint8Array;
  readonly sessions: ReturnType<Sessions["exportState"]>;
  /** By granted server, how many questions it had answered. */
  readonly answered: readonly number[];
}

export interface ServiceImages {
  readonly logBytesMax: number;
  newest(): ServiceImage | undefined;
  save(image: Omit<ServiceImage, "answered">): void;
  onRefused(error: unknown): void;
}

export function serviceImages(
  stored: DurableImages,
  answered: () => readonly number[],
): ServiceImages {
  return {
    // While an image is being written there is no need for another.
    get logBytesMax() {
      return stored.logBytesMax;
    },
    newest() {
      // The store looks at the position alone; the rest is what `save` made it.
      const image = stored.newest() as unknown as { readonly program: ServiceImage } | undefined;
      return image?.program;
    },
    save(image) {
      const program: ServiceImage = { ...image, answered: answered() };
      const content = { door: { position: image.position }, program };
      stored.save(content as unknown as DurableImage);
    },
    onRefused: (error) => stored.onRefused?.(error),
  };
}
