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
  refused({ layers }) {
    try {
      lab.makeNetwork(layers);
    } catch (error) {
      return error.message;
    }
    return null;
  },
};

const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map((given) => ANSWERS[given.ask](given))));
