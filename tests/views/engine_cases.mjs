// Reads cases as JSON from standard input, computes them by the engine, writes the answers as JSON.
// The engine is built from its text in a context of its own, as in a worker.

import { readFileSync } from "node:fs";
import vm from "node:vm";

import { activationFunctions } from "../../src/gradatim/views/activations.js";
import { engine } from "../../src/gradatim/views/engine.js";
import { fractions } from "../../src/gradatim/views/fractions.js";
import { randomNumbers } from "../../src/gradatim/views/randomnumbers.js";
import { answersOf } from "./engine_answers.mjs";

const lab = vm.runInNewContext(`(${engine})((${activationFunctions})(), (${randomNumbers})(), (${fractions})())`);
process.stdout.write(answersOf(lab)(JSON.parse(readFileSync(0, "utf8"))));
