// The portal floor's kernel written three times in one way, for the ablation: the same path, checks
// and writes as portal-kernel.ts, with rows in typed memory found by number and generation; with ids
// looked up in a map instead; and with control blocks that are objects in a map.
import type { Subject } from "../harness/rounds.ts";
import { instantiate } from "./assemble.ts";
import { engine, exportedFunction } from "./engine.ts";
import { expectedEmptySum } from "./message.ts";
import { emptyCaller, portalServer } from "./programs.wat.ts";

export type PortalVariant = "rows" | "objects" | "mapOfIds";

export const portalVariantName = (variant: PortalVariant): string => `portal/promising/${variant}`;

type Call = (endpoint: number, label: number) => number;
type Serve = (label: number) => number;

const refused = -1;
const running = 1;
const waitingForReply = 2;
const idle = 3;
const serving = 4;
const endpointNumber = 2;
const endpointId = (7 << 16) | endpointNumber;

export function portalVariants(operations: number): Subject[] {
  return [
    variantSubject("rows", rowKernel, operations),
    variantSubject("objects", objectKernel, operations),
    variantSubject("mapOfIds", mapKernel, operations),
  ];
}

function variantSubject(
  variant: PortalVariant,
  kernel: (serve: Serve) => Call,
  operations: number,
): Subject {
  const serve = exportedFunction(instantiate("server", portalServer), "serveEmpty");
  const caller = instantiate("caller", emptyCaller, { kernel: { call: kernel(serve) } });
  const run = engine.promising(exportedFunction(caller, "run"));
  return {
    name: portalVariantName(variant),
    operations,
    expected: expectedEmptySum(operations),
    run: () => run(operations, endpointId),
  };
}

/** Numbers of other objects: a map of one entry would be no map. */
function others(): number[] {
  return Array.from({ length: 4096 }, (_, i) => endpointNumber + 1 + i);
}

interface Block {
  readonly generation: number;
  state: number;
  partner: Block | undefined;
  queueNext: Block | undefined;
  queuePrevious: Block | undefined;
}

function block(generation: number, state: number): Block {
  return {
    generation,
    state,
    partner: undefined,
    queueNext: undefined,
    queuePrevious: undefined,
  };
}

function objectKernel(serve: Serve): Call {
  const caller = block(1, running);
  const blocks = new Map(others().map((number) => [number, block(1, idle)]));
  blocks.set(endpointNumber, block(endpointId >> 16, idle));
  return (endpoint, label) => {
    const found = blocks.get(endpoint & 0xffff);
    if (found === undefined || found.generation !== endpoint >> 16) return refused;
    if (found.state !== idle) return refused;
    found.state = serving;
    found.partner = caller;
    caller.state = waitingForReply;
    caller.partner = found;
    caller.queueNext = found;
    caller.queuePrevious = found;
    const reply = serve(label);
    if (caller.state !== waitingForReply || caller.partner !== found) return refused;
    found.state = idle;
    caller.state = running;
    caller.partner = undefined;
    return reply;
  };
}

const rowWords = 16;
const stateWord = 1;
const partnerWord = 2;
const queueNextWord = 3;
const queuePreviousWord = 4;
const callerRow = rowWords;

const generationWord = 0;

function rowKernel(serve: Serve): Call {
  const rows = new Int32Array(rowWords * 16);
  rows[callerRow + stateWord] = running;
  rows[endpointNumber * rowWords + generationWord] = endpointId >> 16;
  rows[endpointNumber * rowWords + stateWord] = idle;
  return (endpoint, label) => {
    const row = (endpoint & 0xffff) * rowWords;
    if (rows[row + generationWord] !== endpoint >> 16) return refused;
    if (rows[row + stateWord] !== idle) return refused;
    rows[row + stateWord] = serving;
    rows[row + partnerWord] = callerRow;
    rows[callerRow + stateWord] = waitingForReply;
    rows[callerRow + partnerWord] = row;
    rows[callerRow + queueNextWord] = row;
    rows[callerRow + queuePreviousWord] = row;
    const reply = serve(label);
    if (rows[callerRow + stateWord] !== waitingForReply) return refused;
    if (rows[callerRow + partnerWord] !== row) return refused;
    rows[row + stateWord] = idle;
    rows[callerRow + stateWord] = running;
    rows[callerRow + partnerWord] = 0;
    return reply;
  };
}

function mapKernel(serve: Serve): Call {
  const rows = new Int32Array(rowWords * 16);
  const rowOf = new Map(others().map((number) => [(1 << 16) | number, 0]));
  rowOf.set(endpointId, endpointNumber * rowWords);
  rows[callerRow + stateWord] = running;
  rows[endpointNumber * rowWords + stateWord] = idle;
  return (endpoint, label) => {
    const row = rowOf.get(endpoint);
    if (row === undefined || rows[row + stateWord] !== idle) return refused;
    rows[row + stateWord] = serving;
    rows[row + partnerWord] = callerRow;
    rows[callerRow + stateWord] = waitingForReply;
    rows[callerRow + partnerWord] = row;
    rows[callerRow + queueNextWord] = row;
    rows[callerRow + queuePreviousWord] = row;
    const reply = serve(label);
    if (rows[callerRow + stateWord] !== waitingForReply) return refused;
    if (rows[callerRow + partnerWord] !== row) return refused;
    rows[row + stateWord] = idle;
    rows[callerRow + stateWord] = running;
    rows[callerRow + partnerWord] = 0;
    return reply;
  };
}
