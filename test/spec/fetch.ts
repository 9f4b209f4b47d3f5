// `node test/spec/fetch.ts`: fetches the WebAssembly specification's tests, which are not in the tree. It
// needs Debian's sources (apt-get, tar and xz) and half a minute, once.
import { fetchSpecification } from "../../tools/programs/specification.ts";

await fetchSpecification((line) => process.stderr.write(`${line}\n`));
