// What the page on messages says is said: each message in it is found in the source, or in what is printed of it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What Node says, and not we. */
const ofNode = ["Worker terminated due to reaching memory limit: JS heap out of memory"];
/** Shorter ones are found anywhere. */
const fragmentMin = 9;
const gap = "\u0000";

/** All texts of the source, each as it is put together, with a gap for what is filled in. */
function sourceTexts(): string {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  return sources
    .map((file) => readFileSync(join(root, "src", file), "utf8"))
    .map((text) => text.replaceAll(/["'`]\s*\+\s*["'`]/g, ""))
    .map((text) => text.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, gap))
    .join("\n");
}

/** The first columns of the page's tables. */
function messages(): string[] {
  const page = readFileSync(join(root, "docs/guide/troubleshooting.md"), "utf8");
  return Array.from(page.matchAll(/^\| `([^`]+)` \|/gm), ([, message]) => message!);
}

/** The parts of a message that are always the same; the class of an error is said by itself. */
function fragmentsOf(message: string): string[] {
  return message
    .replace(/^[A-Z]\w+Error: /, "")
    .replaceAll(/\{\.\.\.\}|\(\{\.\.\.\}\)/g, (literal) => literal.replaceAll(".", "\u0001"))
    .split("...")
    .map((fragment) => fragment.replaceAll("\u0001", ".").trim())
    .filter((fragment) => fragment.length >= fragmentMin);
}

it("every message of the page on troubleshooting is one that is said", () => {
  const texts = sourceTexts();
  const all = messages();
  expect(all.length).toBeGreaterThan(40);
  const unsaid = all.flatMap((message) => {
    const fragments = fragmentsOf(message);
    if (fragments.length === 0) return [`${message}: too short to be looked for`];
    const missing = fragments.filter(
      (one) => !texts.includes(one) && !ofNode.some((text) => one.includes(text)),
    );
    return missing.map((one) => `${message}: ${one}`);
  });
  expect(unsaid).toEqual([]);
});
