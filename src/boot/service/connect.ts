// `connect("notes")`: a typed client of a service that another OS process of this machine and user runs.
import { ownerOf, placeOf } from "../../server/session/index.ts";
import {
  type Client,
  clientOf,
  type ErrorClass,
  ServiceGoneError,
  type ServiceModule,
} from "../../service/index.ts";
import { RemoteLink } from "./remote-link.ts";

export interface ConnectServiceOptions {
  /** Classes that its errors are instances of here, by their names. */
  readonly errors?: readonly ErrorClass[] | undefined;
  /** Seconds for which a call waits for a service that cannot be reached, such as one that is started again. */
  readonly timeoutSeconds?: number | undefined;
}

const timeoutSecondsDefault = 30;

/**
 * A client of the service that is run under a name: `shoal run --name notes notes.ts`. Calls that are not
 * awaited may overtake each other. It closes with `await using`, or `[Symbol.asyncDispose]()`.
 *
 * @throws ServiceGoneError if nobody runs a service of that name
 */
export async function connect<T extends ServiceModule>(
  name: string,
  { errors, timeoutSeconds = timeoutSecondsDefault }: ConnectServiceOptions = {},
): Promise<Client<T>> {
  const place = placeOf(name);
  if (ownerOf(place.directory) === undefined) {
    throw new ServiceGoneError(
      `there is no service named ${name}: start it with shoal run --name ${name} SERVICE.ts`,
    );
  }
  const link = new RemoteLink({ place, timeoutMs: timeoutSeconds * 1000 });
  const [low, high] = process.getBuiltinModule("node:crypto").randomFillSync(new Int32Array(2));
  return clientOf<T>({ link, errors, identity: [low, high] });
}
