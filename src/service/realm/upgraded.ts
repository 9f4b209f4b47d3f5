// A state that goes on in another form of its service.
import type { Methods, ServiceDefinition } from "../definition.ts";

type Definition = ServiceDefinition<unknown, Methods<unknown>>;

/** The form of the state that a service has. */
export function versionOf({ version = 0 }: Definition): number {
  return version;
}

/** The state as this service has it, of the state that a service of another version had. @throws if there is no way */
export function upgraded(definition: Definition, state: unknown, fromVersion: number): unknown {
  const version = versionOf(definition);
  if (version === fromVersion) return state;
  if (definition.upgrade === undefined) {
    throw new TypeError(
      `the state has version ${fromVersion}, and the new service, of version ${version}, has no upgrade: write ` +
        `upgrade: (state, fromVersion) => ({...}) into it`,
    );
  }
  const made = definition.upgrade(state as never, fromVersion);
  if (made === undefined) throw new TypeError("its upgrade gives no state back");
  if (typeof (made as { readonly then?: unknown } | null)?.then === "function") {
    throw new TypeError("its upgrade gives a promise, and the state has to be there at once");
  }
  return made;
}
