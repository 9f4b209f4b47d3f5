// What befalls a process of the kill grid: it is lost or stopped at a record of its log, or its program breaks
// there, in WebAssembly, in one of the ways in which programs break.
import type { MessageLog } from "../../src/recovery/index.ts";
import type { Moment } from "./cell.ts";

/**
 * Before or after a record is added; when the log has said that all is stable and its process has not heard
 * it; when an image is kept and the log is not cut yet, or just has been.
 */
export type GridMoment = Moment | "stable" | "beforeCut" | "afterCut";

/** Where a life ends that does not end by itself: at such a moment, from so many records on. */
export interface Kill {
  /** Records that it adds to its log, the last of them only if it is killed after it. */
  readonly records: number;
  readonly moment: GridMoment;
  /** Stopped, it is taken over by another life, and woken up. */
  readonly isStop?: boolean | undefined;
}

/** How a program breaks: it traps, never makes another call, or asks for memory until there is none. */
export type Break = "trap" | "loop" | "memory";

/** What kill-grid-server.c does when it finds the number. */
const breakNumbers: Readonly<Record<Break, number>> = { trap: 1, loop: 2, memory: 3 };

/** Where it looks: at the bottom of its stack, which nothing else gets to. */
const breakAddress = 1024;

/** Has a log end or stop this process, whoever uses it. */
export function arm(log: MessageLog, { records, moment, isStop }: Kill): void {
  let left = records;
  let isDue = true;
  const pass = (at: GridMoment): void => {
    if (at !== moment || left > 0 || !isDue) return;
    isDue = false;
    process.kill(process.pid, isStop === true ? "SIGSTOP" : "SIGKILL");
  };
  const append = log.append.bind(log);
  const whenStable = log.whenStable.bind(log);
  const cut = log.cut.bind(log);
  log.append = (words, length) => {
    left--;
    pass("before");
    const status = append(words, length);
    pass("after");
    return status;
  };
  log.whenStable = (end, then) => {
    whenStable(end, (status) => {
      pass("stable");
      then(status);
    });
  };
  log.cut = (number, image) => {
    pass("beforeCut");
    const status = cut(number, image);
    pass("afterCut");
    return status;
  };
}

/** The memory of whichever program was made last in this process, from now on. */
export function watchMemory(): () => WebAssembly.Memory | undefined {
  let newest: WebAssembly.Memory | undefined;
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, args, newTarget) {
      const made = Reflect.construct(target, args, newTarget) as WebAssembly.Instance;
      const { _start: start, memory } = made.exports;
      if (start !== undefined && memory instanceof WebAssembly.Memory) newest = memory;
      return made;
    },
  });
  return () => newest;
}

/** Has the program break after each record that is added to its log, once. */
export function breakAtRecords(
  log: MessageLog,
  how: Break,
  memory: () => WebAssembly.Memory | undefined,
): void {
  const append = log.append.bind(log);
  log.append = (words, length) => {
    const status = append(words, length);
    const { buffer } = memory()!;
    new Int32Array(buffer)[breakAddress / 4] = breakNumbers[how];
    return status;
  };
}
