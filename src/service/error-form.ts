// Errors as they cross a boundary: class, message, code, cause and fields stay; the stack, which is of the
// other side, goes along as text. A class that the other side knows is that class again; of others the name is kept.

/** What is sent of an error. */
export interface ErrorForm {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
  readonly errors?: unknown;
  /** Its own enumerable fields, `code` among them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type ErrorClass = new (...args: never[]) => Error;

const known: Readonly<Record<string, new (message: string) => Error>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

const apart = new Set(["name", "message", "stack", "cause", "errors"]);

export function writeError(error: Error): ErrorForm {
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (apart.has(key)) continue;
    const value = (error as unknown as Record<string, unknown>)[key];
    if (typeof value !== "function" && typeof value !== "symbol") fields[key] = value;
  }
  const { message, cause } = error;
  return {
    name: nameOf(error),
    message: String(message),
    ...(typeof error.stack === "string" ? { stack: error.stack } : {}),
    ...(cause === undefined ? {} : { cause }),
    ...("errors" in error ? { errors: error.errors } : {}),
    fields,
  };
}

/** The name given to it, or that of its class: many classes do not name their instances. */
function nameOf(error: Error): string {
  const { name } = error;
  if (typeof name === "string" && name !== "Error") return name;
  const own = (error.constructor as { readonly name?: unknown } | undefined)?.name;
  return typeof own === "string" && own !== "" ? own : "Error";
}

/** @param classes Those of the receiver, by name. */
export function readError(form: ErrorForm, classes?: ReadonlyMap<string, ErrorClass>): Error {
  const { name, message, cause, errors, fields } = form;
  const error = makeError(String(name), String(message), errors, classes);
  if (cause !== undefined) define(error, "cause", cause);
  if (typeof form.stack === "string") define(error, "stack", form.stack);
  for (const key of Object.keys(fields ?? {})) {
    if (!apart.has(key)) Object.defineProperty(error, key, shown(fields[key]));
  }
  return error;
}

function makeError(
  name: string,
  message: string,
  errors: unknown,
  classes: ReadonlyMap<string, ErrorClass> | undefined,
): Error {
  const own = classes?.get(name);
  if (own !== undefined) {
    // Its constructor may want anything: the instance is made without.
    const error = new Error(message);
    Object.setPrototypeOf(error, own.prototype as object);
    if (error.name !== name) define(error, "name", name);
    return error;
  }
  if (name === "AggregateError") {
    return new AggregateError(Array.isArray(errors) ? errors : [], message);
  }
  const error = new (Object.hasOwn(known, name) ? known[name] : Error)(message);
  if (error.name !== name) define(error, "name", name);
  return error;
}

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true });
}

function shown(value: unknown): PropertyDescriptor {
  return { value, writable: true, configurable: true, enumerable: true };
}
