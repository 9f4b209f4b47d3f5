// The scripts whose modules are text.
import { testScripts } from "./specification-tests.ts";

testScripts("text");
