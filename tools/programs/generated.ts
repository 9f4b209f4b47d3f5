// Large inputs made here instead of committed. Each generator depends on the wanted size alone, so
// that a recorded expected output holds on every machine.
import { gzipSync } from "node:zlib";
import type { GeneratedKind } from "./case.ts";

const chunkBytes = 1 << 16;

export function generateContent(kind: GeneratedKind, bytes: number): Uint8Array {
  return generators[kind](bytes);
}

const generators: Readonly<Record<GeneratedKind, (bytes: number) => Uint8Array>> = {
  people,
  text: (bytes) => prose(bytes, "."),
  catch: fishCatch,
  mixed,
  // Level and content fix the bytes on one zlib; only the unpacked content is ever compared.
  "gzip-of-text": (bytes) => gzipSync(prose(bytes, ".")),
  "spec-words": (bytes) => prose(bytes, ".\n\n## Heading *with* `code`\n\n- item [link](a/b)\n"),
};

/** A linear congruential generator: integers below `limit`. */
function drawing(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * limit);
  };
}

/** Calls `piece` until at least `bytes` characters of ASCII are there. */
function gather(bytes: number, piece: (index: number) => string): Buffer {
  const chunks: Buffer[] = [];
  let pending = "";
  let total = 0;
  for (let index = 0; total + pending.length < bytes; index += 1) {
    pending += piece(index);
    if (pending.length < chunkBytes) continue;
    chunks.push(Buffer.from(pending));
    total += pending.length;
    pending = "";
  }
  chunks.push(Buffer.from(pending));
  return Buffer.concat(chunks);
}

const words =
  "the kernel passes a message to the server and waits while another thread runs until reply " +
  "capability channel image restore journal fish shoal swims core memory table bounded never";
const dictionary = words.split(" ");

function prose(bytes: number, end: string): Buffer {
  const draw = drawing(11);
  const word = (): string => dictionary[draw(dictionary.length)];
  return gather(bytes, () => {
    const sentence = Array.from({ length: 5 + draw(12) }, word);
    return `${sentence.join(" ")}${end}${draw(5) === 0 ? "\n" : " "}`;
  });
}

/** One JSON array of objects. */
function people(bytes: number): Buffer {
  const draw = drawing(5);
  const word = (): string => dictionary[draw(dictionary.length)];
  const cities = ["Bergen", "Cork", "Porto", "Riga", "Split", "Tallinn"];
  const body = gather(bytes - 4, (index) => {
    const person = {
      id: index,
      name: `${word()} ${word()}`,
      city: cities[draw(cities.length)],
      score: draw(10000) / 4,
      tags: [dictionary[draw(8)], dictionary[draw(8)]],
      nested: { level: draw(9), on: draw(2) === 1, none: null, text: 'quo"te\n' },
    };
    return `${index === 0 ? "" : ",\n"}${JSON.stringify(person)}`;
  });
  return Buffer.concat([Buffer.from("[\n"), body, Buffer.from("\n]")]);
}

/** Comma-separated values with a heading. */
function fishCatch(bytes: number): Buffer {
  const draw = drawing(3);
  const fish = ["cod", "eel", "hake", "ray"];
  return gather(bytes, (index) => {
    if (index === 0) return "fish,day,kg,place\n";
    const kg = draw(10000) / 100;
    return `${fish[draw(4)]},${1 + draw(365)},${kg},${dictionary[draw(dictionary.length)]}\n`;
  });
}

/** Prose, zeros and noise by turns: parts that a compressor shrinks well, wholly and not at all. */
function mixed(bytes: number): Buffer {
  const draw = drawing(9);
  const result = prose(bytes, ".").subarray(0, bytes);
  for (let at = 0; at + chunkBytes <= bytes; at += chunkBytes) {
    const turn = draw(4);
    if (turn === 0) result.fill(0, at, at + chunkBytes);
    if (turn !== 1) continue;
    for (let index = at; index < at + chunkBytes; index += 1) result[index] = draw(256);
  }
  return result;
}
