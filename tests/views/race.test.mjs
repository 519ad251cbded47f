import assert from "node:assert/strict";
import test from "node:test";

import { neighbor } from "../../src/gradatim/views/boundaries.js";
import { describe as frame } from "../../src/gradatim/views/film.js";
import { describe, scoreRange } from "../../src/gradatim/views/race.js";

const entry = {
  n: 49, shape: "12", accuracy: 0.98765, accuracy_interval: [0.97, 1],
  solved: 0.9, solved_interval: [0.7, 0.97], n_solved: 9,
};

test("an entry is told with its interval", () => {
  assert.equal(
    describe({ name: "a", title: "1 hidden layer", entries: [] }, entry, 10),
    "1 hidden layer, 49 parameters (12): accuracy 0.988 (0.970 to 1.000); solved by 9 of 10 seeds",
  );
});

test("the axis of accuracy reaches down to the lowest whisker, that of shares to 0", () => {
  assert.deepEqual(scoreRange([entry], "accuracy"), [0.9, 1]);
  assert.deepEqual(scoreRange([entry, { ...entry, accuracy_interval: [0.43, 0.5] }], "accuracy"), [0.4, 1]);
  assert.deepEqual(scoreRange([entry], "solved"), [0, 1]);
});

test("without a bar nobody is said to have solved it", () => {
  const said = describe({ name: "a", title: "perceptron", entries: [] }, { ...entry, n_solved: null }, 10);
  assert.equal(said, "perceptron, 49 parameters (12): accuracy 0.988 (0.970 to 1.000)");
});

test("arrows lead over gaps, stay at the edge, and find the last of a shorter row", () => {
  const filled = [[false, true, true], [true, false, true], [true, true]];
  assert.deepEqual(neighbor(filled, [0, 1], "ArrowRight"), [0, 2]);
  assert.deepEqual(neighbor(filled, [0, 2], "ArrowRight"), [0, 2]);
  assert.deepEqual(neighbor(filled, [1, 0], "ArrowRight"), [1, 2]);
  assert.deepEqual(neighbor(filled, [0, 1], "ArrowDown"), [2, 1]);
  assert.deepEqual(neighbor(filled, [1, 2], "ArrowDown"), [2, 1]);
  assert.deepEqual(neighbor(filled, [2, 1], "ArrowDown"), [2, 1]);
  assert.deepEqual(neighbor(filled, [2, 0], "ArrowUp"), [1, 0]);
  assert.deepEqual(neighbor(filled, [1, 0], "ArrowUp"), [1, 0]);
  assert.deepEqual(neighbor(filled, [0, 1], "Enter"), [0, 1]);
});

test("a frame before training has no loss", () => {
  assert.equal(frame({ epoch: 0, loss: null, accuracy: 0.5, regions: [] }, "epoch"), "epoch 0: accuracy 0.500");
  assert.equal(frame({ epoch: 3, loss: 0.5, accuracy: 0.9, regions: [] }, "pass"), "pass 3: accuracy 0.900, loss 0.5");
});
