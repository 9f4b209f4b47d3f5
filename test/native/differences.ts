// Where a command line answers otherwise on Shoal than as a native program, and why that is as it should
// be. The test makes sure that these lines differ, and in nothing but the parts named.
import type { Answer } from "./command-line.ts";

export interface Difference {
  readonly why: string;
  readonly parts: readonly (keyof Answer)[];
  readonly lines: readonly string[];
}

export const differences: readonly Difference[] = [
  {
    why:
      'the libc of WASI takes an empty path for ".", before it asks its host, which would answer ' +
      "ENOENT as POSIX has it",
    parts: ["stdout"],
    lines: [
      "calls 'open missing r' 'open missing/x r' 'open a.txt/x r' 'open - r' 'open . r' 'open . w'",
      "calls 'mkdir d' 'mkdir d' 'mkdir d/e/' 'mkdir x/y' 'mkdir a.txt/x' 'mkdir .' 'mkdir -'",
      "calls 'rmdir dir' 'rmdir missing' 'rmdir a.txt' 'mkdir d' 'rmdir d/' 'rmdir d' 'rmdir -'",
      "calls 'link a.txt/ h' 'link a.txt h/' 'link a.txt -' 'link - h'",
      "calls 'stat a.txt' 'stat dir' 'stat missing' 'stat a.txt/' 'stat dir/' 'stat dir/.' 'stat -'",
      "calls 'access a.txt' 'access dir' 'access missing' 'access a.txt/x' 'access -'",
    ],
  },
  {
    why: "nothing above the granted directory is there: WASI has an errno of its own for that",
    parts: ["stdout"],
    lines: ["calls 'unlink ..'"],
  },
  {
    why: "Lua prints errno as a number, and WASI numbers its errnos otherwise than Linux",
    parts: ["stdout"],
    lines: [
      "lua -e 'print(io.open('missing'))'",
      "lua -e 'print(io.open('dir', 'w'))'",
      "lua -e 'print(io.open('missing/x', 'w'))'",
      "lua -e 'print(os.rename('missing', 'x'))'",
      "lua -e 'print(os.remove('missing'))'",
      "lua -e 'print(os.remove('dir'))'",
      "lua -e 'print(os.remove('a.txt'), io.open('a.txt'))'",
    ],
  },
  {
    why: "Debian builds its Lua with search paths of its own, which it names in the message",
    parts: ["stderr"],
    lines: ["lua -e 'print(require('missing'))'", "lua -l missing"],
  },
  {
    why: "our jq is built without its library of regular expressions, and says so",
    parts: ["stderr"],
    lines: ["jq 'splits(\"a\")' data.json"],
  },
  {
    why: "our jq is built without its library of regular expressions, and the filter needs it",
    parts: ["stderr", "stdout", "exitCode"],
    lines: ["jq -c '.name | test(\"s\")' data.json"],
  },
  {
    why: "the module is made of a later Debian revision, which reads words that begin as nan anew",
    parts: ["stderr"],
    lines: ['jq -c . <<< "nul"'],
  },
  {
    why: "the two C libraries have different texts for ENOTTY",
    parts: ["stderr"],
    lines: ['bzip2 -dc <<< ""'],
  },
  {
    why: "the two C libraries complain of a wrong option in different words",
    parts: ["stderr"],
    lines: ["figlet -Z"],
  },
];
