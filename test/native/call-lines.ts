// Command lines of the program that makes calls on files: what POSIX says about each, and how it is
// refused. Each line is one process; its calls are made in order.
import type { CommandLine } from "./command-line.ts";

const long = "n".repeat(256);

const lines: readonly (readonly string[])[] = [
  // Opening.
  ["open missing r", "open missing/x r", "open a.txt/x r", "open - r", "open . r", "open . w"],
  ["open dir r", "open dir w", "open dir rw", "open dir wt", "open dir rc", "open dir/ r"],
  ["open a.txt d", "open dir d", "open a.txt/ r", "open missing/ r", "open new/ wc"],
  ["open a.txt wcx", "open dir wcx", "open new wcx", "open new wcx", "stat new"],
  ["open a.txt wt", "stat a.txt", "open b.txt w", "stat b.txt"],
  [`open ${long} r`, `mkdir ${long}`, `rename a.txt ${long}`, `symlink a.txt ${long}`],
  ["open a.txt r", "write 0 x", "open b.txt w", "read 1 4"],
  ["symlink a.txt l", "open l r", "read 0 5", "open l rn", "open l/ r", "open l wcx"],
  ["symlink missing l", "open l r", "open l wc", "write 0 made", "stat missing", "lstat l"],
  ["symlink l l", "open l r", "stat l", "lstat l", "open l/x r"],
  ["symlink b a", "symlink a b", "open a r", "mkdir a", "unlink a", "unlink b"],
  ["symlink dir d", "open d/inner.txt r", "read 0 9", "open d/../a.txt r", "read 1 5", "list d"],
  // Reading, writing, positions.
  ["open a.txt rw", "read 0 5", "write 0 XY", "read 0 3", "seek 0 0 0", "read 0 20"],
  ["open a.txt r", "seek 0 0 2", "seek 0 -3 2", "read 0 9", "seek 0 -1 0", "seek 0 -99 1"],
  ["open a.txt r", "seek 0 100 0", "read 0 5", "seek 0 0 1", "seek 0 0 3", "seek 5 0 0"],
  ["open new rwc", "write 0 ab", "seek 0 6 0", "write 0 z", "pread 0 20 0", "fstat 0"],
  ["open new rwc", "pwrite 0 abc 4", "seek 0 0 1", "pread 0 9 0", "pread 0 9 -1", "pread 0 9 99"],
  ["open a.txt rwa", "write 0 more", "seek 0 0 1", "seek 0 0 0", "write 0 !", "pread 0 40 0"],
  ["open a.txt wa", "open a.txt wa", "write 0 1", "write 1 2", "write 0 3", "stat a.txt"],
  ["open a.txt rw", "truncate 0 3", "pread 0 9 0", "truncate 0 6", "pread 0 9 0", "truncate 0 -1"],
  ["open a.txt r", "truncate 0 1", "open dir r", "truncate 1 0", "truncate 7 0"],
  ["open new rwc", "allocate 0 0 10", "fstat 0", "allocate 0 0 4", "fstat 0", "allocate 0 -1 4"],
  ["open new rwc", "allocate 0 0 0", "open a.txt r", "allocate 1 0 10", "allocate 9 0 10"],
  ["open a.txt r", "advise 0 0 0", "advise 0 0 -1", "advise 9 0 0"],
  ["open a.txt rw", "sync 0", "datasync 0", "sync 9", "open dir r", "sync 1"],
  ["read 0 1", "write 0 x", "close 0", "fstat 0", "flags 0"],
  ["open dir r", "read 0 5", "write 0 x", "fstat 0", "close 0", "close 0"],
  ["open a.txt r", "flags 0", "open a.txt wa", "flags 1", "open a.txt rw", "flags 2"],
  ["open a.txt rw", "setflags 0 a", "flags 0", "write 0 end", "setflags 0 n", "flags 0"],
  // Directories.
  ["mkdir d", "mkdir d", "mkdir d/e/", "mkdir x/y", "mkdir a.txt/x", "mkdir .", "mkdir -"],
  ["rmdir dir", "rmdir missing", "rmdir a.txt", "mkdir d", "rmdir d/", "rmdir d", "rmdir -"],
  ["mkdir d", "rmdir d/.", "rmdir d/..", "rmdir .", "list ."],
  ["symlink dir l", "rmdir l", "rmdir l/", "unlink l/", "unlink l"],
  ["unlink dir", "unlink missing", "unlink a.txt/", "unlink a.txt", "access a.txt", "unlink dir/"],
  ["open a.txt rw", "unlink a.txt", "read 0 5", "write 0 Z", "fstat 0", "stat a.txt"],
  ["list dir", "list missing", "list a.txt", "list ."],
  ["mkdir d", "open d/1 wc", "open d/2 wc", "open d/3 wc", "seekdir d 0", "seekdir d 2", "list d"],
  ["seekdir dir 1", "seekdir dir 3", "seekdir . 5", "seekdir missing 1"],
  ["mkdir d", "open d r", "rmdir d", "stat d", "fstat 0", "mkdir d"],
  // Renaming.
  [
    "rename a.txt c.txt",
    "access a.txt",
    "stat c.txt",
    "rename missing x",
    "rename c.txt missing/x",
  ],
  ["rename a.txt b.txt", "list .", "stat b.txt", "rename b.txt b.txt"],
  ["rename a.txt dir", "rename dir a.txt", "rename dir dir", "rename dir dir/x"],
  ["mkdir d", "rename d dir", "rename dir d", "list d", "access dir"],
  ["mkdir d", "mkdir d/e", "rename d/e d", "rename d d/e/f", "rename . x", "rename d ."],
  ["rename a.txt x/", "rename dir x/", "rename x y/", "rename a.txt/ x", "list ."],
  ["link a.txt h", "rename a.txt h", "stat a.txt", "stat h"],
  ["symlink a.txt l", "rename l m", "lstat m", "readlink m 20", "rename m a.txt", "lstat a.txt"],
  ["symlink dir l", "rename a.txt l/moved", "list dir", "rename l/moved back", "access back"],
  ["open b.txt r", "rename a.txt b.txt", "read 0 5", "stat b.txt"],
  // Links.
  ["link a.txt h", "stat a.txt", "stat h", "open h wa", "write 0 x", "stat a.txt", "unlink a.txt"],
  ["link dir h", "link missing h", "link a.txt b.txt", "link a.txt dir", "link a.txt x/y"],
  ["link a.txt/ h", "link a.txt h/", "link a.txt -", "link - h"],
  ["symlink x l", "symlink y l", "symlink x dir", "symlink x new/", "symlink x m/n", "symlink - e"],
  ["symlink long/target l", "readlink l 4", "readlink l 100", "readlink a.txt 9", "readlink l 0"],
  ["readlink missing 9", "readlink dir 9", "readlink a.txt/x 9", "readlink dir/missing 9"],
  // Times and what is known of a file.
  ["times a.txt 1000 2000", "times missing 1 2", "times dir 5 6", "times a.txt/x 1 1"],
  ["symlink a.txt l", "ltimes l 7 8", "times l 30 40", "ltimes a.txt 1 2", "stat a.txt"],
  ["stat a.txt", "stat dir", "stat missing", "stat a.txt/", "stat dir/", "stat dir/.", "stat -"],
  [
    "lstat dir/../a.txt",
    "stat a.txt/..",
    "stat missing/..",
    "stat ./././dir",
    "stat dir//inner.txt",
  ],
  ["access a.txt", "access dir", "access missing", "access a.txt/x", "access -"],
  ["open empty r", "read 0 5", "fstat 0", "seek 0 0 2", "pread 0 4 0"],
  ["nonsense"],
];

/** Refusals, each in a process of its own. */
const oneByOne: readonly string[] = [
  "open nothing/at/all r",
  "open a.txt rx",
  "open dir rt",
  "open ./a.txt r",
  "open dir/.. r",
  "stat dir/inner.txt/x",
  "lstat dir/",
  "rename dir/ a.txt",
  "rename a.txt a.txt/x",
  "mkdir dir/inner.txt/x",
  "rmdir dir/inner.txt",
  "unlink .",
  "unlink ..",
  "link . x",
  "symlink a.txt .",
  "rename missing missing",
  "rename missing/ x",
  "list dir/inner.txt",
];

export const callLines: readonly CommandLine[] = [...lines, ...oneByOne.map((one) => [one])].map(
  (args) => ({ subject: "calls", args }),
);
