import assert from "node:assert/strict";
import test from "node:test";

import ladder, { axisDomain, bestOf, describeRung } from "../../src/gradatim/views/ladder.js";
import { draw } from "./dom.mjs";

const rung = (name, input, mean, half = 0.02) => ({
  rung: name,
  input,
  mean,
  interval: half === null ? [null, null] : [mean - half, mean + half],
  fold_scores: [mean - 0.01, mean + 0.01],
});
const RUNGS = [
  rung("majority", "", 0.2),
  rung("logistic", "wave", 0.5),
  rung("shallow", "wave", 0.61),
  rung("deep", "wave", 0.62),
  rung("deep", "harmonics", 0.6),
];
const VALUES = {
  rungs: RUNGS,
  titles: { majority: "Majority vote", deep: "Deep network" },
  winner: { rung: "shallow", input: "wave" },
  margin: 0.01,
};

test("the axis holds every interval", () => {
  const [low, high] = axisDomain(RUNGS);
  assert.ok(low < 0.18 && high > 0.64);
});

test("a hopeless rung does not squeeze the others", () => {
  const [low] = axisDomain([...RUNGS, rung("linear", "wave", -9)]);
  assert.ok(low > -0.1);
});

test("the best of equals is the simplest", () => {
  assert.equal(bestOf([RUNGS[2], { ...RUNGS[3], mean: 0.61 }]), RUNGS[2]);
});

test("a rung is read out with its interval and folds", () => {
  assert.equal(
    describeRung(RUNGS[1], "Logistic regression"),
    "Logistic regression on wave: 0.500, 95 % interval 0.480 to 0.520. Folds: 0.490, 0.510.",
  );
});

for (const width of [360, 1000]) {
  test(`every rung has a row that the keyboard reaches, at ${width} px`, () => {
    const rows = draw(ladder, VALUES, width).all(".row");
    assert.equal(rows.length, 5);
    assert.ok(rows.every((row) => row.getAttribute("tabindex") === "0"));
    assert.match(rows[2].getAttribute("aria-label"), /stop here/);
    assert.match(rows[3].getAttribute("aria-label"), /^Deep network on wave: 0.620.*best/);
  });

  test(`nothing is drawn outside ${width} px`, () => {
    const el = draw(ladder, { ...VALUES, rungs: [...RUNGS, rung("linear", "wave", -9)] }, width);
    const places = ["line", "circle", "text", "rect"].flatMap((tag) =>
      el.all(tag).flatMap((e) => ["x", "x1", "x2", "cx"].map((name) => e.getAttribute(name))),
    );
    const numbers = places.filter((place) => place !== null).map(Number);
    assert.ok(numbers.length > 20);
    assert.ok(numbers.every((x) => x >= 0 && x <= width));
  });
}

test("focus on a row shows its folds", () => {
  const el = draw(ladder, VALUES);
  el.all(".row")[3].focus();
  assert.match(el.all(".readout")[0].textContent, /Folds: 0.610, 0.630/);
});

test("a rung without an interval still has its dot", () => {
  const el = draw(ladder, { ...VALUES, rungs: RUNGS.map((r) => ({ ...r, interval: [null, null] })) });
  assert.equal(el.all(".dot").length, 5);
  assert.equal(el.all(".interval").length, 0);
});

test("scores are written as the page writes them elsewhere, where it says how", () => {
  const texts = { mean: "0.312", interval: ["0.250", "0.375"], fold_scores: ["1204.6"] };
  const words = describeRung({ ...RUNGS[0], mean: 0.3125, texts }, "Deep");
  assert.match(words, /: 0\.312, 95 % interval 0\.250 to 0\.375\. Folds: 1204\.6\.$/);
  const rungs = RUNGS.map((rung) => ({ ...rung, texts }));
  const el = draw(ladder, { rungs, winner: RUNGS[1], margin: 0.01, titles: {} });
  assert.equal(el.textContent.split("0.312").length - 1, RUNGS.length);
});

test("the margin is written as the page writes it", () => {
  assert.match(draw(ladder, { ...VALUES, margin: 8.1849, margin_text: "8.185" }).textContent, /within 8.185 of/);
  assert.match(draw(ladder, VALUES).textContent, /within 0.01 of/);
});
