// Debian source packages, by apt-get, without touching the system's apt configuration: the
// system's own sources are copied into the cache with "deb" turned into "deb-src", and apt is
// pointed at that copy and at lists of its own. A package is pinned by upstream version; any
// Debian revision of it will do, the newest that the mirror really holds is taken.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, makeOnce } from "./cache.ts";
import { CommandFailure, runCommand } from "./command.ts";

export interface DebianSource {
  readonly package: string;
  /** Upstream part of the version, without epoch and Debian revision. */
  readonly upstreamVersion: string;
  /** Code name of the release that has it; the system's own unless given. */
  readonly release?: string;
}

export interface FetchedSource {
  /** The unpacked tree, with Debian's patches applied. */
  readonly directory: string;
  readonly debianVersion: string;
}

export class SourceUnavailable extends Error {
  override name = "SourceUnavailable";
}

const ifMissing =
  "Debian's sources need Debian or a system derived from it; there, install apt and dpkg-dev. " +
  "Elsewhere build on such a machine (or in a container) and copy its cache directory: " +
  "`node tools/programs/main.ts list` prints where that is.";

const listsMaxAgeMs = 12 * 3600 * 1000;
const versionFile = "debian-version";

/** The unpacked source of a package, fetched once and kept in the cache. */
export async function fetchSource(source: DebianSource): Promise<FetchedSource> {
  const directory = join(cacheDirectory(), "source", `${source.package}-${source.upstreamVersion}`);
  await makeOnce(directory, (draft) => fetchInto(source, draft, unpack));
  const debianVersion = (await readFile(join(directory, versionFile), "utf8")).trim();
  return { directory: join(directory, "tree"), debianVersion };
}

/**
 * Only those files of a package's upstream archive whose paths fit `pattern` (as tar has them), below
 * `directory` and without the first `strip` parts of their paths. For sources so large that unpacking
 * them whole would take minutes; Debian's patches are not applied.
 */
export async function fetchFiles(
  source: DebianSource,
  { pattern, strip, directory }: { pattern: string; strip: number; directory: string },
): Promise<void> {
  await makeOnce(directory, (draft) =>
    fetchInto(source, draft, async (_, version) => {
      const name = `${source.package}_${source.upstreamVersion}.orig.tar.xz`;
      const options = ["--wildcards", `--strip-components=${strip}`];
      await runCommand("tar", ["-xf", name, ...options, pattern], {
        cwd: draft,
        ifMissing: "Install tar and xz-utils.",
      });
      const fetched = await readdir(draft);
      const rest = fetched.filter((file) => file.startsWith(`${source.package}_`));
      await Promise.all(rest.map((file) => rm(join(draft, file))));
      await writeFile(join(draft, versionFile), `${version}\n`);
    }),
  );
}

/** `open` is given the directory that has the archives, and the version that they are of. */
async function fetchInto(
  source: DebianSource,
  draft: string,
  open: (draft: string, version: string) => Promise<void>,
): Promise<void> {
  const apt = await privateApt(source.release);
  const versions = await offeredVersions(apt, source);
  const refusals: string[] = [];
  for (const version of versions) {
    try {
      // apt sees no proxy of ours and no user "_apt": the cache is private to one user.
      const wanted = `${source.package}=${version}`;
      await runCommand(
        "apt-get",
        [...apt, "-o", "APT::Sandbox::User=root", "-q", "source", "--download-only", wanted],
        { cwd: draft, ifMissing },
      );
      await open(draft, version);
      return;
    } catch (error) {
      // A mirror may list a revision that it no longer holds; an older one is as good to us.
      if (!(error instanceof CommandFailure)) throw error;
      refusals.push(`${version}: ${error.message}`);
    }
  }
  throw new SourceUnavailable(
    `source package ${source.package} ${source.upstreamVersion} could not be fetched:\n` +
      refusals.join("\n"),
  );
}

async function unpack(draft: string, version: string): Promise<void> {
  const revision = version.replace(/^\d+:/, "");
  const description = (await readdir(draft)).find((name) => name.endsWith(`_${revision}.dsc`));
  if (description === undefined) {
    throw new SourceUnavailable(`apt-get fetched no description (.dsc) of ${version}`);
  }
  await runCommand("dpkg-source", ["-x", description, "draft-tree"], {
    cwd: draft,
    ifMissing: "Install dpkg-dev.",
  });
  await rename(join(draft, "draft-tree"), join(draft, "tree"));
  await writeFile(join(draft, versionFile), `${version}\n`);
}

