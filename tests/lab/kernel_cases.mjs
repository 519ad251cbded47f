// Trains random networks by the engine and by its written-out gradient; writes where they differ.

import { readFileSync } from "node:fs";
import vm from "node:vm";

import { kernelText } from "../../src/gradatim/lab/kernel.js";
import { activationFunctions } from "../../src/gradatim/views/activations.js";
import { engine } from "../../src/gradatim/views/engine.js";
import { fractions } from "../../src/gradatim/views/fractions.js";
import { randomNumbers } from "../../src/gradatim/views/randomnumbers.js";

const lib = engine(activationFunctions(), randomNumbers(), fractions());

/** Train one case, by the kernel or without. */
function train({ layers, X, y, recipe, loss, batch, steps }, kernel) {
  const network = lib.makeNetwork(layers);
  const trainer = lib.makeTrainer(network, { ...recipe, loss, kernel });
  const [nIn, nOut] = [layers[0].weight[0].length, layers[layers.length - 1].bias.length];
  const n = X.length / nIn;
  for (let k = 0; k < steps; k++) {
    const from = (k * batch) % n;
    const to = Math.min(from + batch, n);
    lib.learn(trainer, X.slice(from * nIn, to * nIn), y.slice(from * nOut, to * nOut));
  }
  return [...network.parameters];
}

const cases = JSON.parse(readFileSync(0, "utf8"));
const answers = cases.map((one) => {
  const activations = one.layers.map(({ activation, bias }) => (typeof activation === "string" ? bias.map(() => activation) : activation));
  const text = kernelText(one.layers[0].weight[0].length, activations, one.loss);
  const kernel = text === "null" ? null : vm.runInThisContext(text)(lib);
  return { isWritten: kernel !== null, plain: train(one, null), written: train(one, kernel) };
});
process.stdout.write(JSON.stringify(answers));
