import assert from "node:assert/strict";
import test from "node:test";

import layers, { markPath, nearestWithin } from "../../src/gradatim/views/layers.js";
import probes, { scoreRange } from "../../src/gradatim/views/probes.js";
import { draw } from "./dom.mjs";

const UNIT = {
  title: "unit 3",
  says: "highest for b",
  most: [[0, 2.5]],
  least: [[2, -0.3]],
  follows: "rank correlation: loudness 0.50",
  responses: [{ title: "harmonic", x: [1, 2, 64], y: [0, 1, 0.5] }],
  weights: { title: "its weights", wave: [0, 1, 0, -1], spectrum: [0, -20, -60] },
  optimized: { title: "optimized input", inputs: [["<b>x</b>", 1.5]] },
  sound: null,
};
const VALUES = {
  layers: [
    { name: "input", n_units: "4 numbers", points: [[0, 0], [1, 1], [-1, -1]], explained: "40 %", units: [] },
    { name: "hidden 1", n_units: "8 units", points: [[0, 1], [1, 0], [-1, 0]], explained: "20 %", units: [UNIT] },
  ],
  rows: [0, 1, 2],
  labels: [0, 1, 11],
  values: null,
  classes: Array.from({ length: 12 }, (_, k) => `class ${k}`),
  ids: { 0: "<img>", 1: "one", 2: "two" },
  sounds: { 0: "data:,a" },
};

test("every layer has a map with every sample, and units where there are some", () => {
  const el = draw(layers, VALUES);
  assert.equal(el.all("figure").filter((one) => one.all(".map").length).length, 2);
  assert.equal(el.all(".map").flatMap((map) => map.all(".mark")).length, 6);
  assert.equal(el.all("article").length, 1);
  assert.equal(el.all("article")[0].all(".play").length, 1);
});

test("the eleventh class has the color of the first and another shape", () => {
  const marks = draw(layers, VALUES).all(".map")[0].all(".mark");
  assert.ok(marks[2].classList.contains("c1"));
  assert.notEqual(markPath(5, 5, 0), markPath(5, 5, 1));
  assert.equal(markPath(5, 5, 0), markPath(5, 5, 3));
});

test("a class that is chosen is picked out in every layer", () => {
  const el = draw(layers, VALUES);
  el.all(".legend")[0].all("button")[1].click();
  const dim = el.all(".map").flatMap((map) => map.all(".mark")).map((m) => m.classList.contains("dim"));
  assert.deepEqual(dim, [true, false, true, true, false, true]);
});

test("a sample that is pointed at is shown in every layer, by its name as text", () => {
  const el = draw(layers, VALUES);
  el.all(".map")[0].all("svg")[0].emit("keydown", { key: "ArrowRight" });
  const said = el.all("figcaption").slice(0, 2).map((one) => one.textContent);
  assert.deepEqual(said, ["<img> · class 0", "<img> · class 0"]);
  assert.equal(el.all("img").length + el.all("b").length, 0);
});

test("a place far from every sample is near none", () => {
  assert.equal(nearestWithin([[0, 0], [10, 10]], [8, 9], 5), 1);
  assert.equal(nearestWithin([[0, 0]], [8, 9], 5), -1);
});

const POINTS = [
  { layer: "input", score: 0.4, interval: [0.3, 0.5], control: 0.1 },
  { layer: "hidden 1", score: 0.6, interval: [0.5, 0.7], control: 0.1 },
];

test("a panel of probes has a dot with its interval for each layer, and the control", () => {
  const el = draw(probes, { panels: [{ title: "label", metric: "accuracy", points: POINTS }] });
  assert.equal(el.all(".dot").length, 2);
  assert.equal(el.all(".interval").length, 2);
  assert.equal(el.all(".control").length, 1);
  el.all("svg")[0].emit("keydown", { key: "ArrowRight" });
  assert.equal(el.all("figcaption")[0].textContent, "input: 0.400 (0.300 to 0.500), control 0.100");
});

test("what is far below zero does not set the scale", () => {
  assert.deepEqual(scoreRange([{ ...POINTS[0], interval: [-40, 0.5] }]), [-0.5, 0.5]);
});

test("a filter of a spectrogram has a cell for each weight, the lowest band at the bottom", () => {
  const weights = { title: "its weights", patch: [[100, -50], [0, 0], [0, 25]], says: "3 bands by 2 frames" };
  const unit = { ...UNIT, weights, optimized: null };
  const layer = { ...VALUES.layers[1], units: [unit] };
  const el = draw(layers, { ...VALUES, layers: [layer] });
  const cells = el.all("rect").filter((one) => !one.classList.contains("ground"));
  assert.equal(cells.length, 6);
  const [first, second] = cells;
  assert.ok(first.classList.contains("above") && second.classList.contains("below"));
  assert.equal(Number(second.getAttribute("fill-opacity")), 0.5);
  assert.ok(Number(first.getAttribute("y")) > Number(cells[5].getAttribute("y")));
  assert.ok(Number(first.getAttribute("x")) < Number(second.getAttribute("x")));
});
