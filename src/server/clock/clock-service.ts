// The clock server: the time of day, and whatever other clocks it is given. Where time comes from is
// injected, so that a simulated or replayed system has simulated or replayed time.
import { Clock, ClockAsk, Errno } from "../../userlib/index.ts";
import type { Answer, Service, ServiceHost } from "../../userlib/index.ts";

export interface ClockSource {
  /** Nanoseconds since 1970. */
  readonly realtimeNs: () => bigint;
  /** Nanoseconds of processor time used by the whole system, where that can be known. */
  readonly cpuNs?: () => bigint;
  /** What the clocks tell apart; 1 if not given. */
  readonly resolutionNs?: number;
}

export function clockService(source: ClockSource): Service {
  const words = [0, 0];
  const answer = { label: 0, words };
  const refusal: Answer = { label: Errno.inval };
  const unsupported: Answer = { label: Errno.notsup };

  function tell(ns: bigint): Answer {
    words[0] = Number(BigInt.asIntN(32, ns));
    words[1] = Number(BigInt.asIntN(32, ns >> 32n));
    return answer;
  }

  function now(clock: number, host: ServiceHost): Answer {
    if (clock === Clock.realtime) return tell(source.realtimeNs());
    if (clock === Clock.monotonic) return tell(BigInt(host.nowNs()));
    if (clock !== Clock.processCpu && clock !== Clock.threadCpu) return refusal;
    return source.cpuNs === undefined ? unsupported : tell(source.cpuNs());
  }

  function resolution(clock: number): Answer {
    if (clock < Clock.realtime || clock > Clock.threadCpu) return refusal;
    const isCpu = clock === Clock.processCpu || clock === Clock.threadCpu;
    if (isCpu && source.cpuNs === undefined) return unsupported;
    return tell(BigInt(source.resolutionNs ?? 1));
  }

  return {
    name: "clock",
    handle({ label, words: asked }, host) {
      if (label === ClockAsk.now) return now(asked[0], host);
      return label === ClockAsk.resolution ? resolution(asked[0]) : refusal;
    },
  };
}
