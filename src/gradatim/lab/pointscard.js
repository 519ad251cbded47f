/**
 * The points of a network: where they come from, how many, with which noise; and which inputs are made of them.
 *
 * Conventions: whatever is changed here goes through the board, which makes the points and fits the network.
 */

import { html } from "../views/_dom.js";
import { brief, choice, numberInput, setNumber } from "./controls.js";
import { LONGEST_FORMULA, readFormula } from "./formula.js";
import { INPUTS, PLANE_PROBLEMS, chosenInputs } from "./problems.js";
import { readTable } from "./table.js";

/** With what a curve of one's own begins. */
const FEW = [[-1.5, -1, 0], [-0.5, 0.75, 0], [0.5, -0.25, 0], [1.5, 1, 0]];
/** Sources whose points are drawn by chance. */
const DRAWN = ["problem", "formula"];

/**
 * @param {import("./lab.js").App} app
 * @param {import("./network.js").Board} board
 * @param {HTMLElement} target onto which a table may be dropped
 */
export function makePointsCard(app, board, target) {
  const { lesson } = app;
  const table = lesson.table ?? null;
  const sources = choice("points", sourceOptions(), (value) => board.restructure(() => {
    const state = app.state.data;
    if (value === "own") {
      state.points = board.data().dims === 2 ? board.ownPoints() : [];
      state.source = "own";
    } else if (value === "curve") {
      state.points = board.data().targets ? board.ownPoints() : FEW.map(([x, y, label]) => /** @type {[number, number, number]} */ ([x, y, label]));
      state.source = "curve";
    } else if (value === "formula") Object.assign(state, { source: "formula", noise: 0.1, points: [] });
    else if (value === "lesson") state.source = "lesson";
    else {
      const problem = PLANE_PROBLEMS.find(({ name }) => name === value) ?? PLANE_PROBLEMS[0];
      Object.assign(state, { source: "problem", problem: problem.name, noise: problem.noise, points: [] });
    }
  }, value !== "own"));

  /** @returns {[string, string][]} */
  function sourceOptions() {
    const told = PLANE_PROBLEMS.map(({ name }) => /** @type {[string, string]} */ ([name, lesson.problems?.[name]?.title ?? name]));
    return [...(table ? [/** @type {[string, string]} */ (["lesson", lesson.title ?? "the table"])] : []), ...told, ["formula", "a formula"], ["own", "your own points"], ["curve", "your own curve"]];
  }

  const formula = html("input", { type: "text", maxlength: LONGEST_FORMULA, spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-label": "formula" });
  formula.addEventListener("change", () => {
    const found = readFormula(formula.value);
    formula.toggleAttribute("aria-invalid", "error" in found);
    if ("error" in found) {
      about.textContent = found.error;
      app.announce(found.error);
    } else board.restructure(() => (app.state.data.formula = formula.value.trim()), true);
  });
  const formulaRow = html("label", { class: "field" }, html("span", {}, "y = f(x), or y > f(x) for classes"), formula);
  const noise = html("input", { type: "range", min: 0, max: 0.5, step: 0.01, "aria-label": "noise" });
  const count = html("input", { type: "range", min: 20, max: 1000, step: 10, "aria-label": "number of points" });
  const held = html("input", { type: "range", min: 0, max: 80, step: 10, "aria-label": "percent of points that only check" });
  const pointSeed = numberInput("Seed of the points", (value) => board.restructure(() => (app.state.data.seed = Math.floor(value))), { low: 0, high: 2 ** 31 - 1, step: 1 });
  /** @type {[HTMLInputElement, "noise" | "n" | "held"][]} */
  const ranges = [[noise, "noise"], [count, "n"], [held, "held"]];
  for (const [input, key] of ranges) input.addEventListener("change", () => board.restructure(() => (app.state.data[key] = input.valueAsNumber)));
  for (const [input] of ranges) input.addEventListener("input", () => showRanges(false));
  const [noiseText, countText, heldText] = [html("output"), html("output"), html("output")];

  /** @param {boolean} fromState */
  function showRanges(fromState) {
    if (fromState) for (const [input, key] of ranges) input.value = String(app.state.data[key]);
    noiseText.textContent = noise.valueAsNumber.toFixed(2);
    countText.textContent = String(DRAWN.includes(app.state.data.source) ? count.valueAsNumber : board.data().labels.length);
    heldText.textContent = `${held.valueAsNumber} %`;
  }

  const inputBoxes = INPUTS.map(({ shown: text }, k) => {
    const box = html("input", { type: "checkbox", "aria-label": `input ${text}` });
    box.addEventListener("change", () => {
      const bits = box.checked ? app.state.net.inputs | (1 << k) : app.state.net.inputs & ~(1 << k);
      if (chosenInputs(bits, board.data().dims).length && bits) board.changeShape({ inputs: bits });
      else box.checked = true;
    });
    return { box, element: html("label", { class: "chip" }, box, html("span", {}, text)) };
  });
  const about = html("p", { class: "about" });
  /** What a person's own table was; said until other points are chosen. */
  let aboutOwn = "";
  const file = html("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", "aria-label": "A table of your own" });
  file.addEventListener("change", () => {
    const [chosenFile] = file.files ?? [];
    if (chosenFile) take(chosenFile);
    file.value = "";
  });
  const fileRow = html("label", { class: "file" }, html("span", {}, "or a table of your own (CSV)"), file);
  target.addEventListener("dragover", (event) => event.preventDefault());
  target.addEventListener("drop", (event) => {
    event.preventDefault();
    const [dropped] = event.dataTransfer?.files ?? [];
    if (dropped) take(dropped);
  });

  /** @param {File} table */
  async function take(table) {
    // Not even read where it cannot be used.
    const found = table.size > 4_000_000 ? { error: "The file is longer than 4 MB; take fewer rows." } : readTable(await table.text());
    if ("error" in found) {
      about.textContent = found.error;
      app.announce(found.error);
      return;
    }
    board.restructure(() => Object.assign(app.state.data, { source: found.isCurve ? "curve" : "own", problem: "blobs", points: found.points }), true);
    aboutOwn = found.says;
    draw();
    app.announce(found.says);
  }

  const problemControls = html("div", {},
    html("label", { class: "range" }, html("span", {}, "noise"), noise, noiseText),
    html("label", { class: "range" }, html("span", {}, "points"), count, countText));
  const seedRow = html("label", { class: "field short" }, html("span", {}, "seed"), pointSeed);
  const element = html("section", { class: "card data", "aria-labelledby": "data-title" },
    html("h2", { id: "data-title" }, "Points"), sources.element, formulaRow, about, fileRow, problemControls,
    html("label", { class: "range" }, html("span", {}, "held out"), held, heldText), seedRow,
    html("h3", {}, "Inputs of the network"), html("div", { class: "chips" }, ...inputBoxes.map(({ element }) => element)));

  function draw() {
    const { source, problem } = app.state.data;
    const { scale, yScale, targets } = board.data();
    if (source !== "own" && source !== "curve") aboutOwn = "";
    formulaRow.hidden = source !== "formula";
    if (document.activeElement !== formula || !formula.hasAttribute("aria-invalid")) formula.value = app.state.data.formula;
    sources.set(source === "problem" ? problem : source);
    const told = lesson.problems?.[problem];
    const scaled = (/** @type {string} */ name, /** @type {import("./model.js").Scale} */ { center, spread }) => (center || spread !== 1 ? `${name} / ${brief(spread)}`.replace(name, center ? `(${name} ${center < 0 ? "+" : "−"} ${brief(Math.abs(center))})` : name) : "");
    const standing = scaled("x", scale) && `x₁ stands for ${scaled("x", scale)}.`;
    if (source === "problem") about.textContent = `${told?.takes ?? ""} ${standing}`;
    else if (source === "formula") about.textContent = `${standing} ${targets ? `The network learns ${scaled("y", yScale) || "y"}.` : ""}`;
    else if (source === "curve") about.textContent = aboutOwn || "Choose “add” below the picture and click where the curve shall pass.";
    else if (source === "lesson") about.textContent = table?.note ?? "";
    else about.textContent = aboutOwn || "Choose a class below the picture and click into it.";
    if (board.data().X.some((value) => value < board.data().window[0] || value > board.data().window[1])) about.textContent += " Points farther out are drawn at the edge.";
    problemControls.hidden = !DRAWN.includes(source);
    seedRow.hidden = source === "own" || source === "curve";
    showRanges(true);
    setNumber(pointSeed, app.state.data.seed);
    inputBoxes.forEach(({ box, element }, k) => {
      box.checked = board.inputPlaces().includes(k);
      element.hidden = INPUTS[k].dims > board.data().dims;
    });
  }

  return { element, draw };
}
