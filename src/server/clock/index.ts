// The face of the clock server.
export { clockService, type ClockSource } from "./clock-service.ts";
