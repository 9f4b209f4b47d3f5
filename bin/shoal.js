#!/usr/bin/env node
// The command, as npm installs it. Shoal needs Node 26, and the `node` on a user's path may be older, so
// this file is written for any Node since 18: on 26 it loads the command, and on anything older it runs
// itself again on the Node 26 that came with the package. Nothing else belongs here, since whatever
// this file does is paid at every start: it is CommonJS, since the loader of ES modules alone takes a
// third of Node's own start.
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const nodeMajorNeeded = 26;

/** Commands that run no program are in a file of their own, which is there in half the time. */
const systemCommands = [
  "ps",
  "status",
  "logs",
  "top",
  "up",
  "down",
  "start",
  "stop",
  "restart",
  "rm",
  "kill",
];

if (Number.parseInt(process.versions.node, 10) >= nodeMajorNeeded) {
  runHere();
} else {
  runAgain(findPackagedNode());
}

function runHere() {
  const isSystemCommand = systemCommands.includes(process.argv[2]);
  const file = isSystemCommand ? "cli-system.cjs" : "cli.cjs";
  const compiled = join(__dirname, "..", "dist", file);
  if (existsSync(compiled)) {
    require("./compiled.js").runCompiled(compiled, isSystemCommand || isPlainRun(process.argv));
  }
  // A checkout that was never built runs from source, which Node reads as it is.
  else void import("../src/cli/main.ts");
}

/** One that runs a program in this process, and so calls most of what any command calls. */
function isPlainRun([, , command, ...words]) {
  const others = /^(-h|--help|-d|--detach|--durable(=.*)?|--host-command)$/;
  return command === "run" && !words.some((word) => others.test(word));
}

/** The path of the Node 26 that npm installed for this platform, wherever it was hoisted to. */
function findPackagedNode() {
  const platform =
    process.platform === "darwin" ? "bin-darwin" : process.platform.replace("32", "");
  const name = `node-${platform}-${process.arch}`;
  const file = process.platform === "win32" ? "bin/node.exe" : "bin/node";
  try {
    return require.resolve(`${name}/${file}`);
  } catch {
    console.error(
      `shoal needs Node ${nodeMajorNeeded} and this is Node ${process.versions.node}: ` +
        `install Node ${nodeMajorNeeded} or newer from https://nodejs.org, or reinstall shoal ` +
        `without --omit=optional so that npm brings one along (package ${name}).`,
    );
    process.exit(1);
  }
}

/** Runs this file on another Node and ends as it ends. */
function runAgain(node) {
  const argv = [node, ...process.execArgv, ...process.argv.slice(1)];
  if (process.execve !== undefined) process.execve(node, argv);

  const { spawn } = require("node:child_process");
  // Asking process.stdin instead would open the stream, and the child needs it untouched.
  const { isatty } = require("node:tty");
  const child = spawn(node, argv.slice(1), { stdio: "inherit" });
  const forwarded = passSignalsTo(child, isatty);
  child.on("error", (error) => {
    console.error(`shoal could not start ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // Dying of the same signal tells our parent the truth about the program.
    for (const name of forwarded) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/** Hands the signals that we get on to the child; answers their names. */
function passSignalsTo(child, isatty) {
  const fromTerminal = ["SIGINT", "SIGQUIT"];
  const everywhere = ["SIGINT", "SIGTERM", "SIGHUP"];
  const names =
    process.platform === "win32"
      ? everywhere
      : [...everywhere, "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT"];
  const hasTerminal = [0, 1, 2].some((fd) => isatty(fd));
  for (const name of names) {
    // A terminal sends these to the whole process group, so the child has got them already.
    const isDoubled = hasTerminal && fromTerminal.includes(name);
    process.on(name, () => {
      if (!isDoubled) child.kill(name);
    });
  }
  return names;
}
