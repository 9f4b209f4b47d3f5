// Whether what a module exports is a service, and if not, what to do about it.

/** What is wrong; nothing if it is one. */
export function definitionFault(module: unknown): string {
  const definition = (module as { readonly default?: unknown } | undefined)?.default;
  if (typeof definition !== "object" || definition === null) {
    return "it has no default export: write export default service({ state, methods })";
  }
  const { methods, state } = definition as { readonly methods?: unknown; readonly state?: unknown };
  if (typeof methods !== "object" || methods === null) {
    return "its default export has no methods: write service({ methods: { name(context) {...} } })";
  }
  const wrong = Object.entries(methods).find(([, method]) => typeof method !== "function");
  if (wrong !== undefined) return `its method ${wrong[0]} is not a function`;
  if (state !== undefined && typeof state !== "function") {
    return "its state is not a function: write state: () => ({...}), so that each start has its own";
  }
  return upgradeFault(definition);
}

function upgradeFault({ version, upgrade }: { version?: unknown; upgrade?: unknown }): string {
  if (version !== undefined && !Number.isSafeInteger(version)) {
    return "its version is not a whole number: it counts the forms that its state has had";
  }
  if (upgrade !== undefined && typeof upgrade !== "function") {
    return "its upgrade is not a function: write upgrade: (state, fromVersion) => ({...})";
  }
  return "";
}
