import assert from "node:assert/strict";
import test from "node:test";

import confusion, { mostConfused, nextCell, rowShares } from "../../src/gradatim/views/confusion.js";
import { draw } from "./dom.mjs";

const COUNTS = [
  [6, 3, 0],
  [1, 4, 0],
  [0, 2, 8],
];
const VALUES = {
  classes: ["cello", "<b>flute</b>", "voice"],
  counts: COUNTS,
  cells: { "0,1": [[4, 2], [7, 1]], "1,0": [[9, 1]] },
  ids: { 4: "four.wav", 7: "seven.wav", 9: "<img src=x>" },
  repeats: 2,
  sounds: { 4: "data:audio/mpeg;base64,AAAA" },
};
const cellOf = (el, words) =>
  el.all("button").find((b) => (b.getAttribute("aria-label") ?? "").startsWith(words));

test("shares are of the row, and zero for an empty class", () => {
  assert.deepEqual(rowShares([[1, 3], [0, 0]]), [[0.25, 0.75], [0, 0]]);
});

test("the most confused pairs leave the diagonal and empty cells out", () => {
  assert.deepEqual(
    mostConfused(COUNTS, 9).map(({ i, j }) => [i, j]),
    [[0, 1], [2, 1], [1, 0]],
  );
});

test("arrow keys skip empty cells and stop at the edge", () => {
  assert.deepEqual(nextCell(COUNTS, [0, 1], "ArrowDown"), [1, 1]);
  assert.deepEqual(nextCell(COUNTS, [2, 1], "ArrowRight"), [2, 2]);
  assert.deepEqual(nextCell(COUNTS, [1, 1], "ArrowRight"), [1, 1]);
  assert.deepEqual(nextCell(COUNTS, [0, 0], "Enter"), [0, 0]);
});

test("each filled cell is a button that says what it counts", () => {
  const el = draw(confusion, VALUES);
  assert.ok(cellOf(el, "cello taken for <b>flute</b>: 3, 33 % of its row"));
  assert.ok(cellOf(el, "voice recognized: 8, 80 % of its row"));
  assert.equal(el.all("td").flatMap((td) => td.all("button")).length, 6);
});

test("exactly one cell is in the tab order, and arrows move it", () => {
  const el = draw(confusion, VALUES);
  const inOrder = () =>
    el.all("td").flatMap((td) => td.all("button")).filter((b) => b.getAttribute("tabindex") === "0");
  assert.deepEqual(inOrder(), [cellOf(el, "cello taken")]);
  cellOf(el, "cello taken").emit("keydown", { key: "ArrowLeft" });
  assert.deepEqual(inOrder(), [cellOf(el, "cello recognized")]);
});

test("a click lists the items of a cell, playable where there is a sound", () => {
  const el = draw(confusion, VALUES);
  cellOf(el, "cello taken").click();
  const rows = el.all(".items")[0].all("li");
  assert.deepEqual(
    rows.map((row) => row.all(".name")[0].textContent),
    ["four.wav", "seven.wav"],
  );
  assert.deepEqual(rows.map((row) => row.all("audio").length), [1, 0]);
  assert.equal(rows[0].all("audio")[0].getAttribute("src"), VALUES.sounds[4]);
  const said = el.all(".panel")[0].textContent;
  assert.match(said, /3 samples, 33 % of cello.*and 1 more/);
  assert.match(said, /1 sample without a button: a page holds a few sounds only\./);
});

test("an item whose sound cannot be read says so", () => {
  const el = draw(confusion, { ...VALUES, unreadable: [7] });
  cellOf(el, "cello taken").click();
  const rows = el.all(".items")[0].all("li").map((row) => row.textContent);
  assert.deepEqual(rows.map((text) => text.includes("sound unreadable")), [false, true]);
  assert.doesNotMatch(el.all(".panel")[0].textContent, /without a button/);
});

test("where nothing can be played no sound is missed", () => {
  const el = draw(confusion, { ...VALUES, sounds: {} });
  cellOf(el, "cello taken").click();
  assert.doesNotMatch(el.all(".panel")[0].textContent, /without a button/);
  assert.equal(el.all(".silent").length, 0);
});

test("one sound plays at a time", () => {
  const el = draw(confusion, { ...VALUES, sounds: { 4: "data:,a", 7: "data:,b" } });
  cellOf(el, "cello taken").click();
  const [first, second] = el.all("audio");
  for (const audio of [first, second]) {
    Object.assign(audio, {
      paused: true,
      play: async () => (audio.paused = false),
      pause: () => (audio.paused = true),
    });
  }
  cellOf(el, "Play four.wav").click();
  cellOf(el, "Play seven.wav").click();
  assert.deepEqual([first.paused, second.paused], [true, false]);
  cellOf(el, "Play seven.wav").click();
  assert.equal(second.paused, true);
});

test("names are set as text, never as markup", () => {
  const el = draw(confusion, VALUES);
  cellOf(el, "<b>flute</b> taken").click();
  assert.equal(el.all(".items")[0].all(".name")[0].textContent, "<img src=x>");
  assert.equal(el.all("img").length + el.all("b").length, 0);
});

test("a model without mistakes says so", () => {
  const el = draw(confusion, { ...VALUES, counts: [[2, 0], [0, 3]], classes: ["a", "b"] });
  assert.match(el.all(".panel")[0].textContent, /Nothing was confused/);
});

test("with more than 13 classes a narrow screen shows all columns, and says where the numbers are", () => {
  for (const n of [13, 14]) {
    const classes = Array.from({ length: n }, (_, k) => `class ${k}`);
    const counts = classes.map((_, i) => classes.map((_, j) => (i === j ? 2 : 0)));
    const el = draw(confusion, { ...VALUES, classes, counts, cells: {} });
    assert.equal(el.classList.contains("dense"), n > 13);
    assert.equal(el.attributes.get("style:--classes"), `${n}`);
    assert.equal(el.textContent.includes("Touch a cell to read its number."), n > 13);
    assert.equal(el.all("td").flatMap((td) => td.all("button")).length, n);
  }
});
