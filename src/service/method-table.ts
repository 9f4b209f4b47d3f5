// An object that has whatever method it is asked for. Each is made when it is first looked up, and is a property
// of the object's own from then on: so calls of it are as cheap as those of any object, and only the first goes
// through the proxy, which is the object's prototype.

/**
 * @param methodOf makes the method of a name
 * @param own properties that it has beside its methods
 */
export function methodTable(
  methodOf: (name: string) => unknown,
  own: PropertyDescriptorMap = {},
): object {
  const origin = new Proxy(Object.create(null) as object, {
    get(_, key) {
      // A client is not a promise, whoever awaits it.
      if (typeof key !== "string" || key === "then") return undefined;
      const method = methodOf(key);
      Reflect.defineProperty(table, key, { value: method });
      return method;
    },
  });
  const table = Object.create(origin, own) as object;
  return table;
}
