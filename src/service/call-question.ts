// Questions of a client on their way to bytes. A call is one object, made for each: a function among its
// arguments gets its number when the writer meets it.
import type { CodecWriter, FunctionNumbers } from "./codec-writer.ts";
import type { Question } from "./link.ts";
import { Ask, type CallName } from "./wire.ts";

type GivenFunction = (...args: never[]) => unknown;

export class CallQuestion implements Question {
  readonly label = Ask.call;
  readonly name: CallName;
  readonly method: string;
  readonly value: readonly unknown[];
  readonly isUrgent: boolean;
  /** 1: there are functions among the arguments. */
  word = 0;
  given: GivenFunction[] | undefined;

  constructor(name: CallName, method: string, args: readonly unknown[], isUrgent: boolean) {
    this.name = name;
    this.method = method;
    this.value = args;
    this.isUrgent = isUrgent;
  }

  /** Functions can be asked for only while the call is open. */
  get functions(): FunctionNumbers | undefined {
    return this.isUrgent ? undefined : this;
  }

  numberOf(callback: GivenFunction): number {
    this.word = 1;
    return (this.given ??= []).push(callback) - 1;
  }
}

/** Writes the body of a question. Answers its length. @throws ValueError */
export function writeQuestion(writer: CodecWriter, question: Question): number {
  const { method, value } = question;
  // Whoever asks with a method has its arguments as the value.
  if (method !== undefined) {
    writer.writeCall(method, value as readonly unknown[], question.functions);
  } else if (value === undefined) writer.length = 0;
  else writer.write(value);
  return writer.length;
}
