// `idle.ts` in a process of its own: ten thousand services are no company for a measurement of time.
import { measureIdle } from "./idle.ts";

const [count, calledCount] = process.argv.slice(2).map(Number);
console.log(JSON.stringify(await measureIdle(count!, calledCount!)));
