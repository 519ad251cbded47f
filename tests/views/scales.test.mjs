import assert from "node:assert/strict";
import test from "node:test";

import {
  extent,
  formatNumber,
  formatScore,
  linearScale,
  logScale,
  logTicks,
  plural,
  ticks,
} from "../../src/gradatim/views/_scales.js";

test("a linear scale maps ends to ends, backwards too", () => {
  const scale = linearScale([2, 4], [100, 0]);
  assert.deepEqual([2, 3, 4].map(scale), [100, 50, 0]);
});

test("a scale of an empty domain is constant, not infinite", () => {
  assert.equal(linearScale([1, 1], [0, 100])(1), 0);
});

test("a logarithmic scale gives every factor of ten the same length", () => {
  const scale = logScale([0.1, 10], [0, 200]);
  assert.ok(Math.abs(scale(1) - 100) < 1e-9);
});

test("ticks are round, inside, and without floating dust", () => {
  assert.deepEqual(ticks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticks(0.18, 0.71, 5), [0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  assert.deepEqual(ticks(-120, 95, 4), [-100, -50, 0, 50]);
  assert.deepEqual(ticks(3, 3), [3]);
});

test("ticks stay few for any interval", () => {
  for (let i = 1; i < 400; i++) {
    const found = ticks(-i * 0.37, i * i * 0.013, 5);
    assert.ok(found.length >= 2 && found.length <= 8, `${i}: ${found}`);
  }
});

test("logarithmic ticks thin out over many decades", () => {
  assert.deepEqual(logTicks(0.1, 4), [0.1, 0.2, 0.5, 1, 2]);
  assert.deepEqual(logTicks(1e-4, 10), [1e-4, 1e-3, 1e-2, 0.1, 1, 10]);
});

test("an extent skips what is no number", () => {
  assert.deepEqual(extent([null, 3, NaN, -1, undefined]), [-1, 3]);
  assert.deepEqual(extent([]), [0, 1]);
});

test("numbers have a true minus sign and few digits", () => {
  assert.equal(formatNumber(-0.12345), "−0.123");
  assert.equal(formatNumber(null), "–");
  assert.equal(formatScore(0.6312), "0.631");
  assert.equal(formatScore(-0.25), "−0.250");
  assert.equal(formatScore(null), "–");
  assert.equal(plural(1, "epoch"), "1 epoch");
});
