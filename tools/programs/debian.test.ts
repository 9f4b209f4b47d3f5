// The pure parts of fetching Debian sources; fetching itself is seen working by `programs build`.
import { describe, expect, it } from "vitest";
import { ofRelease, sourcesOnly, upstreamPart } from "./debian.ts";

describe("Debian sources", () => {
  it("turns binary entries of both syntaxes into source entries and nothing else", () => {
    const text = "# deb http://a b c\ndeb [signed-by=/k] http://a b c\ndeb-src http://a b c\n";
    expect(sourcesOnly(text)).toBe(
      "# deb http://a b c\ndeb-src [signed-by=/k] http://a b c\ndeb-src http://a b c\n",
    );
    expect(sourcesOnly("Types: deb deb-src\nURIs: http://deb.example\n")).toBe(
      "Types: deb-src\nURIs: http://deb.example\n",
    );
  });

  it("asks another release where the system names its own, its updates included", () => {
    const text = "URIs: http://a/debian\nSuites: bookworm bookworm-updates\n";
    expect(ofRelease(text, "bookworm", "trixie")).toBe(
      "URIs: http://a/debian\nSuites: trixie trixie-updates\n",
    );
    expect(ofRelease(text, "bookworm")).toBe(text);
  });

  it("takes the upstream version between the epoch and the last hyphen", () => {
    const versions = ["1:1.2.13.dfsg-1", "2022-09-12-1", "1.6-2.1+deb12u3", "5.4.4-3+deb12u1"];
    expect(versions.map(upstreamPart)).toEqual(["1.2.13.dfsg", "2022-09-12", "1.6", "5.4.4"]);
  });
});
