// The way from code of the host to a service of its system.
import { Register, statusName } from "../../abi/index.ts";
import {
  CodecReader,
  CodecWriter,
  type Link,
  type Question,
  type Reply,
  ServiceGoneError,
} from "../../service/index.ts";
import type { ReadOptions } from "../../service/index.ts";
import type { HostCaller } from "./host-caller.ts";
import type { HostAnswer } from "./host-thread.ts";
import { portalBytesMax } from "../../abi/index.ts";

export function hostLink(caller: HostCaller, slot: number, name: string): Link {
  const writer = new CodecWriter(portalBytesMax);
  const reader = new CodecReader();
  const words = [0, 0, 0, 0, 0, 0];
  let isClosed = false;
  const replyOf = (answer: HostAnswer | undefined, reading: ReadOptions): Reply => {
    if (answer === undefined) throw new ServiceGoneError(`the system of ${name} has ended`);
    const { status, label, registers, bytes, length } = answer;
    if (status !== 0) throw new ServiceGoneError(goneText(name, status));
    const word = registers[Register.w0];
    return { label, word, value: length === 0 ? undefined : reader.read(bytes, length, reading) };
  };
  return {
    ask(question: Question, reading: ReadOptions) {
      if (isClosed) throw new ServiceGoneError(`this client of ${name} was closed`);
      writer.length = 0;
      if (question.value !== undefined) writer.write(question.value, question.functions);
      const { low, high, number } = question.name;
      words[0] = low;
      words[1] = high;
      words[2] = number;
      words[3] = question.word;
      const { bytes, length } = writer;
      const message = { slot, label: question.label, words, bytes, length };
      return caller.call(message, (answer) => replyOf(answer, reading), question.isUrgent);
    },
    after(ms, then) {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    close() {
      isClosed = true;
    },
  };
}

function goneText(name: string, status: number): string {
  return (
    `${name} did not answer (${statusName(status)}): it has ended or broke at this call, and it is not ` +
    "known what became of it"
  );
}
