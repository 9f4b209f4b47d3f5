// All tables of the monitor in one place. A monitor is given them, so that a simulation can plant a mistake in one cell.
import { child, elder, flush } from "./adoption.ts";
import { leader, member } from "./agreement.ts";
import { asker, court } from "./asking.ts";
import { release } from "./release.ts";
import { regent } from "./succession.ts";
import { giver, receiver } from "./transfer.ts";

export interface Protocols {
  readonly giver: typeof giver;
  readonly receiver: typeof receiver;
  readonly release: typeof release;
  readonly child: typeof child;
  readonly elder: typeof elder;
  readonly flush: typeof flush;
  readonly court: typeof court;
  readonly leader: typeof leader;
  readonly member: typeof member;
  readonly asker: typeof asker;
  readonly regent: typeof regent;
}

export const protocols: Protocols = {
  giver,
  receiver,
  release,
  child,
  elder,
  flush,
  court,
  leader,
  member,
  asker,
  regent,
};
