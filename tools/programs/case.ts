// A case: one program, what it is given, and where the truth about its output comes from. The
// table of cases is test/programs/manifest.ts; what each must print is in test/programs/expected/.
import type { ProgramName } from "./recipes.ts";

/** What a file or standard input of a case holds. */
export type Content =
  | string
  /** A file under test/programs/input/. */
  | { readonly input: string }
  /** A file or directory that came with a program. */
  | { readonly of: ProgramName; readonly asset: string }
  /** Made by a generator from its size alone, the same on every machine. */
  | { readonly generated: GeneratedKind; readonly bytes: number };

export type GeneratedKind = "people" | "text" | "catch" | "mixed" | "gzip-of-text" | "spec-words";

/** One start of the program. Arguments name files relative to the case's directory. */
export interface Run {
  readonly args: readonly string[];
  readonly stdin?: Content;
  /** Standard output known beforehand, apart from what was recorded. */
  readonly stdout?: string;
}

export interface Case {
  readonly program: ProgramName;
  /** Unique within its program. */
  readonly name: string;
  /** One after the other in the same directory; or all examples of CommonMark's specification. */
  readonly runs: readonly Run[] | "commonmark-examples";
  /** Files of the case's directory, which the guest sees as "/". */
  readonly files?: Readonly<Record<string, Content>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Files whose content at the end counts too. */
  readonly outputs?: readonly string[];
  /** Native: the Debian build of the same program. Else node:wasi with the same module. */
  readonly expect: "native" | "wasi";
  /** Some run ends with a code other than 0, as it should; else recording refuses one. */
  readonly fails?: boolean;
  /** Standard error must be equal too. */
  readonly compareStderr?: boolean;
  /** Takes more than about three seconds on node:wasi. */
  readonly slow?: boolean;
}

/** A case made ready in a directory: all that is needed to run it on any host. */
export interface PreparedCase {
  readonly module: string;
  /** The host directory that the guest sees as "/". */
  readonly directory: string;
  /** The whole environment of the guest. */
  readonly env: Readonly<Record<string, string>>;
  /** `args` begins with the program's own name; without `stdinPath` standard input is empty. */
  readonly runs: readonly { readonly args: readonly string[]; readonly stdinPath?: string }[];
}

export interface RunResult {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number;
}

/** What a host answers for a prepared case: a result for each run, and the directory after them. */
export interface CaseResult {
  readonly runs: readonly RunResult[];
  readonly directory: string;
}

/** Short text as it is; the length and SHA-256 of anything long or not text. */
export type Digest = string | { readonly bytes: number; readonly sha256: string };

/** What a case must answer, over all its runs in order. */
export interface Expected {
  /** The program and version that said so. */
  readonly by: string;
  readonly exitCodes: readonly number[];
  readonly stdout: Digest;
  readonly stderr?: Digest;
  readonly files?: Readonly<Record<string, Digest>>;
}

/** The name under which a program is started: its variants call themselves by the common name. */
export function commandName(program: ProgramName): string {
  if (program === "sqlite") return "sqlite3";
  return program.replace("-nosetjmp", "");
}

export function caseId(item: Case): string {
  return `${item.program}/${item.name}`;
}
