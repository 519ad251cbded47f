// Reads cases as JSON from standard input, computes them by the engine, writes the answers as JSON.
// The engine is built from its text in a context of its own, as in a worker.

import { readFileSync } from "node:fs";
import vm from "node:vm";

import { engine } from "../../src/gradatim/views/engine.js";

const lab = vm.runInNewContext(`(${engine})()`);

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
  refused({ layers, loss, y, optimizer }) {
    try {
      const network = lab.makeNetwork(layers);
      if (loss) lab.backward(network, lab.makeRoom(network, 1), y, loss);
      if (optimizer) lab.makeTrainer(network, { loss: "squared", optimizer });
    } catch (error) {
      return error.message;
    }
    return null;
  },
};

const { ACTIVATIONS, LOSSES, OPTIMIZERS } = lab;
ANSWERS.tables = () => ({ ACTIVATIONS, LOSSES, OPTIMIZERS });

const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map((given) => ANSWERS[given.ask](given))));
