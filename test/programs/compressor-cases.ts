// Cases of the compressors: round trips, damaged input, and fifty megabytes.
import type { Case, Content, Run } from "../../tools/programs/case.ts";

const mixed = (bytes: number): Content => ({ generated: "mixed", bytes });

/** Compress and unpack again; both files count. */
const bzip2RoundTrip: readonly Run[] = [
  { args: ["-k", "-9", "data"] },
  { args: ["-t", "data.bz2"] },
  { args: ["-d", "-c", "data.bz2"] },
];
const minigzipRoundTrip: readonly Run[] = [{ args: ["-9", "data"] }, { args: ["-d", "data.gz"] }];

const bzip2Cases: readonly Case[] = [
  {
    name: "round-trip",
    files: { data: mixed(600_000) },
    runs: bzip2RoundTrip,
    outputs: ["data", "data.bz2"],
  },
  {
    name: "pipe",
    files: {},
    runs: [{ args: ["-z", "-1"], stdin: mixed(300_000) }],
  },
  {
    name: "wrong",
    fails: true,
    files: { "bad.bz2": "BZh9 this is not compressed", empty: "" },
    runs: [
      { args: ["-d", "-c", "bad.bz2"] },
      { args: ["-t", "absent.bz2"] },
      { args: ["-k", "empty"] },
    ],
    outputs: ["empty.bz2"],
    compareStderr: true,
  },
  {
    name: "fifty-megabytes",
    files: { data: mixed(50_000_000) },
    runs: bzip2RoundTrip,
    outputs: ["data.bz2"],
    slow: true,
  },
].map((item) => ({ program: "bzip2", expect: "native", ...item }));

const minigzipCases: readonly Case[] = [
  {
    name: "compress",
    files: { data: mixed(600_000) },
    runs: [{ args: ["-6", "data"] }],
    outputs: ["data.gz", "data"],
  },
  {
    name: "round-trip",
    files: { data: mixed(600_000) },
    runs: minigzipRoundTrip,
    outputs: ["data", "data.gz"],
  },
  {
    name: "levels",
    files: {},
    runs: ["-1", "-9", "-h", "-r", "-f"].map((level) => ({
      args: [level],
      stdin: mixed(200_000),
    })),
  },
  {
    name: "unpack",
    files: {},
    runs: [{ args: ["-d"], stdin: { generated: "gzip-of-text" as const, bytes: 2_000_000 } }],
  },
  {
    name: "fifty-megabytes",
    files: { data: mixed(50_000_000) },
    runs: minigzipRoundTrip,
    outputs: ["data"],
    slow: true,
  },
].map((item) => ({ program: "minigzip", expect: "native", ...item }));

export const compressorCases: readonly Case[] = [...bzip2Cases, ...minigzipCases];
