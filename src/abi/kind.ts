// The kinds of kernel object. A capability carries the kind of what it names; `stateLayouts` has the
// exported state of each, and `kernel/object/` a file for each.

export const Kind = {
  none: 0,
  space: 1,
  thread: 2,
  endpoint: 3,
  reply: 4,
  endpointSet: 5,
  notification: 6,
  region: 7,
  mutex: 8,
  condition: 9,
  futexQueue: 10,
  timer: 11,
} as const;

export type KindName = Exclude<keyof typeof Kind, "none">;
export type Kind = (typeof Kind)[keyof typeof Kind];

export const kindCount = 12;

const names = new Map<number, string>(Object.entries(Kind).map(([name, value]) => [value, name]));

export function kindName(kind: number): string {
  return names.get(kind) ?? `kind${kind}`;
}
