// A request that was the end of two cores, one after the other, is set aside before a third one is brought
// up: as one at which its process dies twice is, in the core where that happens.
import { type MessageLog, requestServedAtEnd, setAsideInLog } from "../../recovery/index.ts";
import { type DurableImages, goesBackTo } from "./durable-images.ts";

/** How a core was lost that added nothing to the log which it had taken over. */
export interface Blame {
  /** The end of that log. */
  readonly end: number;
  /** A `FaultReason`. */
  readonly reason: number;
}

/**
 * Sets aside the request that was being served where the log ends, if the core before was lost there, too. It
 * had been brought up for another, which the same had happened to. Answers whether there was one.
 */
export function setAsideBlamed(
  log: MessageLog,
  images: DurableImages | undefined,
  blame: Blame | undefined,
): boolean {
  if (blame === undefined || blame.end !== log.end) return false;
  const request = requestServedAtEnd(log);
  if (request === undefined || !goesBackTo(request, images)) return false;
  return setAsideInLog(log, request, blame.reason);
}
