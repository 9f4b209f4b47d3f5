// Looks for every planted defect, or for those whose place is named, and prints one JSON object per
// defect: where it is, and the failure that shows it. A test reads them; people may, too:
//
//   node sim/defect/main.ts [place...]
import { defects } from "./defects.ts";
import { findDefect } from "./find.ts";

const search = { firstSeed: 1, seeds: 300, events: 1500 };
const places = process.argv.slice(2);

for (const defect of defects) {
  if (places.length > 0 && !places.includes(defect.place)) continue;
  const failure = findDefect(defect, search);
  const found = failure?.message ?? "";
  console.log(JSON.stringify({ place: defect.place, name: defect.name, found }));
}
