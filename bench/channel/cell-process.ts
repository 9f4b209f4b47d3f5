// The other process of cell.ts: serves one subject after the other, as it is told.
import { connectLink } from "../../src/machine/node/index.ts";
import { channelsOf, type CellSubject, startsWord } from "./cell.ts";
import { lineServer } from "./floors.ts";
import { rpcServer } from "./ours.ts";

interface Order {
  readonly name: CellSubject;
  readonly count: number;
}

const [path, looks] = process.argv.slice(2);
const floor = await connectLink(path);
const ours = await connectLink(path);
const servers: Record<CellSubject, (count: number) => void> = {
  floorCell: lineServer(channelsOf(floor)),
  cellRpc: rpcServer(ours, Number(looks)),
};

// Sent by cell.ts.
process.on("message", (order) => {
  const { name, count } = order as Order;
  Atomics.add(floor.outgoing, startsWord, 1);
  servers[name](count);
});
process.on("disconnect", () => process.exit());
process.send!("ready");
