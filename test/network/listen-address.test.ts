// What `--listen` takes for an address, and what it does not.
import { describe, expect, it } from "vitest";
import { formatListenAddress, parseListenAddress } from "../../src/server/network/index.ts";

describe("an address to listen on", () => {
  it.each([
    ["127.0.0.1:8080", "127.0.0.1", 8080],
    ["localhost:0", "localhost", 0],
    ["[::1]:80", "::1", 80],
    ["[::]:65535", "::", 65_535],
    ["0.0.0.0:1", "0.0.0.0", 1],
  ])("is a host and a port: %s", (text, host, port) => {
    expect(parseListenAddress(text)).toEqual({ host, port });
    expect(formatListenAddress({ host, port })).toBe(text);
  });

  it.each([
    "",
    "8080",
    ":80",
    "host",
    "host:",
    "host:65536",
    "host:-1",
    "::1:80",
    "[::1]",
    "a b:1",
    "h:1x",
  ])("is not %j", (text) => {
    expect(parseListenAddress(text)).toBeUndefined();
  });
});
