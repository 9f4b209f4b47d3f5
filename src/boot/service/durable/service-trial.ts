// A trial of an upgrade: another code is given a copy of the state, in a realm of its own that is thrown away.
// What it needs of chance is kept, so that what was tried is what is done.
import type { Realm } from "../../../process/index.ts";
import type { RealmHost } from "../../../service/index.ts";

/** Why a service cannot go on as another; it goes on as it is. */
export class UpgradeError extends Error {
  override readonly name = "UpgradeError";
}

export interface TrialOptions {
  readonly makeRealm: (host: RealmHost) => Realm;
  /** The state of the service as it is. @throws Error if it cannot be written */
  readonly exportState: () => Uint8Array;
  readonly fromVersion: number;
  /** Those of the service as it is. */
  readonly methods: readonly string[];
  readonly timeMs: number;
}

export interface UpgradeTrial {
  /** Random bits that it asked for. */
  readonly entropy: readonly number[];
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly methods: readonly string[];
  /** Those that it does not have any more. */
  readonly missing: readonly string[];
  readonly stateBytes: number;
}

/** @throws UpgradeError */
export function tryUpgrade(options: TrialOptions): UpgradeTrial {
  const { fromVersion, methods: before } = options;
  const entropy: number[] = [];
  const state = taken(options.exportState);
  const realm = made(() => options.makeRealm(trialHost(options.timeMs, entropy)));
  try {
    upgradeState(realm, state, fromVersion);
    realm.drain();
    if (realm.face.openCount() > 0) {
      throw new UpgradeError("its upgrade leaves something under way: it may not wait");
    }
    const stateBytes = realm.face.exportState();
    if (stateBytes < 0) throw new UpgradeError(`after its upgrade ${realm.face.why()}`);
    const methods = realm.face.methods().split("\n");
    const missing = before.filter((name) => !methods.includes(name));
    const toVersion = realm.face.version();
    return { entropy, fromVersion, toVersion, methods, missing, stateBytes };
  } finally {
    realm.close();
  }
}

/** Gives a realm the state of another form. @throws UpgradeError if it does not take it */
export function upgradeState(realm: Realm, state: Uint8Array, fromVersion: number): void {
  realm.handIn(state);
  const fault = realm.face.upgradeState(state.length, fromVersion);
  if (fault !== "") throw new UpgradeError(`its upgrade fails: ${fault}`);
}

function taken(exportState: () => Uint8Array): Uint8Array {
  try {
    return exportState();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UpgradeError(`the state of the service that runs cannot be taken: ${why}`, {
      cause: error,
    });
  }
}

function made(makeRealm: () => Realm): Realm {
  try {
    return makeRealm();
  } catch (error) {
    throw new UpgradeError(error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}

/** What it says to the outside is said when it is meant. */
function trialHost(timeMs: number, entropy: number[]): RealmHost {
  const { randomFillSync } = process.getBuiltinModule("node:crypto");
  return {
    now: () => timeMs,
    entropy() {
      const [word] = randomFillSync(new Int32Array(1));
      entropy.push(word!);
      return word!;
    },
    tell: () => undefined,
    ask: () => undefined,
    startTimer: () => undefined,
    stopTimer: () => undefined,
    log: () => undefined,
  };
}
