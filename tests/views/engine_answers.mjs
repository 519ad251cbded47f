// What the engine says to cases: the same text in Node and in a browser.

/**
 * @param {any} lab what `engine()` returns
 * @returns {(cases: any[]) => string} answers as JSON
 */
export function answersOf(lab) {
  /** What a case asks, by its name. */
  const ANSWERS = {
    forward({ layers, X }) {
      const { z, a } = lab.forward(lab.makeNetwork(layers), X);
      return { z: z.map((values) => [...values]), a: a.slice(1).map((values) => [...values]) };
    },
    trace({ layers, x, threshold }) {
      return lab.trace(lab.makeNetwork(layers), x, threshold);
    },
    backward({ layers, X, y, loss, smoothing }) {
      const network = lab.makeNetwork(layers);
      const room = lab.forward(network, X);
      const gradient = lab.backward(network, room, y, loss, smoothing);
      return { loss: lab.meanLoss(network, room, y, loss, smoothing), gradient: [...gradient] };
    },
    train({ layers, batches, recipe }) {
      const network = lab.makeNetwork(layers);
      const trainer = lab.makeTrainer(network, recipe);
      for (const [X, y] of batches) lab.learn(trainer, X, y);
      return { parameters: [...network.parameters], penalty: lab.penalty(network, 0.5) };
    },
    random({ seed, n }) {
      const random = lab.makeRandom(seed);
      const each = (draw) => Array.from({ length: n }, draw);
      const numbers = { bits: each(() => random.bits(32)), uniform: each(random.uniform) };
      return { ...numbers, normal: each(random.normal), order: [...random.order(n)], last: random.below(10) };
    },
    initialize({ layers, method, seed, activation }) {
      const network = lab.makeNetwork(layers);
      lab.initialize(network, method, lab.makeRandom(seed), activation);
      return [...network.parameters];
    },
    exact({ layers, x, threshold }) {
      return lab.exactTrace(layers, x, threshold);
    },
    fractions({ texts }) {
      return texts.map((text) => {
        try {
          return lab.toFraction(text);
        } catch (error) {
          return error.message;
        }
      });
    },
    tables() {
      const { ACTIVATIONS, LOSSES, OPTIMIZERS } = lab;
      return { ACTIVATIONS, LOSSES, OPTIMIZERS };
    },
    refused({ layers, loss, y, optimizer, seed, method, x, X }) {
      try {
        const network = lab.makeNetwork(layers);
        if (loss) lab.backward(network, lab.makeRoom(network, 1), y, loss);
        if (seed !== undefined) lab.makeRandom(seed);
        if (method) lab.initialize(network, method, lab.makeRandom(0));
        if (x) lab.exactTrace(layers, x);
        if (X) lab.forward(network, X);
        if (optimizer) lab.makeTrainer(network, { loss: "squared", optimizer });
      } catch (error) {
        return error.message;
      }
      return null;
    },
  };

  /** Fractions are written as text. */
  const plain = (key, value) => (typeof value?.n === "bigint" ? lab.fractionText(value) : value);
  return (cases) => JSON.stringify(cases.map((given) => ANSWERS[given.ask](given)), plain);
}
