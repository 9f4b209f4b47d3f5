// Translates one body from the exception handling of before `try_table`. A `try` becomes
//
//   block $done
//     block $clause1                      the last clause is outermost
//       block $clause0                    each results in its payload
//         try_table (catch tag0 $clause0) (catch tag1 $clause1)
//           ... the body
//         end
//         br $done
//       end
//       ... the code of clause 0
//       br $done
//     end
//     ... the code of the last clause
//   end
//
// One that is rethrown catches the exception itself too and keeps it in a local. One that is delegated
// to has a block in its body that results in an exception, and throws what comes out of it; whoever
// delegates branches there.
import { type ByteReader, type ByteWriter, type NoteMove, Opcode } from "../../binary/index.ts";
import { readOpcode, skipImmediates } from "../../binary/index.ts";
import { readBlockType } from "../block-type.ts";
import type { ModuleTypes, Signature } from "../module-types.ts";
import type { TypeList } from "../type-list.ts";
import { Value, type ValueCode } from "../value-code.ts";
import { BlockWriter } from "./block-writer.ts";
import {
  type BodyPlan,
  delegateTarget,
  OldOpcode,
  opensConstruct,
  type TryPlan,
} from "./try-plan.ts";

const Clause = { tag: 0, tagReference: 1, all: 2, allReference: 3 } as const;

/** A construct of the old code that is open. */
interface Open {
  /** The level of its label in the new code. */
  level: number;
  readonly plan: TryPlan | undefined;
  readonly type: Signature;
  /** Level of the block around all of a `try`. */
  readonly doneLevel: number;
  /** Level of the block that delegated exceptions come to. */
  readonly delegateLevel: number;
  /** Local that keeps the exception for a rethrow. */
  readonly local: number;
  isInClause: boolean;
  nextClause: number;
}

export interface BodyContext {
  readonly module: ModuleTypes;
  readonly types: TypeList;
  readonly plan: BodyPlan;
  /** Index of the first local for exceptions. */
  readonly firstLocal: number;
  readonly type: Signature;
  /** Told where in the new body instructions went, if anybody wants to know. */
  readonly noteMove: NoteMove | undefined;
}

export class BodyTranslator {
  readonly #reader: ByteReader;
  readonly #out: ByteWriter;
  readonly #writer: BlockWriter;
  readonly #context: BodyContext;
  readonly #open: Open[] = [];
  #copiedTo: number;
  #nextTry = 0;
  #localCount = 0;

  /** `reader` stands at the code of the body. */
  constructor(reader: ByteReader, out: ByteWriter, context: BodyContext) {
    this.#reader = reader;
    this.#out = out;
    this.#writer = new BlockWriter(out, context.types);
    this.#context = context;
    this.#copiedTo = reader.position;
  }

