// `--listen`: opens the sockets that a program is granted, before it starts, so that an address that
// cannot be had is a mistake of the command line and not a surprise of the program's.
import { messageOf } from "../../base/index.ts";
import {
  formatListenAddress,
  type ListenAddress,
  NodeNetwork,
  parseListenAddress,
} from "../../boot/index.ts";
import { ExitCode } from "../exit-code.ts";

export interface Complaints {
  readonly say: (line: string) => void;
  readonly fail: (message: string, code: number) => never;
}

/** The listeners of the addresses, in their order; undefined without any: then there is no network. */
export async function openListeners(
  texts: readonly string[],
  { say, fail }: Complaints,
): Promise<NodeNetwork | undefined> {
  if (texts.length === 0) return undefined;
  const network = new NodeNetwork();
  for (const text of texts) {
    const address = parseListenAddress(text);
    if (address === undefined) {
      return fail(
        `--listen takes HOST:PORT, such as 127.0.0.1:8080 or [::1]:0, not "${text}"`,
        ExitCode.usage,
      );
    }
    try {
      const listener = await network.listen(address);
      if (address.port === 0) say(`listening on ${formatListenAddress(listener.address)}`);
    } catch (error) {
      fail(`--listen ${text}: ${reasonOf(error, address)}`, ExitCode.usage);
    }
  }
  return network;
}

function reasonOf(error: unknown, { host, port }: ListenAddress): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "EADDRINUSE":
      return "somebody listens there already; end them, or give another port (0 for any that is free)";
    case "EACCES":
      return `you may not listen on port ${port}; give one above 1023`;
    case "EADDRNOTAVAIL":
      return `${host} is no address of this machine; give one, or 0.0.0.0 for all`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `there is no host "${host}"`;
    default:
      return messageOf(error);
  }
}
