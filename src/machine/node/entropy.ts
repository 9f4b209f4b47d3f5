// Unpredictable bytes from the operating system. Its random device is read directly where there is one:
// loading the host's crypto module would add nine milliseconds to the first draw, and many programs
// draw before they do anything else.
import type * as Fs from "node:fs";

const device = "/dev/urandom";
/** The most that one call of the host's generator fills. */
const chunkBytes = 65_536;

export class HostEntropy {
  readonly #fs: typeof Fs = process.getBuiltinModule("node:fs");
  /** Undefined until the first draw, -1 where there is no device. */
  #fd: number | undefined;

  fill(target: Uint8Array): void {
    this.#fd ??= this.#open();
    if (this.#fd < 0) this.#fillFromCrypto(target);
    else this.#fillFromDevice(this.#fd, target);
  }

  close(): void {
    if (this.#fd !== undefined && this.#fd >= 0) this.#fs.closeSync(this.#fd);
    this.#fd = undefined;
  }

  #open(): number {
    try {
      const fd = this.#fs.openSync(device, "r");
      if (this.#fs.fstatSync(fd).isCharacterDevice()) return fd;
      this.#fs.closeSync(fd);
    } catch {
      // No such device here, or none for us: the host's generator knows another way.
    }
    return -1;
  }

  #fillFromDevice(fd: number, target: Uint8Array): void {
    for (let filled = 0; filled < target.length;) {
      const got = this.#fs.readSync(fd, target, filled, target.length - filled, null);
      if (got === 0) throw new Error(`${device} gave no bytes: this host has no entropy to give.`);
      filled += got;
    }
  }

  #fillFromCrypto(target: Uint8Array): void {
    for (let offset = 0; offset < target.length; offset += chunkBytes) {
      const chunk = target.subarray(offset, offset + chunkBytes);
      // The generator refuses shared memory, so everything goes through memory of our own.
      chunk.set(crypto.getRandomValues(new Uint8Array(chunk.length)));
    }
  }
}
