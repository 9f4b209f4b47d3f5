// How `--trace calls` shows what a poll waited for and what came of it: the subscriptions and the events
// as they stand in the program's memory.

const subscriptionBytes = 48;
const eventBytes = 32;
/** Subscriptions and events shown of a call, so that a line stays one. */
const shownMax = 8;

const kinds = ["clock", "read", "write"] as const;

/** Nanoseconds as people read them. */
function duration(ns: bigint): string {
  const units: [bigint, string][] = [
    [1_000_000_000n, "s"],
    [1_000_000n, "ms"],
    [1000n, "us"],
  ];
  const unit = units.find(([size]) => ns >= size && ns % size === 0n);
  return unit === undefined ? `${ns} ns` : `${ns / unit[0]} ${unit[1]}`;
}

function subscription(view: DataView, at: number): string {
  const type = view.getUint8(at + 8);
  if (type !== 0) return `fd ${view.getUint32(at + 16, true)} ${kinds[type] ?? `type ${type}`}`;
  const isAbsolute = (view.getUint16(at + 40, true) & 1) !== 0;
  const clock = view.getUint32(at + 16, true) === 0 ? "real time" : "clock";
  return `${clock} ${isAbsolute ? "at" : "in"} ${duration(view.getBigUint64(at + 24, true))}`;
}

/** What an event is about is known by the user data that it shares with its subscription. */
function event(view: DataView, at: number, subscriptions: readonly number[]): string {
  const userData = view.getBigUint64(at, true);
  const type = view.getUint8(at + 10);
  const of = subscriptions.find(
    (one) => view.getBigUint64(one, true) === userData && view.getUint8(one + 8) === type,
  );
  const what = of === undefined ? "?" : subscription(view, of);
  const errno = view.getUint16(at + 8, true);
  if (errno !== 0) return `${what}: errno ${errno}`;
  if (type === 0) return what;
  const hangup = (view.getUint16(at + 24, true) & 1) === 0 ? "" : " hang-up";
  return `${what} ${view.getBigUint64(at + 16, true)} bytes${hangup}`;
}

/** The arguments are those of poll_oneoff. */
export function pollDetail(args: readonly number[], bytes: Uint8Array): string {
  const [input = 0, output = 0, count = 0, result = 0] = args.map((arg) => arg >>> 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (result + 4 > bytes.length) return "";
  const events = view.getUint32(result, true);
  const isInside =
    input + count * subscriptionBytes <= bytes.length &&
    output + events * eventBytes <= bytes.length;
  if (!isInside) return "";
  const places = Array.from({ length: count }, (_, i) => input + i * subscriptionBytes);
  const asked = places.slice(0, shownMax).map((at) => subscription(view, at));
  const happened = Array.from({ length: Math.min(events, shownMax) }, (_, i) =>
    event(view, output + i * eventBytes, places),
  );
  return `{${listed(asked, count)}} -> {${listed(happened, events)}}`;
}

function listed(shown: readonly string[], count: number): string {
  return shown.join(", ") + (count > shown.length ? `, and ${count - shown.length} more` : "");
}
