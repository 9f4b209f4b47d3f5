// The flags with which a file of the host is opened. Links are never followed.
import { constants } from "node:fs";
import { Access } from "../../userlib/index.ts";
import type { HostOpen } from "../files/index.ts";

const { O_CREAT, O_EXCL, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_TRUNC } = constants;
const { O_RDONLY, O_RDWR, O_WRONLY } = constants;

export function openFlags({ access, isCreate, isExclusive, isTruncate }: HostOpen): number {
  const isBoth = access === (Access.read | Access.write);
  const mode = isBoth ? O_RDWR : access === Access.write ? O_WRONLY : O_RDONLY;
  // Never waits for the other end of a pipe, and never makes a terminal ours.
  return (
    mode |
    O_NOFOLLOW |
    O_NONBLOCK |
    O_NOCTTY |
    (isCreate ? O_CREAT : 0) |
    (isExclusive ? O_EXCL : 0) |
    (isTruncate ? O_TRUNC : 0)
  );
}
