// Linking wrappers: a small module between a program and its imports. For each import it has a function
// that first makes the plain call, and only if that answers `leaveStack` suspends the stack; when the
// thread runs again it asks for the answer. So a call that need not wait never pays for being able to.
// And a call that had to wait pays for only one crossing the next time: the wrapper remembers, for each
// of the calls whose registers it writes, and expects the same again. Such a call is the last thing that
// the wrapper does: a stack that was suspended returns through each of its frames at the processor's
// expense, which has forgotten where they return to. What is expected is in words of the register
// file's memory, since the suspending import is then who finds out that it was wrong.
//
// For `shoal.call` and its kin the wrapper writes the registers itself: the register file is a memory
// that it imports, and a short call passes no more than its arguments through JavaScript.
import { forever, leaveStack, Register, Syscall } from "../../abi/index.ts";
import { ByteWriter, type FunctionImport } from "./prepare/index.ts";

/** How one import of the program is linked. */
export interface WrappedImport {
  readonly fact: FunctionImport;
  /** `begin` and `finish` in JavaScript, or what the wrapper does itself on the registers. */
  readonly form: "function" | RegisterForm;
}

/** A call whose registers the wrapper writes, or a look at the registers. */
export type RegisterForm = keyof typeof registerCalls | keyof typeof accessors;

/** Imports that read or write a register: its first word, and whether an index is added. */
export const accessors = {
  label: { register: Register.label, isIndexed: false, isWrite: false },
  badge: { register: Register.badge, isIndexed: false, isWrite: false },
  word: { register: Register.w0, isIndexed: true, isWrite: false },
  set_word: { register: Register.w0, isIndexed: true, isWrite: true },
} as const;

/** The form in which `shoal.NAME` is linked by the wrapper itself, if it is. */
export function registerForm(name: string): RegisterForm | undefined {
  return name in registerCalls || name in accessors ? (name as RegisterForm) : undefined;
}

/** Calls whose registers the wrapper writes: which call, and what its parameters are. */
export const registerCalls = {
  call: { syscall: Syscall.call, parameters: ["a0", "label", "w0", "w1", "w2", "w3", "w4", "w5"] },
  send: { syscall: Syscall.send, parameters: ["a0", "label", "w0", "w1", "w2", "w3", "w4", "w5"] },
  receive: { syscall: Syscall.receive, parameters: ["a0"] },
  reply: {
    syscall: Syscall.reply,
    parameters: ["a0", "label", "w0", "w1", "w2", "w3", "w4", "w5"],
  },
  reply_and_receive: {
    syscall: Syscall.replyAndReceive,
    parameters: ["a0", "label", "w0", "w1", "w2", "w3", "w4", "w5"],
  },
  // With descriptors to send from and to receive into; words are those that `set_word` set.
  call_long: { syscall: Syscall.call, parameters: ["a0", "label", "a1", "a2"] },
  receive_long: { syscall: Syscall.receive, parameters: ["a0", "a2"] },
  reply_and_receive_long: {
    syscall: Syscall.replyAndReceive,
    parameters: ["a0", "label", "a1", "a2"],
  },
} as const;

/** Imports of a wrapper that remember each for itself. */
export const expectationsMax = 1024;

/** Names in the import object of a wrapper module. */
export const wrapperImports = {
  module: "shoal",
  registers: "registers",
  /** Where the words for what is expected begin. */
  expectations: "expectations",
  enter: "enter",
  park: "park",
  enterWaiting: "enterWaiting",
  probe: "probe",
  begin: (index: number) => `begin${index}`,
  finish: (index: number) => `finish${index}`,
  wrapped: (index: number) => `wrapped${index}`,
} as const;

const typeCodes: Readonly<Record<string, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };

const op = {
  call: 0x10,
  returnCall: 0x12,
  localGet: 0x20,
  localTee: 0x22,
  globalGet: 0x23,
  i32Add: 0x6a,
  i32Const: 0x41,
  i64Const: 0x42,
  i64Store: 0x37,
  i32Eq: 0x46,
  i32And: 0x71,
  i32Shl: 0x74,
  i32Load: 0x28,
  i32Store: 0x36,
  if: 0x04,
  loop: 0x03,
  brIf: 0x0d,
  end: 0x0b,
} as const;
const emptyBlock = 0x40;
const exportFunction = 0;

