// The face of the entropy server.
export { entropyService } from "./entropy-service.ts";
