// Planted defects that are in no call: what is done to a queue, or left out by the port, between events.
import { Space, spaceShift } from "../../src/kernel/layout.ts";
import { between, type Defect } from "./plant.ts";

export const queueDefects: readonly Defect[] = [
  between("ready queues", "the last of the ready threads is lost", ({ k, eventCount }) => {
    const priority = 31 - Math.clz32(k.readyBits);
    const last = priority < 0 ? 0 : k.readyQueues[priority * 2 + 1];
    if (last === 0 || eventCount % 50 !== 0) return;
    k.readyQueues[priority * 2] = k.readyQueues[priority * 2 + 1] = 0;
    k.readyBits &= ~(1 << priority);
  }),
  between("idle activations", "an idle activation is forgotten", ({ k, eventCount }) => {
    const space = 1 + (eventCount % 3);
    if (eventCount % 64 === 0 && k.portalDepth === 0) {
      k.spaces[(space << spaceShift) + Space.firstIdleActivation] = 0;
    }
  }),
  {
    name: "a step of a long copy is left out",
    place: "long messages",
    plant: () => () => {},
    onEvent({ memories, eventCount }) {
      if (eventCount !== 0) return;
      const copy = memories.copy.bind(memories);
      let bigCount = 0;
      memories.copy = (from, fromAddress, to, toAddress, bytes) => {
        if (bytes >= 0x4000 && ++bigCount % 2 === 0) return;
        copy(from, fromAddress, to, toAddress, bytes);
      };
    },
  },
];
