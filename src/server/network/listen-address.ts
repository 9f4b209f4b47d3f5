// An address to listen on, as people write it: a host and a port with a colon between them, where an
// IPv6 address stands in brackets. Port 0 lets the system choose.

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const portMax = 65_535;

/** The address in a text such as `127.0.0.1:8080`, `localhost:0` or `[::1]:80`; undefined if it is none. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return undefined;
  const port = Number(match?.[3]);
  return port <= portMax ? { host, port } : undefined;
}

export function formatListenAddress({ host, port }: ListenAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
