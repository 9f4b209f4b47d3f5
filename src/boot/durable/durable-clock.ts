// The monotonic clock of a durable process goes on from cell to cell, and after a reboot, and does not follow the
// time of day when that is set back. What it showed is kept beside the log whenever a cell begins: with
// the host's own counter, which tells what has passed since, and for another boot with the time of day.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readWhole, writeWhole } from "../../server/session/index.ts";

/** The clocks of the host. */
export interface HostTime {
  /** Which boot of the host this is; undefined if it does not say. */
  readonly boot: string | undefined;
  /** Nanoseconds by a counter that never goes back within a boot. */
  readonly counterNs: number;
  readonly realtimeMs: number;
}

interface KeptTime extends HostTime {
  /** What the process's clock showed at that moment. */
  readonly shownNs: number;
}

const formatName = "shoal clock 1";

/** What the clock of the process in this directory is to show now, at least what it ever showed. */
export function continueClock(directory: string, host: HostTime = hostTime()): number {
  const path = join(directory, "clock");
  const kept = readTime(path);
  const shownNs = kept === undefined ? 0 : kept.shownNs + elapsedNs(kept, host);
  try {
    const { boot = "", counterNs, realtimeMs } = host;
    writeWhole(path, [formatName, boot, counterNs, realtimeMs, shownNs, "end", ""].join("\n"));
  } catch {
    // On a full disk the older one tells as much, for as long as this boot lasts.
  }
  return shownNs;
}

function elapsedNs(kept: KeptTime, host: HostTime): number {
  const isSameBoot = kept.boot !== undefined && kept.boot === host.boot;
  if (isSameBoot) return Math.max(0, host.counterNs - kept.counterNs);
  return Math.max(0, host.realtimeMs - kept.realtimeMs) * 1e6;
}

/** Undefined if there is none that is whole. */
function readTime(path: string): KeptTime | undefined {
  const [format, boot, ...rest] = (readWhole(path) ?? "").split("\n");
  const [counterNs, realtimeMs, shownNs] = rest.map(Number);
  const isWhole = rest[3] === "end" && [counterNs, realtimeMs, shownNs].every(Number.isFinite);
  if (format !== formatName || !isWhole) return undefined;
  return {
    boot: boot === "" ? undefined : boot,
    counterNs: counterNs!,
    realtimeMs: realtimeMs!,
    shownNs: shownNs!,
  };
}

function hostTime(): HostTime {
  const [seconds, nanoseconds] = process.hrtime();
  return { boot: bootOf(), counterNs: seconds * 1e9 + nanoseconds, realtimeMs: Date.now() };
}

function bootOf(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}
