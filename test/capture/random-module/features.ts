// What random modules are made of, counted: a proof says how often it met each thing, and a generator
// that has stopped to make one shows it.

export class Features {
  readonly counts = new Map<string, number>();

  count(feature: string): void {
    this.counts.set(feature, (this.counts.get(feature) ?? 0) + 1);
  }

  add(other: Features): void {
    for (const [feature, count] of other.counts) {
      this.counts.set(feature, (this.counts.get(feature) ?? 0) + count);
    }
  }

  /** One line for each feature, the rarest first. */
  table(): string {
    const rows = [...this.counts].toSorted(([, one], [, other]) => one - other);
    return rows.map(([feature, count]) => `  ${String(count).padStart(9)}  ${feature}`).join("\n");
  }
}
