import assert from "node:assert/strict";
import test from "node:test";

import curves, { lossAxis, meanCurve, pathOf } from "../../src/gradatim/views/curves.js";
import { draw } from "./dom.mjs";

const PANEL = {
  title: "Deep network",
  curves: [
    { label: "a", loss: [3, 2, 1], validation_loss: [3, 2.5, 2.6] },
    { label: "b", loss: [5, 4], validation_loss: null },
  ],
};

test("the mean is over the networks that lasted so long", () => {
  assert.deepEqual(meanCurve([[3, 2, 1], [5, null]]), [4, 2, 1]);
  assert.deepEqual(meanCurve([]), []);
});

test("the axis starts at zero unless losses span decades", () => {
  assert.equal(lossAxis([2, 0.5]).domain[0], 0);
  assert.equal(lossAxis([2, 0.5]).log, false);
  assert.equal(lossAxis([2, 0.001]).log, true);
});

test("a loss of zero never meets a logarithm", () => {
  assert.equal(lossAxis([2, 0]).log, false);
});

test("a path breaks where a loss is missing", () => {
  const same = (value) => value;
  assert.equal(pathOf([1, 2, null, 4], same, same), "M1.0 1.0L2.0 2.0M4.0 4.0");
});

test("a panel is drawn a rung and summed up in words", () => {
  const el = draw(curves, { panels: [PANEL, { ...PANEL, title: "Shallow network" }] });
  assert.equal(el.all("svg").length, 2);
  const label = el.all("svg")[0].getAttribute("aria-label");
  assert.match(label, /^Deep network: 2 networks, 3 epochs; final training loss 1, validation loss 2.6/);
});

test("arrow keys read the losses epoch by epoch", () => {
  const el = draw(curves, { panels: [PANEL] });
  el.all("svg")[0].emit("keydown", { key: "ArrowRight" });
  el.all("svg")[0].emit("keydown", { key: "ArrowRight" });
  assert.equal(el.all("figcaption")[0].textContent, "epoch 2 · training 3 · validation 2.5");
});

test("without validation there is no line and no legend for it", () => {
  const panel = { title: "x", curves: [{ label: "a", loss: [2, 1] }] };
  const el = draw(curves, { panels: [panel] });
  assert.equal(el.all(".other").length, 0);
  assert.doesNotMatch(el.textContent, /validation/);
});
