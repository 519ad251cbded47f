// Reads cases from standard input, JSON in a line, computes them by the engine, writes a line of JSON.
// The engine is built from its text in a context of its own, as in a worker.

import { createInterface } from "node:readline";
import vm from "node:vm";

import { activationFunctions } from "../../src/gradatim/views/activations.js";
import { engine } from "../../src/gradatim/views/engine.js";
import { fractions } from "../../src/gradatim/views/fractions.js";
import { randomNumbers } from "../../src/gradatim/views/randomnumbers.js";
import { answersOf } from "./engine_answers.mjs";

const lab = vm.runInNewContext(`(${engine})((${activationFunctions})(), (${randomNumbers})(), (${fractions})())`);
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${answersOf(lab)(JSON.parse(line))}\n`);
}
