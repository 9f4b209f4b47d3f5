// `node test/native/build.ts`: fetches and compiles what the tests of this folder run and that is not in
// the tree. It needs Debian's sources (apt-get and dpkg-source) and a few minutes, once.
import { buildSuite } from "./node-suite.ts";

await buildSuite((line) => process.stderr.write(`${line}\n`));
