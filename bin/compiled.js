// Loads a bundle together with what V8 made of it the last time. Node's own compile cache is written when
// a file has been compiled, and so holds none of the functions that are compiled when they are first called:
// half of what a short run spends. Ours is written when a run has ended, and has them all.
//
// It saves time and nothing else: whatever is wrong with it, the bundle is compiled. Like bin/shoal.js this
// is CommonJS, and nothing here is needed before it is.
"use strict";
const fs = require("node:fs");
const Module = require("node:module");
const { dirname, join } = require("node:path");
const vm = require("node:vm");

/** Two for each version: of the command and of what asks the background system. */
const filesMax = 8;

/** The first line of a bundle: the hash of the rest, which the build put there. */
const stampOf = (source) => /^\/\/ ([0-9a-f]{64})\n/.exec(source)?.[1];

/**
 * Runs a CommonJS bundle. With `isToKeep`, what V8 made of it is kept for the next time when the process
 * ends well, unless that is there already.
 */
function runCompiled(file, isToKeep) {
  const source = fs.readFileSync(file, "utf8");
  const stamp = stampOf(source);
  const directory = cacheDirectory();
  const kept = stamp && directory && join(directory, `${stamp}-${process.version}-${process.arch}`);
  const cachedData = kept && read(kept);
  const script = new vm.Script(
    `(function (exports, require, module, __filename, __dirname) { ${source}\n})`,
    { filename: file, cachedData },
  );
  if (kept && isToKeep && (cachedData === undefined || script.cachedDataRejected)) {
    process.once("exit", (code) => {
      if (code === 0) write(directory, kept, script.createCachedData());
    });
  }
  const bundle = new Module(file);
  // Its other files require it by name, and are to find the one that runs.
  require.cache[file] = bundle;
  const run = script.runInThisContext();
  run(bundle.exports, Module.createRequire(file), bundle, file, dirname(file));
  bundle.loaded = true;
}

/** Beside the prepared programs (src/process/wasm/prepare/cache.ts). */
function cacheDirectory() {
  const { SHOAL_CACHE, XDG_CACHE_HOME, LOCALAPPDATA, HOME } = process.env;
  const shoal =
    SHOAL_CACHE ||
    (XDG_CACHE_HOME && join(XDG_CACHE_HOME, "shoal")) ||
    (LOCALAPPDATA && join(LOCALAPPDATA, "shoal")) ||
    (HOME && process.platform === "darwin" && join(HOME, "Library", "Caches", "shoal")) ||
    (HOME && join(HOME, ".cache", "shoal"));
  return shoal && join(shoal, "command");
}

/**
 * What is kept, if it is sound. V8 runs whatever it is given, so it is there twice: comparing takes
 * a tenth of a millisecond, and loading anything that computes a digest takes four.
 */
function read(file) {
  try {
    const twice = fs.readFileSync(file);
    const once = twice.subarray(0, twice.length / 2);
    return once.equals(twice.subarray(once.length)) ? once : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, also when the power fails. */
function write(directory, file, data) {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    fs.writeFileSync(draft, Buffer.concat([data, data]), { mode: 0o600, flush: true });
    fs.renameSync(draft, file);
    removeOldest(directory);
  } catch {
    tryToRemove(draft);
  }
}

function tryToRemove(file) {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // There is no directory to remove it from.
  }
}

/** Of other versions, of Shoal and of Node. */
function removeOldest(directory) {
  const files = fs.readdirSync(directory).map((name) => join(directory, name));
  const ages = new Map(files.map((file) => [file, fs.statSync(file).mtimeMs]));
  files.sort((one, other) => ages.get(other) - ages.get(one));
  for (const file of files.slice(filesMax)) fs.rmSync(file, { force: true });
}

module.exports = { runCompiled };
