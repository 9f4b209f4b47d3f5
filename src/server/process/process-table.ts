// The processes of a system: who made whom, what each is called, and how it ended. A process that has
// ended stays until its parent has been told; one whose parent is gone goes at once.
import { ProcessState } from "../../userlib/index.ts";

export interface ProcessRow {
  readonly pid: number;
  parent: number;
  group: number;
  name: string;
  /** A `ProcessState`. */
  state: number;
  code: number;
  /** The `FaultReason` by which it ended, or 0. */
  fault: number;
  /** The signal that it was told to end by, or 0. */
  signal: number;
}

export class ProcessTable {
  readonly #rows = new Map<number, ProcessRow>();
  #lastPid: number;

  /** The first process is the one after `lastPid`. */
  constructor(lastPid = 0) {
    this.#lastPid = lastPid;
  }

  /** A new process in the group of its parent, or in one of its own. */
  add(parent: number, name: string): ProcessRow {
    const pid = ++this.#lastPid;
    const group = this.#rows.get(parent)?.group ?? pid;
    const row: ProcessRow = {
      pid,
      parent,
      group,
      name,
      state: ProcessState.made,
      code: 0,
      fault: 0,
      signal: 0,
    };
    this.#rows.set(pid, row);
    return row;
  }

  get(pid: number): ProcessRow | undefined {
    return this.#rows.get(pid);
  }

  get rows(): readonly ProcessRow[] {
    return [...this.#rows.values()];
  }

  childrenOf(pid: number): readonly ProcessRow[] {
    return this.rows.filter(({ parent }) => parent === pid);
  }

  isDescendant(pid: number, ancestor: number): boolean {
    for (let row = this.get(pid); row !== undefined; row = this.get(row.parent)) {
      if (row.parent === ancestor) return true;
    }
    return false;
  }

  /** Notes an end. The children go to the system, and so does whatever nobody will ask for. */
  end(row: ProcessRow, code: number, fault: number): void {
    row.state = ProcessState.ended;
    row.code = code;
    row.fault = fault;
    for (const child of this.childrenOf(row.pid)) {
      child.parent = 0;
      if (child.state === ProcessState.ended) this.remove(child.pid);
    }
    if (row.parent === 0) this.remove(row.pid);
  }

  /** All rows, and the last pid that was given out. */
  exportState(): { readonly lastPid: number; readonly rows: readonly ProcessRow[] } {
    return { lastPid: this.#lastPid, rows: this.rows };
  }

  importState({ lastPid, rows }: ReturnType<ProcessTable["exportState"]>): void {
    this.#lastPid = Math.max(this.#lastPid, lastPid);
    for (const row of rows) this.#rows.set(row.pid, { ...row });
  }

  remove(pid: number): void {
    this.#rows.delete(pid);
  }
}
