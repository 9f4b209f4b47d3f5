// The scripts whose modules are binaries.
import { testScripts } from "./specification-tests.ts";

testScripts("binary");
