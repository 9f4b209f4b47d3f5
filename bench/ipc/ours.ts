// Shoal's own side of the IPC benchmark: subjects that do through the kernel exactly what a floor
// does by hand (the same programs, labels, messages and sums), each naming the floor it is judged
// by. A caller of ours can always suspend, so its floor is that of a caller that can.
import { messageSizes } from "../floor/index.ts";
import { measures, subjectName } from "./variants.ts";

export interface OursMetric {
  /** The metric's name in the report: portalRpc, portalRpc64B, receiverRpc... */
  readonly metric: string;
  /** The floor as a key of the floors' figures, in the sense of ipc/figures.ts. */
  readonly floor: string;
  readonly subject: string;
}

const ours = (metric: string, measure: string, floor: string): OursMetric => ({
  metric,
  floor,
  subject: subjectName("whole", measure),
});

export const oursMetrics: readonly OursMetric[] = [
  ours("portalRpc", measures.portal, "floorPortalPromising"),
  ours("portalRpc6Words", measures.portalWords, "floorPortalPromising6Words"),
  ...messageSizes.map((size) =>
    ours(`portalRpc${size}B`, measures.portalMessage(size), `floorPortalPromising${size}B`),
  ),
  ours("portalRpcFromTypeScript", measures.fromTypeScript, "floorPortalFromTypeScript"),
  ours("trivialCall", measures.trivial, "importPromising"),
  ours("receiverRpc", measures.receiver, "floorReceiver"),
  ours("receiverRpc6Words", measures.receiverWords, "floorReceiver"),
  ...messageSizes.map((size) =>
    ours(`receiverRpc${size}B`, measures.receiverMessage(size), `floorReceiver${size}B`),
  ),
];