/** The bytes of a wrapper module for these imports, exported as `wrapped0`, `wrapped1`, ... */
export function wrapperModule(
  imports: readonly WrappedImport[],
  hasProbe: boolean,
): Uint8Array<ArrayBuffer> {
  const layout = layOut(imports, hasProbe);
  const out = new ByteWriter(1024);
  out.raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  section(out, 1, typeSection(imports));
  section(out, 2, importSection(imports, layout));
  section(out, 3, functionSection(imports));
  section(out, 7, exportSection(imports, layout));
  section(out, 10, codeSection(imports, layout));
  return out.finish();
}

interface Layout {
  readonly hasProbe: boolean;
  /** Function indices: these four, then begin and finish of each import in JavaScript. */
  readonly enter: number;
  readonly park: number;
  readonly enterWaiting: number;
  readonly probe: number;
  readonly begin: readonly number[];
  readonly finish: readonly number[];
  readonly firstWrapped: number;
}

const enterType = 0;
const voidType = 1;
const waitingType = 2;
const firstOwnType = 3;
/** The one global: where the words for what is expected begin. */
const expectations = 0;

function layOut(imports: readonly WrappedImport[], hasProbe: boolean): Layout {
  let next = hasProbe ? 4 : 3;
  const begin: number[] = [];
  const finish: number[] = [];
  for (const { form } of imports) {
    begin.push(form === "function" ? next++ : -1);
    finish.push(form === "function" ? next++ : -1);
  }
  return {
    hasProbe,
    enter: 0,
    park: 1,
    enterWaiting: 2,
    probe: 3,
    begin,
    finish,
    firstWrapped: next,
  };
}

function section(out: ByteWriter, id: number, body: ByteWriter): void {
  out.u8(id).sized(body.view());
}

/** A function that answers nothing to the program still answers `leaveStack` or not to its wrapper. */
function typeSection(imports: readonly WrappedImport[]): ByteWriter {
  const body = new ByteWriter();
  body.u32(firstOwnType + imports.length * 2);
  body.raw([0x60, 0, 1, 0x7f]);
  body.raw([0x60, 0, 0]);
  body.raw([0x60, 1, 0x7f, 1, 0x7f]);
  for (const { fact } of imports) {
    writeType(body, fact.signature.parameters, fact.signature.results);
    writeType(body, fact.signature.parameters, ["i32"]);
  }
  return body;
}

function writeType(
  body: ByteWriter,
  parameters: readonly string[],
  results: readonly string[],
): void {
  body.u8(0x60).u32(parameters.length);
  for (const type of parameters) body.u8(typeCodes[type]!);
  body.u32(results.length);
  for (const type of results) body.u8(typeCodes[type]!);
}

function importSection(imports: readonly WrappedImport[], layout: Layout): ByteWriter {
  const body = new ByteWriter();
  const functions = layout.firstWrapped;
  body.u32(2 + functions);
  const add = (name: string): ByteWriter => body.name(wrapperImports.module).name(name);
  add(wrapperImports.registers).raw([0x02, 0x01, 1, 1]);
  add(wrapperImports.expectations).raw([0x03, 0x7f, 0]);
  add(wrapperImports.enter).raw([0x00, enterType]);
  add(wrapperImports.park).raw([0x00, voidType]);
  add(wrapperImports.enterWaiting).raw([0x00, waitingType]);
  if (layout.hasProbe) add(wrapperImports.probe).raw([0x00, voidType]);
  imports.forEach(({ form }, i) => {
    if (form !== "function") return;
    const type = firstOwnType + i * 2 + 1;
    add(wrapperImports.begin(i)).u8(0).u32(type);
    add(wrapperImports.finish(i)).u8(0).u32(type);
  });
  return body;
}

function functionSection(imports: readonly WrappedImport[]): ByteWriter {
  const body = new ByteWriter();
  body.u32(imports.length);
  imports.forEach((_, i) => body.u32(firstOwnType + i * 2));
  return body;
}

function exportSection(imports: readonly WrappedImport[], layout: Layout): ByteWriter {
  const body = new ByteWriter();
  body.u32(imports.length);
  imports.forEach((_, i) => {
    body
      .name(wrapperImports.wrapped(i))
      .u8(exportFunction)
      .u32(layout.firstWrapped + i);
  });
  return body;
}

function codeSection(imports: readonly WrappedImport[], layout: Layout): ByteWriter {
  const body = new ByteWriter();
  body.u32(imports.length);
  imports.forEach((one, i) => {
    const code = new ByteWriter();
    if (one.form === "function") writeFunction(code, one.fact, i, layout);
    else if (one.form in accessors) writeAccessor(code, one.form as keyof typeof accessors);
    else writeRegisterCall(code, one.form as keyof typeof registerCalls, i, layout);
    body.sized(code.view());
  });
  return body;
}

