// The least that could be called a kernel between a caller and a portal: look the endpoint up by
// number, check its generation, check and flip two states, write the queue words, enter, check
// again, flip back. No rights, no badges, no statistics, one server. It is what the portal call of
// the real kernel is measured against.
//
// Loaded once per subject under a query of its own ("?copy=..."), since V8 keeps what it learns
// about a function with the module: two subjects sharing a copy would be measuring each other.

const rowWords = 16;
const generationWord = 0;
const stateWord = 1;
const partnerWord = 2;
const queueNextWord = 3;
const queuePreviousWord = 4;

const running = 1;
const waitingForReply = 2;
const idle = 3;
const serving = 4;

const callerRow = rowWords;
const endpointNumber = 2;
const endpointGeneration = 7;

export const endpointId: number = (endpointGeneration << 16) | endpointNumber;
export const refused = -1;

const rows = new Int32Array(rowWords * 16);
rows[callerRow + stateWord] = running;
rows[endpointNumber * rowWords + generationWord] = endpointGeneration;
rows[endpointNumber * rowWords + stateWord] = idle;

/** Six words as parameters, as in registers: an array of them would be an allocation a call. */
export type WordService = (
  label: number,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
  w4: number,
  w5: number,
) => number;

export interface Services {
  readonly serveEmpty: (label: number) => number;
  readonly serveWords: WordService;
  readonly serveMessage: (label: number, size: number) => number;
  /** Copies the caller's message to where the server wants it. */
  readonly copy: (from: number, size: number) => void;
}

let serveEmpty: Services["serveEmpty"] = () => refused;
let serveWords: Services["serveWords"] = () => refused;
let serveMessage: Services["serveMessage"] = () => refused;
let copy: Services["copy"] = () => {};

export function bind(services: Services): void {
  ({ serveEmpty, serveWords, serveMessage, copy } = services);
}

export function callEmpty(endpoint: number, label: number): number {
  const row = enter(endpoint);
  return row === refused ? refused : leave(row, serveEmpty(label));
}

export function callWords(
  endpoint: number,
  label: number,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
  w4: number,
  w5: number,
): number {
  const row = enter(endpoint);
  return row === refused ? refused : leave(row, serveWords(label, w0, w1, w2, w3, w4, w5));
}

export function callMessage(endpoint: number, label: number, from: number, size: number): number {
  const row = enter(endpoint);
  if (row === refused) return refused;
  copy(from, size);
  return leave(row, serveMessage(label, size));
}

function enter(endpoint: number): number {
  const row = (endpoint & 0xffff) * rowWords;
  if (rows[row + generationWord] !== endpoint >> 16) return refused;
  if (rows[row + stateWord] !== idle) return refused;
  rows[row + stateWord] = serving;
  rows[row + partnerWord] = callerRow;
  rows[callerRow + stateWord] = waitingForReply;
  rows[callerRow + partnerWord] = row;
  rows[callerRow + queueNextWord] = row;
  rows[callerRow + queuePreviousWord] = row;
  return row;
}

function leave(row: number, reply: number): number {
  if (rows[callerRow + stateWord] !== waitingForReply) return refused;
  if (rows[callerRow + partnerWord] !== row) return refused;
  rows[row + stateWord] = idle;
  rows[callerRow + stateWord] = running;
  rows[callerRow + partnerWord] = 0;
  return reply;
}
