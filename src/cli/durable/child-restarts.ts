// When the child of a session is started again. One that dies by itself without having answered anything
// is given up after some times; one that is ended from outside never is, but it is waited for a while.
import type { ChildPolicy } from "../../boot/index.ts";
import { RestartPolicy } from "../../supervisor/index.ts";

export class ChildRestarts implements ChildPolicy {
  readonly #own: RestartPolicy;
  readonly #others = new RestartPolicy({ mode: "always", limit: Infinity });

  constructor(limit: number) {
    this.#own = new RestartPolicy({ mode: "always", limit });
  }

  decide({ isOwn, answered }: { isOwn: boolean; answered: number }): number | string {
    const policy = isOwn ? this.#own : this.#others;
    const end = { code: undefined, signal: "SIGKILL", said: undefined, hasServed: true, answered };
    const decision = policy.decide(end, performance.now());
    return decision.restart
      ? decision.afterMs
      : (decision.gaveUp ?? "it is not to be started again");
  }
}
