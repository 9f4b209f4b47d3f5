// One turn of a monitor: what it was given to handle, with what it says while it does. Rules reach everything through it.
import { assert } from "../base/index.ts";
import type { Addressed, Message, Told } from "./message.ts";
import { makeName, type Core, type Name } from "./name.ts";
import type { Protocols } from "./protocols.ts";
import type { MonitorState, ObjectRecord } from "./state.ts";

export class Turn {
  readonly core: MonitorState;
  readonly protocols: Protocols;
  readonly sent: Addressed[] = [];
  readonly told: Told[] = [];

  constructor(core: MonitorState, protocols: Protocols) {
    this.core = core;
    this.protocols = protocols;
  }

  send(to: Core, message: Message): void {
    assert(this.core.members.includes(to), "a monitor writes to members only", to, this.core.me);
    this.sent.push({ to, message });
  }

  /** To everybody in the view, this core too. */
  sendAll(message: Message): void {
    for (const member of this.core.members) this.send(member, message);
  }

  tell(told: Told): void {
    this.told.push(told);
  }

  newName(): Name {
    this.core.names++;
    return makeName(this.core.me, this.core.names);
  }

  recordOf(object: Name): ObjectRecord | undefined {
    return this.core.records.find((record) => record.object === object);
  }

  isMember(core: Core): boolean {
    return this.core.members.includes(core);
  }
}
