// One of the processes of the escape fuzz: a program that walks through a granted tree in every way there
// is, while others change it. It tells what it got to see that lies outside, which must be nothing, and
// how its calls ended, so that a run in which nothing happened does not count.
import { Random } from "../../src/base/index.ts";
import { fileService, HostDirectory } from "../../src/server/files/index.ts";
import { NodeFiles } from "../../src/server/node/index.ts";
import { OpenFlag } from "../../src/userlib/index.ts";
import { bothRights, Guest, type Stat } from "./guest.ts";

/** What the parent process tells and hears. */
export interface GuestJob {
  readonly granted: string;
  readonly seed: number;
  readonly steps: number;
  /** As `NodeFiles` takes it. */
  readonly callsUntilFast: number;
  /** Inodes of everything outside. */
  readonly outside: readonly string[];
}

export interface GuestReport {
  readonly escapes: readonly string[];
  /** How often each errno was answered, and 0 for what was done. */
  readonly answers: Readonly<Record<string, number>>;
}

const names = ["a", "b", "c", "..", ".", "secret"];

class Walker {
  readonly escapes: string[] = [];
  readonly answers: Record<string, number> = {};
  readonly #g = new Guest();
  readonly #random: Random;
  readonly #outside: ReadonlySet<string>;
  #path = "";

  constructor({ granted, seed, callsUntilFast, outside }: GuestJob) {
    this.#random = new Random(seed, "guest");
    this.#outside = new Set(outside);
    const tree = new HostDirectory(new NodeFiles(true, callsUntilFast), granted);
    this.#g.grant(10, fileService("fuzz", tree), "/");
  }

  step(): void {
    this.#path = this.#pick();
    this.#random.pick(this.#acts)();
  }

  #pick(): string {
    const depth = this.#random.between(1, 4);
    return Array.from({ length: depth }, () => this.#random.pick(names)).join("/");
  }

  readonly #acts: readonly (() => void)[] = [
    () => this.#read(),
    () => this.#read(),
    () => this.#write(),
    () => this.#list(),
    () => this.#stat(true),
    () => this.#stat(false),
    () => this.#count(this.#g.mkdir(this.#path)),
    () => this.#count(this.#g.unlink(this.#path)),
    () => this.#count(this.#g.rmdir(this.#path)),
    () => this.#count(this.#g.rename(this.#path, this.#pick())),
    () => this.#count(this.#g.link(this.#path, this.#pick(), true)),
    () => this.#count(this.#g.symlink(this.#random.pick(["..", "../..", "b", "/"]), this.#path)),
    () =>
      this.#count(
        0 - this.#g.call("path_filestat_set_times", 3, 1, ...this.#g.put(this.#path), 5n, 5n, 5),
      ),
  ];

  #count(answer: number): boolean {
    const key = String(Math.min(answer, 0));
    this.answers[key] = (this.answers[key] ?? 0) + 1;
    return answer >= 0;
  }

  #read(): void {
    const fd = this.#g.open(this.#path);
    if (!this.#count(fd)) return;
    const text = this.#g.read(fd, 100);
    if (typeof text === "string" && text.includes("secret")) this.#escaped("read", text);
    this.#checkInode("open", this.#g.fstat(fd));
    this.#g.close(fd);
  }

  #write(): void {
    const flags = this.#random.pick([OpenFlag.create, OpenFlag.truncate, OpenFlag.create | 8]);
    const fd = this.#g.open(this.#path, { flags, rights: bothRights });
    if (!this.#count(fd)) return;
    this.#checkInode("write", this.#g.fstat(fd));
    this.#g.write(fd, "public");
    this.#g.close(fd);
  }

  #list(): void {
    const fd = this.#g.open(this.#path, { flags: OpenFlag.directory });
    if (!this.#count(fd)) return;
    const listing = this.#g.readdir(fd, 4096);
    const entries = typeof listing === "number" ? [] : listing.entries;
    // The directory above a granted one is not told: it is its own.
    for (const { name, inode } of entries) {
      if (name === "only-outside" || this.#outside.has(String(inode))) this.#escaped("list", name);
    }
    this.#g.close(fd);
  }

  #stat(follows: boolean): void {
    const stat = this.#g.stat(this.#path, follows);
    if (this.#count(typeof stat === "number" ? stat : 0)) this.#checkInode("stat", stat);
  }

  #checkInode(how: string, stat: Stat | number): void {
    if (typeof stat !== "number" && this.#outside.has(String(stat.inode))) {
      this.#escaped(how, `inode ${stat.inode}`);
    }
  }

  #escaped(how: string, what: string): void {
    this.escapes.push(`${how} ${this.#path}: ${what}`);
  }
}

// Written by the test that starts this and by nothing else.
const job = JSON.parse(process.argv[2] ?? "") as GuestJob;
const walker = new Walker(job);
for (let i = 0; i < job.steps; i++) walker.step();
const report: GuestReport = { escapes: walker.escapes, answers: walker.answers };
process.stdout.write(JSON.stringify(report));
