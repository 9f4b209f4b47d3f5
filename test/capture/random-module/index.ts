// Random modules, from a seed.
export { Features } from "./features.ts";
export { hostFunctions } from "./module-plan.ts";
export { randomModule } from "./write-module.ts";
export type { RandomModule } from "./write-module.ts";