  translate(): void {
    const { delegatesToCaller } = this.#context.plan;
    if (delegatesToCaller) {
      this.#out.u8(Opcode.block).u8(Value.exnref);
      this.#writer.level++;
    }
    const around = { plan: undefined, doneLevel: 0, local: 0, isInClause: false, nextClause: 0 };
    this.#open.push({
      ...around,
      type: this.#context.type,
      level: 0,
      delegateLevel: this.#writer.level,
    });
    while (this.#open.length > 0) this.#step(delegatesToCaller);
    this.#flush();
  }

  #step(delegatesToCaller: boolean): void {
    const reader = this.#reader;
    const start = reader.position;
    const opcode = readOpcode(reader);
    if (opcode === OldOpcode.try) this.#openTry(start);
    else if (opensConstruct(opcode)) this.#openPlain(opcode);
    else if (opcode === OldOpcode.catch || opcode === OldOpcode.catchAll) {
      if (opcode === OldOpcode.catch) reader.u32();
      this.#openClause(start);
    } else if (opcode === OldOpcode.rethrow) this.#rethrow(start);
    else if (opcode === OldOpcode.delegate) this.#delegate(start);
    else if (opcode === Opcode.end) this.#close(start, delegatesToCaller);
    else this.#copyFlat(opcode);
  }

  #openPlain(opcode: number): void {
    skipImmediates(this.#reader, opcode);
    const around = { plan: undefined, doneLevel: 0, delegateLevel: 0, local: 0 };
    const state = { type: this.#context.type, isInClause: false, nextClause: 0 };
    this.#open.push({ ...around, ...state, level: ++this.#writer.level });
  }

  #openTry(start: number): void {
    const type = readBlockType(this.#reader, this.#context.module);
    this.#cut(start);
    const plan = this.#context.plan.tries[this.#nextTry++];
    const doneLevel = this.#writer.open(Opcode.block, type.parameters, type.results);
    for (const tag of plan.clauses.toReversed()) {
      this.#writer.open(Opcode.block, type.parameters, this.#received(tag, plan.isRethrown));
    }
    if (plan.delegates) this.#writer.open(Opcode.block, type.parameters, [Value.exnref]);
    const level = this.#writer.open(Opcode.tryTable, type.parameters, type.results);
    this.#writeClauses(plan);
    let delegateLevel = 0;
    if (plan.isDelegatedTo) {
      delegateLevel = this.#writer.open(Opcode.block, type.parameters, [Value.exnref]);
    }
    const local = this.#context.firstLocal + this.#localCount;
    if (plan.isRethrown) this.#localCount++;
    const state = { isInClause: false, nextClause: 0 };
    this.#open.push({ level, plan, type, doneLevel, delegateLevel, local, ...state });
  }

  #writeClauses(plan: TryPlan): void {
    const out = this.#out;
    if (plan.delegates) {
      out.u32(1).u8(Clause.allReference).u32(0);
      return;
    }
    out.u32(plan.clauses.length);
    const reference = plan.isRethrown ? 1 : 0;
    plan.clauses.forEach((tag, label) => {
      if (tag === undefined) out.u8(Clause.all + reference).u32(label);
      else
        out
          .u8(Clause.tag + reference)
          .u32(tag)
          .u32(label);
    });
  }

  /** Ends the body, or the clause before, and begins the next clause. */
  #openClause(start: number): void {
    this.#cut(start);
    const open = this.#top();
    if (open.isInClause) this.#writer.branch(open.doneLevel);
    else this.#endBody(open);
    this.#writer.end();
    open.isInClause = true;
    open.level = open.doneLevel;
    open.nextClause++;
    if (open.plan?.isRethrown === true) this.#out.u8(Opcode.localSet).u32(open.local);
  }

  /** Closes the handler behind the body of a `try`; what it results in goes to the end of it all. */
  #endBody(open: Open): void {
    if (open.plan?.isDelegatedTo === true) {
      this.#writer.branch(open.level);
      this.#writer.end();
      this.#out.u8(Opcode.throwRef);
    }
    this.#writer.end();
    this.#writer.branch(open.doneLevel);
  }

  #close(start: number, delegatesToCaller: boolean): void {
    const open = this.#top();
    if (open.plan !== undefined) {
      this.#cut(start);
      if (!open.isInClause) this.#endBody(open);
      this.#writer.end();
    } else if (this.#open.length === 1 && delegatesToCaller) {
      this.#cut(start);
      this.#out.u8(Opcode.return);
      this.#writer.end();
      this.#out.u8(Opcode.throwRef).u8(Opcode.end);
    } else {
      this.#writer.level--;
    }
    this.#open.pop();
  }

  #delegate(start: number): void {
    const depth = this.#reader.u32();
    this.#cut(start);
    const open = this.#top();
    this.#endBody(open);
    this.#writer.end();
    this.#open.pop();
    const target = delegateTarget(this.#open, depth);
    this.#writer.branch((target ?? this.#open[0]).delegateLevel);
    this.#writer.end();
  }

  #rethrow(start: number): void {
    const found = this.#open.at(-1 - this.#reader.u32());
    this.#cut(start);
    this.#out
      .u8(Opcode.localGet)
      .u32(found?.local ?? 0)
      .u8(Opcode.throwRef);
  }

  #copyFlat(opcode: number): void {
    const reader = this.#reader;
    switch (opcode) {
      case Opcode.branch:
      case Opcode.branchIf:
      case Opcode.branchOnNull:
      case Opcode.branchOnNonNull:
        return this.#copyLabel();
      case Opcode.branchTable:
        for (let left = reader.u32() + 1; left > 0; left--) this.#copyLabel();
        return;
      default:
        skipImmediates(reader, opcode);
    }
  }

  #copyLabel(): void {
    this.#flush();
    const depth = this.#reader.u32();
    this.#copiedTo = this.#reader.position;
    const target = this.#open.at(-1 - depth) ?? this.#reader.fail(`there is no label ${depth}`);
    this.#writer.label(target.level);
  }

  #top(): Open {
    return this.#open.at(-1) ?? this.#reader.fail("a body goes on after its end");
  }

  /** What a clause passes to its code. */
  #received(tag: number | undefined, withException: boolean): ValueCode[] {
    const { module } = this.#context;
    const payload = tag === undefined ? [] : (module.types[module.tags[tag]]?.parameters ?? []);
    return withException ? [...payload, Value.exnref] : [...payload];
  }

  #flush(): void {
    this.#cut(this.#reader.position);
  }

  /** What stands from here to the reader is not copied. */
  #cut(start: number): void {
    this.#context.noteMove?.(this.#copiedTo, this.#out.length);
    this.#out.range(this.#reader.bytes, this.#copiedTo, start);
    this.#copiedTo = this.#reader.position;
  }
}
