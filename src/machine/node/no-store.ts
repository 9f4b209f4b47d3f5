// The store of a machine that was granted no directory: always empty, and full for whoever writes, so
// that nobody takes memory for something durable.
import { isBlobName, StoreStatus, type Store } from "../store.ts";

export class NoStore implements Store {
  size(name: string): number {
    return absent(name);
  }

  append(name: string): StoreStatus {
    return isBlobName(name) ? StoreStatus.full : StoreStatus.invalid;
  }

  flush(name: string): StoreStatus {
    return isBlobName(name) ? StoreStatus.ok : StoreStatus.invalid;
  }

  read(name: string): number {
    return absent(name);
  }

  truncate(name: string): StoreStatus {
    return absent(name);
  }

  remove(name: string): StoreStatus {
    return absent(name);
  }

  list(): readonly string[] {
    return [];
  }

  close(): void {}
}

function absent(name: string): StoreStatus {
  return isBlobName(name) ? StoreStatus.missing : StoreStatus.invalid;
}
