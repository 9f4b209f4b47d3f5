// Inputs for the programs, generated so that none has to be kept: text with the statistics of
// text, JSON, Markdown. Each is the same on every machine, from one small generator.

/** Numbers below 2^32, the same sequence for the same seed (a 32-bit xorshift). */
export function numbers(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const syllables = ["sho", "al", "ker", "nel", "mes", "sage", "por", "tal", "co", "re", "ti", "on"];

function makeWord(next: () => number): string {
  const length = 1 + (next() % 4);
  return Array.from({ length }, () => syllables[next() % syllables.length]).join("");
}

/** Lines of words, some far more frequent than others, as in any language. */
export function textInput(bytes: number): string {
  const next = numbers(7);
  const words = Array.from({ length: 4000 }, () => makeWord(next));
  const lines: string[] = [];
  for (let length = 0; length < bytes;) {
    // The product of two draws leans to the small, so the first words are the frequent ones.
    const draw = () => words[Math.floor(((next() % 4000) * (next() % 4000)) / 4000)];
    const line = Array.from({ length: 6 + (next() % 8) }, draw).join(" ");
    lines.push(line);
    length += line.length + 1;
  }
  return lines.join("\n") + "\n";
}

export function jsonInput(count: number): string {
  const next = numbers(11);
  const records = Array.from({ length: count }, (_, id) => ({
    id,
    name: makeWord(next),
    score: (next() % 10_000) / 8,
    tags: [makeWord(next), makeWord(next)],
    nested: { even: id % 2 === 0, none: null },
  }));
  return JSON.stringify(records) + "\n";
}

export function markdownInput(sections: number): string {
  const next = numbers(13);
  const sentence = () => Array.from({ length: 12 }, () => makeWord(next)).join(" ");
  const section = (index: number) =>
    `## Section ${index}\n\n${sentence()} **${makeWord(next)}** [${makeWord(next)}](#s${index}).\n` +
    `\n- ${sentence()}\n- \`${makeWord(next)}\` ${sentence()}\n\n> ${sentence()}\n\n` +
    `\`\`\`\n${sentence()}\n\`\`\`\n`;
  return Array.from({ length: sections }, (_, index) => section(index)).join("\n");
}
