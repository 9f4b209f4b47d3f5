// Freezes the primordials of a realm, so that no code in it changes what other code stands on. Assigning to
// a property that an object inherits from a frozen one would fail, which much code does to names of errors
// and to `toString`: there the property is made an accessor, whose assignment makes one of the object's own.

type Frozen = Record<PropertyKey, unknown>;

/** Prototypes of which code overrides properties by assigning to them. */
const overridden = (): object[] => [
  Object.prototype,
  Function.prototype,
  Promise.prototype,
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(
    (one) => one.prototype as object,
  ),
  AggregateError.prototype as object,
];

/** What no global leads to. */
function hidden(): object[] {
  const list = [][Symbol.iterator]();
  const kinds = [
    function* () {},
    async function () {},
    async function* () {},
    list,
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    ""[Symbol.iterator](),
    "".matchAll(/a/g),
    new Uint8Array(0),
  ];
  return kinds.map((one) => Object.getPrototypeOf(one) as object);
}

/**
 * What the engine wants as it was at each `await`. It looks at that for all realms of an OS process at once: with
 * accessors there in one, every `await` of every realm, and of the host, takes a fifth longer.
 */
const awaited: ReadonlySet<PropertyKey> = new Set(["constructor", "then"]);

export function freezePrimordials(): void {
  const all = reach([globalThis, ...hidden()]);
  for (const prototype of overridden()) allowOverride(prototype as Frozen);
  for (const one of all) Object.freeze(one);
}

function reach(from: readonly object[]): Set<object> {
  const all = new Set<object>();
  const todo: unknown[] = [...from];
  while (todo.length > 0) {
    const one = todo.pop();
    if (!isObject(one) || all.has(one)) continue;
    all.add(one);
    todo.push(Object.getPrototypeOf(one));
    for (const key of Reflect.ownKeys(one)) {
      const property = Object.getOwnPropertyDescriptor(one, key)!;
      todo.push(property.value, property.get, property.set);
    }
  }
  return all;
}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

function allowOverride(prototype: Frozen): void {
  for (const key of Reflect.ownKeys(prototype)) {
    const { value, configurable, enumerable, writable } = Object.getOwnPropertyDescriptor(
      prototype,
      key,
    )!;
    if (configurable !== true || writable !== true) continue;
    if ((prototype as object) === Promise.prototype && awaited.has(key)) continue;
    Object.defineProperty(prototype, key, {
      ...overridable(key, value, prototype),
      enumerable: enumerable === true,
    });
  }
}

function overridable(key: PropertyKey, value: unknown, prototype: object): PropertyDescriptor {
  return Object.freeze({
    get: Object.freeze(() => value),
    set: Object.freeze(function (this: unknown, given: unknown) {
      if (this === prototype || !isObject(this)) {
        throw new TypeError(`${String(key)} of a primordial cannot be changed in a service`);
      }
      Object.defineProperty(this, key, {
        value: given,
        writable: true,
        configurable: true,
        enumerable: true,
      });
    }),
    configurable: false,
  });
}
