// Promises of realms that are rejected while nobody listens. Node tells of all promises of the process in one
// place, and would end it: those of realms are told to whoever runs the service, the others go their way.

type Told = (reason: unknown) => void;

const byPrototype = new WeakMap<object, Told>();
let watched = 0;

/** Answers how to leave that. */
export function watchRejections(prototype: object, told: Told): () => void {
  byPrototype.set(prototype, told);
  if (watched++ === 0) process.on("unhandledRejection", onRejection);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--watched === 0) process.off("unhandledRejection", onRejection);
  };
}

function onRejection(reason: unknown, promise: object): void {
  const told = byPrototype.get(Object.getPrototypeOf(promise) as object);
  if (told !== undefined) told(reason);
  // What would have become of it without us.
  else if (process.listenerCount("unhandledRejection") === 1) throw reason;
}
