// The other process of cell.ts: serves one subject after the other, as it is told.
import { join } from "node:path";
import { connectLink, tuneEngine } from "../../src/machine/node/index.ts";
import { channelsOf, type CellSubject, cellSubjects, startsWord } from "./cell.ts";
import { lineServer } from "./floors.ts";
import { rpcServer } from "./ours.ts";

interface Order {
  readonly name: CellSubject;
  readonly count: number;
}

tuneEngine();
const [directory, looks] = process.argv.slice(2);
const [floor, ours] = await Promise.all(
  cellSubjects.map((name) => connectLink(join(directory, name))),
);
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
