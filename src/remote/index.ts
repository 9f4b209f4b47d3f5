// The face of remote services: their clients on other cores, over links.
export { RemoteClient, type RemoteClientOptions } from "./remote-client.ts";
export { RemoteService, type RemoteServiceOptions } from "./remote-service.ts";