/** Revisions of the pinned upstream version, newest first. */
async function offeredVersions(apt: readonly string[], source: DebianSource): Promise<string[]> {
  const text = await runCommand("apt-cache", [...apt, "showsrc", source.package], { ifMissing });
  const all: string[] = [];
  for (const paragraph of text.split("\n\n")) {
    // A binary name also finds its source package, so the name is checked.
    if (!new RegExp(`^Package: ${RegExp.escape(source.package)}$`, "m").test(paragraph)) continue;
    const version = /^Version: (.+)$/m.exec(paragraph)?.[1];
    if (version !== undefined && !all.includes(version)) all.push(version);
  }
  const fitting = all.filter((version) => upstreamPart(version) === source.upstreamVersion);
  if (fitting.length > 0)
    return fitting.toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }));
  throw new SourceUnavailable(
    `Debian's sources here offer ${source.package} ${all.join(", ") || "in no version"}, but the ` +
      `recipe is for ${source.upstreamVersion}. Use Debian 12, or change the recipe in ` +
      "tools/programs/recipes.ts and record the expected outputs again.",
  );
}

export function upstreamPart(version: string): string {
  return version.replace(/^\d+:/, "").replace(/-[^-]*$/, "");
}

/** Options that point apt at our copy of the sources; refreshes its lists when they are old. */
async function privateApt(release?: string): Promise<string[]> {
  const root = join(cacheDirectory(), release === undefined ? "apt" : `apt-${release}`);
  const parts = join(root, "sources");
  const lists = join(root, "lists");
  await mkdir(parts, { recursive: true });
  await mkdir(join(lists, "partial"), { recursive: true });
  await mkdir(join(root, "cache", "archives", "partial"), { recursive: true });
  await copySystemSources(parts, release);
  const settings = {
    "Dir::Etc::SourceList": "/dev/null",
    "Dir::Etc::SourceParts": parts,
    "Dir::State::Lists": lists,
    "Dir::Cache": join(root, "cache"),
  };
  const apt = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const stamp = join(root, "updated");
  const ageMs = existsSync(stamp) ? Date.now() - (await stat(stamp)).mtimeMs : Infinity;
  if (ageMs > listsMaxAgeMs) {
    await runCommand("apt-get", [...apt, "-o", "APT::Sandbox::User=root", "-q", "update"], {
      ifMissing,
    });
    await writeFile(stamp, "");
  }
  return apt;
}

async function copySystemSources(parts: string, release?: string): Promise<void> {
  const own = release === undefined ? undefined : await systemRelease();
  const folder = "/etc/apt/sources.list.d";
  const names = existsSync(folder) ? await readdir(folder) : [];
  const files = names.map((name) => ({ name, path: join(folder, name) }));
  files.push({ name: "system.list", path: "/etc/apt/sources.list" });
  let found = 0;
  for (const { name, path } of files) {
    if (!/\.(list|sources)$/.test(name) || !existsSync(path)) continue;
    const text = await readFile(path, "utf8");
    await writeFile(join(parts, name), sourcesOnly(ofRelease(text, own, release)));
    found += 1;
  }
  if (found === 0) throw new SourceUnavailable(`no apt sources in /etc/apt. ${ifMissing}`);
}

async function systemRelease(): Promise<string | undefined> {
  const about = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^VERSION_CODENAME=(\S+)$/m.exec(about)?.[1];
}

/** The sources of another release in place of the system's own. */
export function ofRelease(text: string, own: string | undefined, other?: string): string {
  if (own === undefined || other === undefined) return text;
  return text.replaceAll(new RegExp(`\\b${RegExp.escape(own)}\\b`, "g"), other);
}

/** Turns binary entries of either syntax of apt's sources into source entries. */
export function sourcesOnly(text: string): string {
  return text.replace(/^deb(?=[\s[])/gm, "deb-src").replace(/^Types:.*$/gm, "Types: deb-src");
}
