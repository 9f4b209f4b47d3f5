// What lets a run be captured: it was prepared for it, and there is somebody who can ask, by its name or after
// so many calls. What is written where is told on standard error.
import { resolve } from "node:path";
import {
  type CaptureOptions,
  type CapturePolicy,
  CaptureError,
  ClientStateError,
  describeSession,
  type Grant,
  ImageError,
  type NamePlace,
  serveControl,
  type SessionCapture,
  writeImageFile,
} from "../../boot/index.ts";
import { ExitCode } from "../exit-code.ts";
import { preparationOf, type LevelOptions } from "./level.ts";
import { fail, say } from "../message.ts";

export interface FreezeOptions extends LevelOptions {
  readonly memoryMax?: number | undefined;
  readonly freezeAfterCalls?: number | undefined;
  readonly freezeTo?: string | undefined;
}

/** What else was granted that no image can hold. */
export interface Ungranted {
  readonly listen: readonly string[];
  readonly connect: readonly string[];
}

/** How a run can be captured; undefined if it was not prepared for it, or nobody could ask. */
export function captureOptionsOf(
  options: FreezeOptions & Ungranted,
  grants: CapturePolicy["grants"],
  place: NamePlace | undefined,
  drained: () => Promise<void>,
): CaptureOptions | undefined {
  const { freezeAfterCalls, freezeTo } = options;
  if ((freezeAfterCalls === undefined) !== (freezeTo === undefined)) {
    fail("--freeze-after-calls and --freeze-to go together", ExitCode.usage);
  }
  const { fuel, capture } = preparationOf(options);
  const isAsked = place !== undefined || freezeTo !== undefined;
  if (!isAsked || capture !== "unwind") return undefined;
  const memoryMaxBytes = options.memoryMax ?? null;
  const policy: CapturePolicy = {
    preparation: { fuel, capture, memoryMaxBytes },
    model: options.model,
    fuelSlice: options.fuelSlice,
    grants: grants.map(absolute),
    refusal: refusalOf(options, grants),
  };
  let session: SessionCapture | undefined;
  return {
    policy,
    onSession: (capturing, running) => {
      session = capturing;
      if (place === undefined) return;
      const describe = () => describeSession(running);
      serveControl(place, { describe, capture: capturing, drained });
    },
    afterCalls: freezeAfterCalls,
    onDue: () => void freezeNow(session!, freezeTo!, drained),
  };
}

/** An image may be thawed from anywhere. */
function absolute(grant: Grant): Grant {
  const { host, changes } = grant;
  return {
    ...grant,
    host: host === undefined ? undefined : resolve(host),
    ...(typeof changes === "object" ? { changes: { host: resolve(changes.host) } } : {}),
  };
}

function refusalOf(
  { listen, connect }: Ungranted,
  grants: CapturePolicy["grants"],
): string | undefined {
  if (listen.length > 0) return "A session with sockets (--listen) cannot be captured.";
  if (grants.some(({ changes }) => changes !== undefined)) {
    return (
      "A session with a directory whose changes are kept apart (--dir-overlay) cannot be captured: " +
      "grant the directory itself, or a copy of it."
    );
  }
  if (connect.length === 0) return undefined;
  return "A session with connections to other servers (--connect) cannot be captured.";
}

async function freezeNow(
  capture: SessionCapture,
  file: string,
  drained: () => Promise<void>,
): Promise<void> {
  try {
    await capture.capture((content) => writeImageFile(file, content), true);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    say(`not frozen, and goes on: ${error.message}`);
    return;
  }
  await drained();
  say(`frozen to ${file}`);
  process.exit(ExitCode.ok);
}

/** Whether somebody said no, rather than made a mistake. */
export function isRefusal(error: unknown): error is Error {
  return (
    error instanceof CaptureError ||
    error instanceof ClientStateError ||
    error instanceof ImageError
  );
}
