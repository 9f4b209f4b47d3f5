// What clients and services say to each other: labels of messages, and what their words mean. A body is one
// value in MessagePack. docs/internals/services.md has the same as tables.
//
// A call is known to both by three words that its client chose: two of the client, drawn at random, and its number.

/** Labels of requests. w0, w1: the client; w2: the number of its call. */
export const Ask = {
  /** Body: the method's name and the arguments, in one list. w3: 1 if functions are among them. */
  call: 1,
  /** More items of the stream that the call was answered with. w3: how many at most. */
  next: 2,
  /** The stream is not read on, or the call's functions are not there any more. */
  close: 3,
  /** The call is to be given up. Body: the reason. */
  abort: 4,
  /** Answered when the call wants one of the functions called that it was given, or is over. */
  take: 5,
  /** What a function came to. w3: the number of that call of it. Body: an `Outcome`. */
  settle: 6,
} as const;

/** Labels of answers. */
export const Tell = {
  /** Body: the value; no body is `undefined`. */
  value: 0,
  /** Body: an error. */
  error: 1,
  /** The call has answered with a stream. */
  stream: 2,
  /** Body: a list of items. w0: 1 if the stream has ended behind them. */
  items: 3,
  /** Body: the function's number and its arguments, in one list. w0: the number of this call of it. */
  callback: 4,
  /** To `take`: the call is over. */
  over: 5,
} as const;

/** What a function came to: a value, or an error. */
export type Outcome =
  | readonly [isError: false, value: unknown]
  | readonly [isError: true, error: unknown];

/** Which call of which client. */
export interface CallName {
  readonly low: number;
  readonly high: number;
  readonly number: number;
}

/** Items that a stream may be ahead of its reader, unless the reader says otherwise. */
export const itemsAheadDefault = 16;
export const itemsAheadMax = 1024;
