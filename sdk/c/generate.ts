// Writes the numbers of the kernel's interface into shoal.h, between two marker comments, from the
// tables of src/abi, so that C and the kernel cannot disagree. Run it after changing the interface:
//
//   node sdk/c/generate.ts
//
// A test fails while the header is not what this writes.
import { readFileSync, writeFileSync } from "node:fs";
import {
  allRights,
  communicationAddress,
  communicationPageBytes,
  defaultPriority,
  Descriptor,
  descriptorWords,
  FaultReason,
  faultLabel,
  forever,
  indirectStringsMax,
  InitialSlot,
  Kind,
  messageBytesMax,
  messageCapabilitiesMax,
  messageExtraWordsMax,
  messageRegionsMax,
  messageWordCount,
  moveFlag,
  portalBytesMax,
  portalNestingMax,
  priorityCount,
  regionBytesMax,
  Register,
  registerCount,
  Right,
  slotsPerSpace,
  stateHeaderWords,
  stateLayouts,
  StackState,
  stateVersion,
  stateWords,
  Status,
  Syscall,
  ThreadState,
  timeoutUsMax,
} from "../../src/abi/index.ts";
import { Binding } from "../../src/kernel/index.ts";
import { PortalForm } from "../../src/kernel/object/endpoint.ts";

export const headerPath = new URL("shoal.h", import.meta.url);

const first = "/* ---- generated from src/abi by sdk/c/generate.ts: do not edit ---- */";
const last = "/* ---- end of what is generated ---- */";

type Numbers = Readonly<Record<string, number>>;

interface NumberGroup {
  readonly prefix: string;
  readonly comment: string;
  readonly numbers: Numbers;
}

const groups: readonly NumberGroup[] = [
  {
    prefix: "STATUS",
    comment: "What a call answers. A refused call has changed nothing.",
    numbers: Status,
  },
  { prefix: "CALL", comment: "The kernel calls.", numbers: Syscall },
  { prefix: "KIND", comment: "Kinds of object.", numbers: Kind },
  {
    prefix: "RIGHT",
    comment: "What a capability allows: a set of bits.",
    numbers: { ...Right, all: allRights },
  },
  { prefix: "SLOT", comment: "Slots that are filled when a program starts.", numbers: InitialSlot },
  { prefix: "PORTAL", comment: "Forms of an endpoint.", numbers: PortalForm },
  { prefix: "BINDING", comment: "What can be bound to a space.", numbers: Binding },
  { prefix: "THREAD", comment: "States of a thread.", numbers: ThreadState },
  { prefix: "STACK", comment: "Where the stack of a thread's code is.", numbers: StackState },
  { prefix: "FAULT", comment: "Why a thread ended without saying so.", numbers: FaultReason },
  {
    prefix: "REGISTER",
    comment: "Words of `struct shoal_registers`.",
    numbers: { ...Register, count: registerCount },
  },
  {
    prefix: "DESCRIPTOR",
    comment: "Words of `struct shoal_descriptor`.",
    numbers: { ...Descriptor, words: descriptorWords },
  },
  {
    prefix: "LIMIT",
    comment: "Limits.",
    numbers: {
      messageWords: messageWordCount,
      messageBytes: messageBytesMax,
      messageExtraWords: messageExtraWordsMax,
      messageIndirectStrings: indirectStringsMax,
      messageCapabilities: messageCapabilitiesMax,
      messageRegions: messageRegionsMax,
      portalBytes: portalBytesMax,
      portalNesting: portalNestingMax,
      regionBytes: regionBytesMax,
      slots: slotsPerSpace,
      priorities: priorityCount,
      defaultPriority,
      timeoutUs: timeoutUsMax,
    },
  },
];

/** Numbers that stand alone, as macros: some do not fit the `int` of an enumerator. */
const macros: Numbers = {
  SHOAL_FOREVER: forever,
  SHOAL_MOVE_FLAG: moveFlag,
  SHOAL_FAULT_LABEL: faultLabel,
  SHOAL_COMMUNICATION_ADDRESS: communicationAddress,
  SHOAL_COMMUNICATION_PAGE_BYTES: communicationPageBytes,
  SHOAL_STATE_VERSION: stateVersion,
};

/** `capabilityMint` as `CAPABILITY_MINT`. */
export function macroName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase();
}

function writeGroup({ prefix, comment, numbers }: NumberGroup): string {
  const lines = Object.entries(numbers).map(
    ([name, value]) => `  SHOAL_${prefix}_${macroName(name)} = ${value},`,
  );
  return [`/* ${comment} */`, "enum {", ...lines, "};"].join("\n");
}

function writeMacro([name, value]: [string, number]): string {
  const text = value > 0x7fff_ffff ? `0x${value.toString(16)}u` : `(${value})`;
  return `#define ${name} ${text}`;
}

/** Word of each field in the state of each kind, and how many words there are. */
function writeStates(): string {
  const kinds = Object.entries(stateLayouts).map(([kind, fields]) => {
    const prefix = `SHOAL_STATE_${macroName(kind)}`;
    let word = stateHeaderWords;
    const lines = fields.map((field) => {
      const line = `  ${prefix}_${macroName(field.name)} = ${word}, /* ${field.meaning} */`;
      word += field.words;
      return line;
    });
    // The keys of the table of layouts are the names of kinds.
    const count = stateWords(kind as keyof typeof stateLayouts);
    return ["enum {", ...lines, `  ${prefix}_COUNT = ${count},`, "};"].join("\n");
  });
  const comment =
    "/* Words of states. The first two of each are its kind and SHOAL_STATE_VERSION. */";
  return [comment, ...kinds].join("\n");
}

export function generated(): string {
  const parts = [
    ...groups.map(writeGroup),
    Object.entries(macros).map(writeMacro).join("\n"),
    writeStates(),
  ];
  return parts.join("\n\n");
}

/** The header with what stands between its markers written anew. */
export function updated(header: string): string {
  const start = header.indexOf(first);
  const end = header.indexOf(last);
  if (start < 0 || end < start) {
    throw new SyntaxError(`shoal.h has lost its markers: put back "${first}" and "${last}"`);
  }
  const head = header.slice(0, start + first.length);
  return `${head}\n\n${generated()}\n\n${header.slice(end)}`;
}

if (import.meta.main) writeFileSync(headerPath, updated(readFileSync(headerPath, "utf8")));
