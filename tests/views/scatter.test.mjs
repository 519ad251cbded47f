import assert from "node:assert/strict";
import test from "node:test";

import scatter, { byError, nearest } from "../../src/gradatim/views/scatter.js";
import { draw } from "./dom.mjs";

const PANEL = { title: "latitude", true: [0, 10, 20], predicted: [1, 4, 20] };
const VALUES = { panels: [PANEL], ids: ["a", "b", "c"] };

test("samples are walked through from the largest error", () => {
  assert.deepEqual(byError(PANEL), [1, 0, 2]);
});

test("the nearest place is found", () => {
  assert.equal(nearest([[0, 0], [10, 10]], [7, 8]), 1);
  assert.equal(nearest([], [7, 8]), -1);
});

test("every sample is a point, and a perfect one lies on the line", () => {
  const el = draw(scatter, VALUES);
  const points = el.all(".point");
  assert.equal(points.length, 3);
  const [line] = el.all(".reference");
  const at = (name) => Number(line.getAttribute(name));
  const share = (Number(points[2].getAttribute("cx")) - at("x1")) / (at("x2") - at("x1"));
  const y = at("y1") + share * (at("y2") - at("y1"));
  assert.ok(Math.abs(Number(points[2].getAttribute("cy")) - y) < 0.2);
});

test("arrow keys read samples out", () => {
  const el = draw(scatter, VALUES);
  el.all("svg")[0].emit("keydown", { key: "ArrowRight" });
  assert.equal(el.all("figcaption")[0].textContent, "b: true 10, predicted 4");
});
