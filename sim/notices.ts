// What the kernel tells adapters to let go of: the minds of threads that have gone, the memories of
// spaces, the stacks of stopped threads. Taken after every event, and before a row can be given out again.
import { abandonScript, isSubject } from "./fault/round-trip.ts";
import { forgetMind, type World } from "./world.ts";

export function takeNotices(world: World): void {
  const { notices } = world.k;
  if (notices.length === 0) return;
  for (const notice of notices) {
    if (notice.notice === "threadStopped") world.leaving.push(notice.thread);
    if (notice.notice === "spaceGone") world.areasTaken[notice.space].clear();
    if (notice.notice !== "threadGone") continue;
    world.goneCount++;
    const mind = world.minds[notice.thread];
    if (mind === undefined) continue;
    world.mutexes.forgetHolder(mind);
    abandonScript(world, mind);
    world.minds[notice.thread] = undefined;
    if (!isSubject(world, mind)) forgetMind(world, mind);
  }
  notices.length = 0;
}