/** begin(args); while it answers leaveStack: park, finish(args). */
function writeFunction(code: ByteWriter, fact: FunctionImport, i: number, layout: Layout): void {
  const { parameters, results } = fact.signature;
  const answer = parameters.length;
  code.u32(1).u32(1).u8(0x7f);
  if (layout.hasProbe) code.u8(op.call).u32(layout.probe);
  pushParameters(code, parameters);
  code.u8(op.call).u32(layout.begin[i]!).u8(op.localTee).u32(answer);
  code.u8(op.i32Const).s32(leaveStack).u8(op.i32Eq);
  code.u8(op.if).u8(emptyBlock).u8(op.loop).u8(emptyBlock);
  code.u8(op.call).u32(layout.park);
  pushParameters(code, parameters);
  code.u8(op.call).u32(layout.finish[i]!).u8(op.localTee).u32(answer);
  code.u8(op.i32Const).s32(leaveStack).u8(op.i32Eq).u8(op.brIf).u32(0);
  code.u8(op.end).u8(op.end);
  if (results.length > 0) code.u8(op.localGet).u32(answer);
  code.u8(op.end);
}

function pushParameters(code: ByteWriter, parameters: readonly string[]): void {
  parameters.forEach((_, i) => code.u8(op.localGet).u32(i));
}

function writeRegisterCall(
  code: ByteWriter,
  form: keyof typeof registerCalls,
  i: number,
  layout: Layout,
): void {
  const { syscall, parameters } = registerCalls[form];
  code.u32(0);
  if (layout.hasProbe) code.u8(op.call).u32(layout.probe);
  storeConstant(code, Register.call, syscall);
  storeTwice(code, Register.a1, 0);
  storeConstant(code, Register.a3, 0);
  storeTwice(code, Register.sendTimeout, forever);
  parameters.forEach((name, i) => {
    code.u8(op.i32Const).s32(0).u8(op.localGet).u32(i);
    code
      .u8(op.i32Store)
      .u32(2)
      .u32(Register[name] * 4);
  });
  const expectation = (i % expectationsMax) * 4;
  code.u8(op.globalGet).u32(expectations).u8(op.i32Load).u32(2).u32(expectation);
  code.u8(op.if).u8(emptyBlock);
  code.u8(op.globalGet).u32(expectations).u8(op.i32Const).s32(expectation).u8(op.i32Add);
  code.u8(op.returnCall).u32(layout.enterWaiting).u8(op.end);
  code.u8(op.call).u32(layout.enter).u8(op.if).u8(emptyBlock);
  code.u8(op.globalGet).u32(expectations).u8(op.i32Const).s32(1);
  code.u8(op.i32Store).u32(2).u32(expectation);
  code.u8(op.call).u32(layout.park).u8(op.end);
  code
    .u8(op.i32Const)
    .s32(0)
    .u8(op.i32Load)
    .u32(2)
    .u32(Register.status * 4);
  code.u8(op.end);
}

/** An index is taken modulo eight, so that no program reaches past its message and its badge. */
function writeAccessor(code: ByteWriter, form: keyof typeof accessors): void {
  const { register, isIndexed, isWrite } = accessors[form];
  code.u32(0);
  if (isIndexed) {
    code.u8(op.localGet).u32(0).u8(op.i32Const).s32(7).u8(op.i32And);
    code.u8(op.i32Const).s32(2).u8(op.i32Shl);
  } else code.u8(op.i32Const).s32(0);
  if (isWrite) code.u8(op.localGet).u32(1);
  code
    .u8(isWrite ? op.i32Store : op.i32Load)
    .u32(2)
    .u32(register * 4);
  code.u8(op.end);
}

/** The same word, all zeros or all ones, in a register and the next. */
function storeTwice(code: ByteWriter, register: number, value: 0 | -1): void {
  code.u8(op.i32Const).s32(0).u8(op.i64Const).s32(value);
  code
    .u8(op.i64Store)
    .u32(2)
    .u32(register * 4);
}

function storeConstant(code: ByteWriter, register: number, value: number): void {
  code.u8(op.i32Const).s32(0).u8(op.i32Const).s32(value);
  code
    .u8(op.i32Store)
    .u32(2)
    .u32(register * 4);
}
