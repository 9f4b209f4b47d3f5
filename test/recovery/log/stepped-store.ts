// A segment store that tells of every step its user takes: each call, and each single word stored. What
// is done in the hook happens between two stores: an exception there is the death of the owner, and
// another owner that is run there finds it paused.
import type { Segment, SegmentRefusal, SegmentStore } from "../../../src/machine/segments.ts";

export function steppedStore(store: SegmentStore, onStep: (what: string) => void): SegmentStore {
  const wrap = (segment: Segment | SegmentRefusal) =>
    typeof segment === "string" ? segment : steppedSegment(segment, onStep);
  return {
    create: (name, bytes) => {
      onStep(`create ${name}`);
      return wrap(store.create(name, bytes));
    },
    open: (name) => {
      onStep(`open ${name}`);
      return wrap(store.open(name));
    },
    remove: (name) => {
      onStep(`remove ${name}`);
      return store.remove(name);
    },
    list: () => {
      onStep("list");
      return store.list();
    },
    close: () => store.close(),
  };
}

function steppedSegment(segment: Segment, onStep: (what: string) => void): Segment {
  const words = new Proxy(segment.words, {
    get(target, key) {
      // Typed arrays know only themselves, not a proxy of them.
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set(target, key, value: unknown) {
      onStep(`store ${String(key)}`);
      return Reflect.set(target, key, value, target);
    },
  });
  const { syncNow } = segment;
  return {
    words,
    close: () => segment.close(),
    ...(segment.sync === undefined ? {} : { sync: segment.sync }),
    ...(syncNow === undefined
      ? {}
      : {
          syncNow: () => {
            onStep("syncNow");
            return syncNow();
          },
        }),
  };
}
