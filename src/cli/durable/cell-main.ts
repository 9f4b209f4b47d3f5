// The program of a cell, in a bundle of its own: settings as a word of JSON, then the file that its cores run
// and their words.
import { enableCompileCache } from "node:module";
import { keepCore } from "./cell.ts";
import type { CellSettings } from "./cell-settings.ts";

enableCompileCache();
const [, , settings, file, ...argv] = process.argv;
// Written by the supervisor of the same version.
const parsed = JSON.parse(settings ?? "") as CellSettings;
void keepCore(parsed, { file: file ?? "", argv }).then((code) => process.exit(code));
