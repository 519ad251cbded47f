/**
 * A network that learns: its points, its graph with a map in every unit, its regions, its loss.
 *
 * Conventions: the worker owns the weights while it trains; the page draws what it was last told, and
 * what a person changes is drawn at once and sent in parallel. Maps are pictures; the numbers in the
 * table of a unit are exact.
 */

import { html, svg } from "../views/_dom.js";
import { button, choice, css, draggable, isDragging, numberInput, segments, setNumber, shown } from "./controls.js";
import { valueNames } from "./equation.js";
import { kernelText } from "./kernel.js";
import { computePlanes, mapRange, paintClasses, paintRamp } from "./maps.js";
import { clearCanvas, drawCurve } from "./marks.js";
import { FUNCTION_TITLES, lowered } from "./math.js";
import { engineLayers, freshNet, makeData, makeTask, mappedLayers, outputCodes, reshape } from "./model.js";
import { INPUTS, PLANE_PROBLEMS, chosenInputs, computeInputs, snap } from "./problems.js";
import { SIDE, drawPointsOver, makeColorRamps, makeInputPlanes, makeUnitPlanes } from "./region.js";
import { LIMITS, OPTIMIZER_NAMES, START_NAMES } from "./state.js";
import { readTable } from "./table.js";
import { makeZSpace } from "./zspace.js";

const HIDDEN = Object.entries(FUNCTION_TITLES).filter(([name]) => name !== "softmax");
/** Functions whose slope is 0: what feeds them does not learn. */
const FLAT = ["sign", "heaviside"];
/** @type {Record<string, string>} */
const STARTS = { glorot: "Glorot", he: "He", variance: "keeps variance", zeros: "all zero" };
/** @type {Record<string, string>} */
const OPTIMIZERS = { sgd: "gradient descent", adam: "Adam", adamw: "AdamW" };

/**
 * @param {import("./lab.js").App} app
 */
export function makeNetworkView(app) {
  const { engine, lesson } = app;
  const table = lesson.table ?? null;
  const net = () => app.state.net;
  const recipe = () => app.state.recipe;

  const element = html("div", { class: "network" });
  /** @type {import("./model.js").PageData} */
  let data = makeData(app.state.data, table, engine);
  let number = 0;
  let isPlaying = false;
  let isAsked = false;
  /** @type {{ layer: number, unit: number } | null} */
  let chosen = null;
  /** @type {{ layer: number, unit: number } | null} */
  let hovered = null;
  let probe = [0.3, 0.3];
  /** @type {{ epoch: number, train: number, held: number | null }[]} */
  let history = [];
  /** @type {any} what the worker last said */
  let report = null;
  let tool = "look";
  let lastDrawn = 0;

  const inputPlaces = () => chosenInputs(net().inputs, data.dims);
  const layers = () => mappedLayers(inputPlaces().length, net().activations);
  const names = () => valueNames(inputPlaces().map((k) => INPUTS[k].name), net().activations.map((units) => units.length));

  // The worker

  // One for each shape: the program of its gradient is part of its text.
  let program = kernelText(inputPlaces().length, net().activations, makeTask(net(), data).loss);
  let worker = app.startWorker(program, answered);

  function load() {
    number++;
    history = [];
    report = null;
    isAsked = false;
    const task = makeTask(net(), data);
    const wanted = kernelText(inputPlaces().length, net().activations, task.loss);
    if (wanted !== program) {
      program = wanted;
      worker.stop();
      worker = app.startWorker(program, answered);
    }
    const message = { ask: "load", number, task, layers: engineLayers(net(), inputPlaces().length) };
    worker.post({ ...message, recipe: sent(), seed: recipe().seed, epochs: net().epochs }, ...(isPlaying ? [{ ask: "play" }] : []));
    request();
  }

  function sent() {
    const { optimizer, learningRate, weightDecay, batch } = recipe();
    return { optimizer, learningRate, weightDecay, batch };
  }

  function sendEdit() {
    number++;
    isAsked = false;
    worker.post({ ask: "edit", number, parameters: net().parameters });
    request();
  }

  function request() {
    if (isAsked || !data.labels.length) return;
    isAsked = true;
    worker.post({ ask: "get" });
  }

  /** @param {any} message */
  function answered(message) {
    if (message.number !== number) return;
    isAsked = false;
    if (!message.parameters.every(Number.isFinite)) {
      tooLarge();
      return;
    }
    report = message;
    net().parameters = message.parameters;
    net().epochs = message.epochs;
    note(message);
    drawLive();
    if (!isPlaying) app.touched();
  }

  /** Stop where training has diverged; the last weights that were numbers stay. */
  function tooLarge() {
    if (isPlaying) toggle();
    const text = "The weights have become too large to compute with. Choose a smaller learning rate and start again, or undo.";
    caption.textContent = text;
    app.announce(text);
  }

  /** @param {any} message */
  function note({ epochs, train, held }) {
    const last = history[history.length - 1];
    if (last && last.epoch === epochs) history.pop();
    history.push({ epoch: epochs, train: train.loss, held: held?.loss ?? null });
    // Every second one is left out when there are many.
    if (history.length > 600) history = history.filter((_, k) => k % 2 === 0 || k === history.length - 1);
  }

  function frame() {
    if (!isPlaying) return;
    const wait = app.reducedMotion() ? 500 : 0;
    if (performance.now() - lastDrawn >= wait) request();
    requestAnimationFrame(frame);
  }

  // What a person does

  /** @param {() => void} change of the points @param {boolean} [isNew] whether all weights are drawn again */
  function restructure(change, isNew = false) {
    app.remember();
    const dims = data.dims;
    change();
    if (app.state.data.source !== "own") aboutOwn = "";
    data = makeData(app.state.data, table, engine);
    reshape(app.state, {}, engine, data, dims);
    if (isNew) {
      const middle = (data.window[0] + data.window[1]) / 2;
      probe = [middle + 0.1 * (data.window[1] - middle), data.dims === 1 ? 0 : middle];
      Object.assign(net(), freshNet(inputPlaces().length, net().activations, recipe(), engine), { epochs: 0 });
    }
    chosen = null;
    hovered = null;
    load();
    draw();
    app.touched();
  }

  /** @param {Parameters<typeof reshape>[1]} wanted */
  function changeShape(wanted) {
    app.remember();
    reshape(app.state, wanted, engine, data, data.dims);
    chosen = null;
    hovered = null;
    load();
    draw();
    app.touched();
  }

  /** @param {() => void} change of the recipe */
  function changeRecipe(change) {
    app.remember();
    change();
    worker.post({ ask: "recipe", recipe: sent() });
    app.touched();
    drawBar();
  }

  function restart() {
    app.remember();
    const { parameters } = freshNet(inputPlaces().length, net().activations, recipe(), engine);
    const { edges } = net();
    net().parameters = parameters.map((/** @type {number} */ value, /** @type {number} */ k) => (edges[k] ? value : 0));
    net().epochs = 0;
    load();
    app.touched();
  }

  function toggle() {
    isPlaying = !isPlaying;
    if (isPlaying) app.remember();
    worker.post({ ask: isPlaying ? "play" : "pause" });
    if (isPlaying) requestAnimationFrame(frame);
    else request();
    app.announce(isPlaying ? "Training runs." : `Training stopped after ${net().epochs} epochs.`);
    drawBar();
  }

  /** @param {"step" | "epoch"} ask */
  function advance(ask) {
    if (isPlaying) toggle();
    app.remember();
    isAsked = true;
    worker.post({ ask }, { ask: "get" });
  }

  // Training bar

  const play = button("Train", toggle, { class: "primary" });
  const epochs = html("output", { class: "epochs", "aria-label": "Epochs" });
  const rate = choice("learning rate", [1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0001].map((r) => [String(r), String(r)]), (v) => changeRecipe(() => (recipe().learningRate = Number(v))));
  const optimizer = choice("optimizer", OPTIMIZER_NAMES.map((name) => [name, OPTIMIZERS[name]]), (v) => changeRecipe(() => (recipe().optimizer = v)));
  const batch = choice("batch", [1, 5, 10, 25, 50, 100, 2000].map((n) => [String(n), n === 2000 ? "all points" : String(n)]), (v) => changeRecipe(() => (recipe().batch = Number(v))));
  const decay = choice("weight decay", [0, 0.0001, 0.001, 0.01, 0.1].map((r) => [String(r), String(r)]), (v) => changeRecipe(() => (recipe().weightDecay = Number(v))));
  const start = choice("first weights", START_NAMES.map((name) => [name, STARTS[name]]), (v) => {
    recipe().start = v;
    restart();
  });
  const seed = numberInput("Seed of the weights", (value) => {
    recipe().seed = Math.floor(value);
    restart();
  }, { low: 0, high: 2 ** 31 - 1, step: 1 });
  const bar = html("div", { class: "bar", role: "group", "aria-label": "Training" },
    html("div", { class: "row transport" }, play, button("One step", () => advance("step")), button("One epoch", () => advance("epoch")), button("Start again", restart), html("span", { class: "epoch-box" }, html("span", {}, "epoch"), epochs)),
    html("div", { class: "row settings" }, rate.element, optimizer.element, batch.element, decay.element, start.element, html("label", { class: "field short" }, html("span", {}, "seed"), seed)));

  /** Choose what is not among the usual ones, too. @param {ReturnType<typeof choice>} control @param {number} value */
  function setNumeric({ select, set }, value) {
    const text = String(value);
    if (![...select.options].some((option) => option.value === text)) select.append(html("option", { value: text }, text));
    set(text);
  }

  function drawBar() {
    play.textContent = isPlaying ? "Pause" : "Train";
    play.classList.toggle("playing", isPlaying);
    setNumeric(rate, recipe().learningRate);
    optimizer.set(recipe().optimizer);
    setNumeric(batch, recipe().batch);
    setNumeric(decay, recipe().weightDecay);
    start.set(recipe().start);
    setNumber(seed, recipe().seed);
  }

  // Points

  const sources = choice("points", sourceOptions(), (value) => restructure(() => {
    const state = app.state.data;
    if (value === "own") {
      state.points = data.dims === 2 ? ownPoints() : [];
      state.source = "own";
    } else if (value === "lesson") state.source = "lesson";
    else {
      const problem = PLANE_PROBLEMS.find(({ name }) => name === value) ?? PLANE_PROBLEMS[0];
      Object.assign(state, { source: "problem", problem: problem.name, noise: problem.noise, points: [] });
    }
  }, value !== "own"));

  /** @returns {[string, string][]} */
  function sourceOptions() {
    const told = PLANE_PROBLEMS.map(({ name }) => /** @type {[string, string]} */ ([name, lesson.problems?.[name]?.title ?? name]));
    return [...(table ? [/** @type {[string, string]} */ (["lesson", lesson.title ?? "the table"])] : []), ...told, ["own", "your own points"]];
  }

  /** @returns {[number, number, number][]} */
  function ownPoints() {
    return [...data.labels].slice(0, LIMITS.points).map((label, row) => [snap(data.X[2 * row]), snap(data.X[2 * row + 1]), label]);
  }

  const noise = html("input", { type: "range", min: 0, max: 0.5, step: 0.01, "aria-label": "noise" });
  const count = html("input", { type: "range", min: 20, max: 1000, step: 10, "aria-label": "number of points" });
  const held = html("input", { type: "range", min: 0, max: 80, step: 10, "aria-label": "percent of points that only check" });
  const pointSeed = numberInput("Seed of the points", (value) => restructure(() => (app.state.data.seed = Math.floor(value))), { low: 0, high: 2 ** 31 - 1, step: 1 });
  /** @type {[HTMLInputElement, "noise" | "n" | "held"][]} */
  const ranges = [[noise, "noise"], [count, "n"], [held, "held"]];
  for (const [input, key] of ranges) input.addEventListener("change", () => restructure(() => (app.state.data[key] = input.valueAsNumber)));
  for (const [input] of ranges) input.addEventListener("input", () => showRanges(false));
  const [noiseText, countText, heldText] = [html("output"), html("output"), html("output")];

  /** @param {boolean} fromState */
  function showRanges(fromState) {
    if (fromState) for (const [input, key] of ranges) input.value = String(app.state.data[key]);
    noiseText.textContent = noise.valueAsNumber.toFixed(2);
    countText.textContent = String(app.state.data.source === "problem" ? count.valueAsNumber : data.labels.length);
    heldText.textContent = `${held.valueAsNumber} %`;
  }

  const inputBoxes = INPUTS.map(({ shown: text, name }, k) => {
    const box = html("input", { type: "checkbox", "aria-label": `input ${name}` });
    box.addEventListener("change", () => {
      const bits = box.checked ? net().inputs | (1 << k) : net().inputs & ~(1 << k);
      if (chosenInputs(bits, data.dims).length && bits) changeShape({ inputs: bits });
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
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", (event) => {
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
    restructure(() => Object.assign(app.state.data, { source: "own", problem: "blobs", points: found.points }), true);
    aboutOwn = found.says;
    drawData();
    app.announce(found.says);
  }

  const problemControls = html("div", {},
    html("label", { class: "range" }, html("span", {}, "noise"), noise, noiseText),
    html("label", { class: "range" }, html("span", {}, "points"), count, countText));
  const seedRow = html("label", { class: "field short" }, html("span", {}, "seed"), pointSeed);
  const dataCard = html("section", { class: "card data", "aria-labelledby": "data-title" },
    html("h2", { id: "data-title" }, "Points"), sources.element, about, fileRow, problemControls,
    html("label", { class: "range" }, html("span", {}, "held out"), held, heldText), seedRow,
    html("h3", {}, "Inputs of the network"), html("div", { class: "chips" }, ...inputBoxes.map(({ element }) => element)));

  function drawData() {
    const { source, problem } = app.state.data;
    sources.set(source === "problem" ? problem : source);
    const told = lesson.problems?.[problem];
    const scale = PLANE_PROBLEMS.find(({ name }) => name === problem)?.scale;
    if (source === "problem") about.textContent = `${told?.takes ?? ""}${scale ? ` x₁ stands for (x − ${scale.center}) / ${scale.spread}.` : ""}`;
    else if (source === "lesson") about.textContent = table?.note ?? "";
    else about.textContent = aboutOwn || "Choose a class below the picture and click into it.";
    if (data.X.some((value) => value < data.window[0] || value > data.window[1])) about.textContent += " Points farther out are drawn at the edge.";
    problemControls.hidden = source !== "problem";
    seedRow.hidden = source === "own";
    showRanges(true);
    setNumber(pointSeed, app.state.data.seed);
    inputBoxes.forEach(({ box, element }, k) => {
      box.checked = inputPlaces().includes(k);
      element.hidden = INPUTS[k].dims > data.dims;
    });
  }

  // Graph

  const graph = html("div", { class: "graph" });
  const wires = svg("svg", { class: "wires", "aria-hidden": "true" });
  const depthText = html("b", {});
  const caption = html("p", { class: "caption" }, "\u00a0");
  const graphCard = html("section", { class: "card graph-card", "aria-labelledby": "graph-title" },
    html("div", { class: "card-head" }, html("h2", { id: "graph-title" }, "Network"),
      html("div", { class: "stepper", role: "group", "aria-label": "Hidden layers" }, html("span", {}, "hidden layers"),
        button("−", () => changeLayers(-1), { "aria-label": "One hidden layer less" }), depthText, button("+", () => changeLayers(1), { "aria-label": "One more hidden layer" }))),
    html("div", { class: "graph-scroll" }, graph), caption);

  /** @param {number} by */
  function changeLayers(by) {
    const hidden = net().activations.slice(0, -1);
    const output = net().activations.slice(-1);
    if (by < 0 && hidden.length) changeShape({ activations: [...hidden.slice(0, -1), ...output] });
    if (by > 0 && hidden.length < 6) changeShape({ activations: [...hidden, Array(hidden.length ? hidden[hidden.length - 1].length : 4).fill(hidden.at(-1)?.[0] ?? "tanh"), ...output] });
  }

  /** @param {number} layer @param {number} by */
  function changeUnits(layer, by) {
    const activations = net().activations.map((units) => [...units]);
    const units = activations[layer];
    if (by < 0 && units.length > 1) units.pop();
    else if (by > 0 && units.length < LIMITS.units) units.push(units[units.length - 1]);
    else return;
    changeShape({ activations });
  }

  /** @param {number} layer @param {string} name */
  function changeFunction(layer, name) {
    changeActivations(net().activations.map((units, k) => (k === layer ? units.map(() => name) : units)));
  }

  /** Other functions for the same weights. @param {string[][]} activations */
  function changeActivations(activations) {
    app.remember();
    net().activations = activations;
    load();
    drawStill();
    app.touched();
  }

  /** @type {{ canvas: HTMLCanvasElement, image: ImageData, pixels: Uint32Array, element: HTMLButtonElement }[][]} */
  let unitMaps = [];
  /** @type {{ line: SVGLineElement, at: number }[]} */
  let edgeLines = [];
  /** @type {{ x: number, y: number }[][]} */
  let places = [];
  /** @type {Float32Array[][]} */
  let planes = [];
  /** @type {Float32Array[]} */
  let inputPlanes = [];
  const UNIT = 40;

  /** Make the graph anew, after its shape has changed. */
  function rebuild() {
    const columns = [inputPlaces().length, ...net().activations.map((units) => units.length)];
    planes = makeUnitPlanes(net().activations, data);
    inputPlanes = makeInputPlanes(data, inputPlaces());
    const width = Math.max(graph.parentElement?.clientWidth || 520, columns.length * 82 + 12);
    const tallest = Math.max(...columns);
    const gap = 58;
    const height = 58 + tallest * gap;
    graph.style.width = `${width}px`;
    graph.style.height = `${height}px`;
    wires.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const spread = columns.length > 1 ? (width - 92) / (columns.length - 1) : 0;
    places = columns.map((n, c) => Array.from({ length: n }, (_, i) => ({ x: 46 + c * spread, y: 54 + (i + 0.5 + (tallest - n) / 2) * gap })));
    const all = names();
    graph.replaceChildren(wires);
    const held = chosen;
    makeWires(all);
    columns.forEach((n, c) => graph.append(columnHead(c, n)));
    unitMaps = places.map((column, c) => column.map(({ x, y }, i) => makeUnit(c, i, x, y, all)));
    chosen = held;
    depthText.textContent = String(net().activations.length - 1);
    zSpace.draw(all[all.length - 2]);
    drawStill();
  }

  /** @param {string[][]} all */
  function makeWires(all) {
    const [visible, hits] = [svg("g"), svg("g")];
    edgeLines = [];
    layers().forEach(({ nIn, nOut, start }, depth) => {
      for (let o = 0; o < nOut; o++) {
        for (let i = 0; i < nIn; i++) {
          const [from, to] = [places[depth][i], places[depth + 1][o]];
          const ends = { x1: from.x + UNIT / 2, y1: from.y, x2: to.x - UNIT / 2, y2: to.y };
          const line = svg("line", { ...ends, class: "wire" });
          const hit = svg("line", { ...ends, class: "hit" });
          const at = start + o * nIn + i;
          hit.addEventListener("pointerenter", () => (caption.textContent = `${lowered(all[depth][i])} → ${lowered(all[depth + 1][o])}: ${net().edges[at] ? shown(net().parameters[at], 3) : "cut"}. Click to edit.`));
          hit.addEventListener("click", () => choose(depth, o, i));
          edgeLines.push({ line, at });
          visible.append(line);
          hits.append(hit);
        }
      }
    });
    wires.replaceChildren(visible, hits);
  }

  /** @param {number} c @param {number} n */
  function columnHead(c, n) {
    const head = html("div", { class: "column-head" });
    head.style.left = `${places[c][0].x}px`;
    if (c === 0) head.append(html("span", {}, "inputs"));
    else {
      const isLast = c === net().activations.length;
      const units = net().activations[c - 1];
      const isMixed = units.some((name) => name !== units[0]);
      const options = isLast ? (n > 1 ? [["softmax", "softmax"]] : HIDDEN) : HIDDEN;
      const select = html("select", { "aria-label": isLast ? "Function of the output" : `Function of hidden layer ${c}` });
      for (const [value, text] of [...(isMixed ? [["", "mixed"]] : []), ...options]) select.append(html("option", { value }, text));
      select.value = isMixed ? "" : units[0];
      select.addEventListener("change", () => select.value && changeFunction(c - 1, select.value));
      head.append(select);
      if (!isLast) head.append(html("div", { class: "pair" }, button("−", () => changeUnits(c - 1, -1), { "aria-label": `One unit less in hidden layer ${c}` }), html("b", {}, String(n)), button("+", () => changeUnits(c - 1, 1), { "aria-label": `One more unit in hidden layer ${c}` })));
      else head.append(html("span", {}, n > 1 ? "outputs" : "output"));
    }
    return head;
  }

  /** @param {number} c @param {number} i @param {number} x @param {number} y @param {string[][]} all */
  function makeUnit(c, i, x, y, all) {
    const side = data.dims === 1 ? UNIT * 2 : SIDE;
    const canvas = html("canvas", { width: side, height: side });
    const image = new ImageData(side, side);
    const isInput = c === 0;
    const title = lowered(all[c][i]);
    const label = isInput ? INPUTS[inputPlaces()[i]].shown : title;
    const element = html("button", { type: "button", class: `unit${isInput ? " input" : ""}`, "aria-label": isInput ? `Input ${all[c][i]}` : `Unit ${all[c][i]}, ${FUNCTION_TITLES[net().activations[c - 1][i]]}` }, canvas, html("span", {}, label));
    element.style.left = `${x - UNIT / 2}px`;
    element.style.top = `${y - UNIT / 2}px`;
    const look = () => {
      hovered = { layer: c, unit: i };
      drawMaps();
    };
    const leave = () => {
      hovered = null;
      drawMaps();
    };
    element.addEventListener("pointerenter", look);
    element.addEventListener("focus", look);
    element.addEventListener("pointerleave", leave);
    element.addEventListener("blur", leave);
    if (!isInput) element.addEventListener("click", () => choose(c - 1, i));
    graph.append(element);
    return { canvas, image, pixels: new Uint32Array(image.data.buffer), element };
  }

  // Table of a unit

  const unitTitle = html("h2", { id: "unit-title" });
  const unitBody = html("div", {});
  const unitCard = html("section", { class: "card unit-card", "aria-labelledby": "unit-title" }, unitTitle, unitBody);
  /** @type {(() => void) | null} */
  let refreshUnit = null;

  /** @param {number} layer from 0 @param {number} unit @param {number} [edge] whose field gets the focus */
  function choose(layer, unit, edge) {
    chosen = { layer, unit };
    buildUnit();
    drawStill();
    const field = edge === undefined ? null : unitBody.querySelectorAll("tbody input[type=number]")[edge];
    if (field instanceof HTMLInputElement) {
      field.focus();
      field.select();
    }
  }

  function buildUnit() {
    refreshUnit = null;
    if (!chosen) {
      unitTitle.textContent = "A unit in numbers";
      unitBody.replaceChildren(html("p", { class: "about" }, "Choose a unit or an edge of the network: you see what the unit computes for the chosen point, and can change every weight, cut edges, or give the unit another function."));
      return;
    }
    const { layer, unit } = chosen;
    const all = names();
    const mine = layers()[layer];
    const isLast = layer === net().activations.length - 1;
    unitTitle.textContent = `Unit ${lowered(all[layer + 1][unit])} in numbers`;
    const rows = Array.from({ length: mine.nIn + 1 }, (_, i) => unitRow(mine, layer, unit, i, all));
    const functions = choice("function", isLast && mine.nOut > 1 ? [["softmax", "softmax"]] : HIDDEN, (value) => {
      const activations = net().activations.map((units, k) => units.map((name, o) => (k === layer && o === unit ? value : name)));
      changeActivations(activations);
      rebuild();
    });
    functions.set(mine.activations[unit]);
    const result = html("p", { class: "steps" });
    const head = html("tr", {}, ...["from", "weight", "× value", "= product", "slope"].map((text) => html("th", { scope: "col" }, text)), html("th", { scope: "col" }, html("span", { class: "sr" }, "edge")));
    unitBody.replaceChildren(
      html("div", { class: "table-scroll" }, html("table", {}, html("thead", {}, head), html("tbody", {}, ...rows.map(({ element }) => element)))),
      result, html("div", { class: "row" }, functions.element),
      html("p", { class: "hint" }, "For the point under the ring in the picture. The slope is that of the loss in the last step of training: the weight moves against it."));
    refreshUnit = () => {
      const values = unitValues();
      if (!values) return;
      rows.forEach(({ show }) => show(values));
      const { z, a } = values;
      result.replaceChildren(`sum ${shown(z, 3)}, `, `${FUNCTION_TITLES[mine.activations[unit]]} of it `, html("b", {}, shown(a, 3)));
    };
    refreshUnit();
  }

  /** What the chosen unit computes at the probe. */
  function unitValues() {
    if (!chosen) return null;
    const network = engine.makeNetwork(engineLayers(net(), inputPlaces().length));
    const x = computeInputs(Float64Array.from(probe.slice(0, data.dims)), data.dims, inputPlaces());
    const room = engine.forward(network, x);
    const { layer, unit } = chosen;
    return { below: room.a[layer], z: room.z[layer][unit], a: room.a[layer + 1][unit] };
  }

  /**
   * @param {import("./maps.js").MappedLayer} mine
   * @param {number} layer
   * @param {number} unit
   * @param {number} i place of the source; the last is w0
   * @param {string[][]} all
   */
  function unitRow({ nIn, nOut, start }, layer, unit, i, all) {
    const isBias = i === nIn;
    const at = isBias ? start + nOut * nIn + unit : start + unit * nIn + i;
    const name = isBias ? "1" : lowered(layer === 0 ? INPUTS[inputPlaces()[i]].shown : all[layer][i]);
    const input = numberInput(isBias ? "w0" : `Weight from ${all[layer][i]}`, (value) => setWeight(at, value));
    input.addEventListener("focus", app.remember);
    const [value, product, slope] = [html("td"), html("td"), html("td")];
    const cut = isBias ? null : html("input", { type: "checkbox", "aria-label": `Edge from ${all[layer][i]}`, title: "cut the edge" });
    cut?.addEventListener("change", () => {
      app.remember();
      net().edges[at] = cut.checked ? 1 : 0;
      net().parameters[at] = cut.checked ? 0.5 : 0;
      load();
      drawStill();
      app.touched();
    });
    const element = html("tr", {}, html("th", { scope: "row" }, name), html("td", {}, input), value, product, slope, html("td", {}, ...(cut ? [cut] : [])));
    /** @param {{ below: Float64Array }} values */
    const show = ({ below }) => {
      const w = net().parameters[at];
      if (cut) cut.checked = net().edges[at] === 1;
      input.disabled = cut !== null && net().edges[at] === 0;
      if (document.activeElement !== input) setNumber(input, w);
      value.textContent = isBias ? "" : shown(below[i], 3);
      product.textContent = shown(isBias ? w : w * below[i], 3);
      slope.textContent = report?.gradient?.length === net().parameters.length && report.steps ? shown(report.gradient[at], 4) : "–";
    };
    return { element, show };
  }

  /** @param {number} at @param {number} value */
  function setWeight(at, value) {
    net().parameters[at] = value;
    sendEdit();
    drawStill();
    app.touched();
  }

  // Picture

  const region = html("canvas", { width: SIDE, height: SIDE, class: "region" });
  const overlay = html("canvas", { class: "overlay" });
  const ring = html("button", { type: "button", class: "ring" });
  const field = html("div", { class: "map" }, region, overlay, ring);
  const mapTitle = html("h2", { id: "map-title" }, "Output");
  const tools = html("div", { class: "tools" });
  const legend = html("ul", { class: "legend" });
  const figures = html("div", { class: "figures" });
  const isLog = html("input", { type: "checkbox" });
  isLog.addEventListener("change", drawLoss);
  const lossPlot = html("canvas", { class: "loss", role: "img", "aria-label": "Loss by epoch" });
  const confusion = html("div", { class: "table-scroll" });
  const mapCard = html("section", { class: "card map-card", "aria-labelledby": "map-title" }, mapTitle, field, legend, tools);
  const lossCard = html("section", { class: "card loss-card", "aria-labelledby": "loss-title" }, html("div", { class: "card-head" }, html("h2", { id: "loss-title" }, "Loss"), html("label", { class: "chip small" }, isLog, html("span", {}, "powers of ten"))), figures, lossPlot, html("details", {}, html("summary", {}, "Which class is taken for which"), confusion));

  const [toX, toY] = [
    (/** @type {number} */ share) => data.window[0] + share * (data.window[1] - data.window[0]),
    (/** @type {number} */ share) => data.window[1] - share * (data.window[1] - data.window[0]),
  ];

  draggable(field, field, {
    start(x, y) {
      if (tool !== "look") return false;
      moveProbe(toX(x), toY(y));
      return true;
    },
    move: (x, y) => moveProbe(toX(Math.min(Math.max(x, 0), 1)), toY(Math.min(Math.max(y, 0), 1))),
  });
  // A click, not the press alone: a finger that scrolls adds no point.
  field.addEventListener("click", (event) => {
    const box = field.getBoundingClientRect();
    const [x, y] = [toX((event.clientX - box.left) / box.width), toY((event.clientY - box.top) / box.height)];
    if (tool === "look") playNearest(x, y, (data.window[1] - data.window[0]) / 30);
    else if (tool === "erase") erase(x, y);
    else addPoint(x, y, Number(tool));
  });
  ring.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const size = ((data.window[1] - data.window[0]) / 100) * (event.shiftKey ? 10 : 1);
    if (by) moveProbe(probe[0] + by[0] * size, probe[1] + by[1] * size);
    else if (/^[0-5]$/.test(event.key) && data.dims === 2) addPoint(probe[0], probe[1], Number(event.key));
    else if (event.key === "Delete" && data.dims === 2) erase(probe[0], probe[1]);
    else return;
    event.preventDefault();
  });

  /** @param {number} x @param {number} y */
  function moveProbe(x, y) {
    const [low, high] = data.window;
    probe = [Math.min(Math.max(x, low), high), Math.min(Math.max(y, low), high)];
    drawProbe();
    refreshUnit?.();
  }

  /** @param {number} x @param {number} y @param {number} label */
  function addPoint(x, y, label) {
    // A class in between would have no points at all.
    if (label > data.nClasses || data.labels.length >= LIMITS.points) return;
    restructure(() => {
      if (app.state.data.source !== "own") Object.assign(app.state.data, { points: ownPoints(), source: "own" });
      app.state.data.points.push([snap(x), snap(y), label]);
    });
  }

  /** @param {number} x @param {number} y */
  function erase(x, y) {
    const points = app.state.data.source === "own" ? app.state.data.points : ownPoints();
    let best = ((data.window[1] - data.window[0]) / 20) ** 2;
    let found = -1;
    points.forEach(([px, py], k) => {
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < best) [best, found] = [distance, k];
    });
    if (found >= 0 && points.length > 2) restructure(() => Object.assign(app.state.data, { source: "own", points: points.filter((_, k) => k !== found) }));
  }

  // Sounds of a person's own collection

  const audio = new Audio();
  const heard = html("p", { class: "hint", role: "status" });
  const listen = button("Play the nearest sound", () => playNearest(probe[0], probe[1], Infinity));

  /** Places of the points that can be played. */
  const playable = () => (app.state.data.source === "lesson" ? Object.keys(table?.sounds ?? {}).map(Number) : []);

  /**
   * Play the sound of the nearest point that has one.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} reach farther ones are not played
   */
  function playNearest(x, y, reach) {
    const [low, high] = data.window;
    const inside = (/** @type {number} */ value) => Math.min(Math.max(value, low), high);
    const away = (/** @type {number} */ row) => Math.hypot(inside(data.X[row * data.dims]) - x, data.dims > 1 ? inside(data.X[row * 2 + 1]) - y : 0);
    const [nearest] = playable().sort((a, b) => away(a) - away(b));
    if (nearest === undefined || away(nearest) > reach) return;
    const { name, uri } = table.sounds[nearest];
    audio.src = uri;
    audio.play().then(() => (heard.textContent = `${name}, ${data.classes[data.labels[nearest]]}`), () => (heard.textContent = `${name} cannot be played here`));
  }

  function drawTools() {
    if (data.dims === 1) {
      tools.replaceChildren(html("p", { class: "hint" }, "The curve is the output over the line of inputs; the marks are the points."));
      tool = "look";
      return;
    }
    const n = Math.min(data.nClasses + 1, LIMITS.classes);
    const marks = Array.from({ length: n }, (_, k) => /** @type {[string, string]} */ ([String(k), `${k % 2 ? "●" : "×"} ${k < data.nClasses ? k : "new class"}`]));
    const kinds = segments("What a click does", [["look", "look"], ...marks, ["erase", "erase"]], (value) => (tool = value));
    kinds.set(tool);
    const hearing = playable().length ? [html("p", { class: "hint" }, "Ringed points can be heard: click them."), html("div", { class: "row" }, listen), heard] : [];
    tools.replaceChildren(kinds.element, ...hearing, html("div", { class: "row" }, button("Remove all points", () => restructure(() => {
      const [low, high] = data.window;
      const at = (/** @type {number} */ share) => snap(low + share * (high - low));
      // Two remain, for there must be something to tell apart.
      Object.assign(app.state.data, { source: "own", held: 0, points: [[at(0.3), at(0.3), 0], [at(0.7), at(0.7), 1]] });
    }))));
  }

  function drawLegend() {
    legend.replaceChildren(...data.classes.slice(0, data.nClasses).map((name, k) => html("li", {}, html("span", { class: `mark k${k}`, "aria-hidden": "true" }, k % 2 ? "●" : "×"), name)));
    if (data.held.some(Boolean)) legend.append(html("li", { class: "muted" }, "pale: held out"));
  }

  /** @type {ReturnType<typeof makeColorRamps> | null} */
  let ramps = null;

  function colorRamps() {
    if (ramps?.colors !== app.colors()) ramps = makeColorRamps(app.colors());
    return /** @type {ReturnType<typeof makeColorRamps>} */ (ramps);
  }

  const regionImage = new ImageData(SIDE, SIDE);
  const regionPixels = new Uint32Array(regionImage.data.buffer);

  /** Draw every map from the weights as they are. */
  function drawMaps() {
    computePlanes(layers(), net().parameters, inputPlanes, planes);
    const { signed } = colorRamps();
    const all = [inputPlanes, ...planes];
    unitMaps.forEach((column, c) => column.forEach(({ canvas, image, pixels }, i) => {
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      const activation = c ? net().activations[c - 1][i] : "identity";
      const [low, high] = mapRange(activation, all[c][i]);
      if (data.dims === 1) drawCurve(context, all[c][i], [low, high], [canvas.width, canvas.height], 3, app.colors());
      else {
        paintRamp(pixels, all[c][i], signed, low, high);
        context.putImageData(image, 0, 0);
      }
    }));
    drawRegion();
  }

  function drawRegion() {
    const { signed, classes, colors } = colorRamps();
    const shownUnit = hovered ?? { layer: net().activations.length, unit: -1 };
    const column = [inputPlanes, ...planes][shownUnit.layer] ?? planes[planes.length - 1];
    const isOutput = shownUnit.unit < 0 || (shownUnit.layer === net().activations.length && data.nClasses === 2);
    mapTitle.textContent = isOutput ? "Output" : `What ${lowered(names()[shownUnit.layer][shownUnit.unit])} answers`;
    const context = /** @type {CanvasRenderingContext2D} */ (region.getContext("2d"));
    if (data.dims === 1) {
      const size = Math.round(field.clientWidth * devicePixelRatio) || 300;
      if (region.width !== size) region.width = region.height = size;
      const plane = column[Math.max(shownUnit.unit, 0)];
      const [low, high] = lineRange(shownUnit.layer, plane);
      drawCurve(context, plane, [low, high], [size, size], 2.5 * devicePixelRatio, colors);
    } else {
      if (region.width !== SIDE) region.width = region.height = SIDE;
      if (isOutput && data.nClasses > 2) paintClasses(regionPixels, planes[planes.length - 1], classes);
      else {
        const plane = column[Math.max(shownUnit.unit, 0)];
        const activation = shownUnit.layer ? net().activations[shownUnit.layer - 1][Math.max(shownUnit.unit, 0)] : "identity";
        let [low, high] = mapRange(activation, plane);
        // Between the classes lies one half for an output that is a sum.
        if (isOutput && outputCodes(activation).threshold === 0.5 && low < 0) [low, high] = [0.5 - high, 0.5 + high];
        paintRamp(regionPixels, plane, signed, low, high);
      }
      context.putImageData(regionImage, 0, 0);
    }
    drawOverlay();
  }

  /** @param {number} layer @param {Float32Array} plane @returns {[number, number]} */
  function lineRange(layer, plane) {
    const activation = layer ? net().activations[layer - 1][0] : "identity";
    const [low, high] = mapRange(activation, plane);
    if (layer !== net().activations.length) return [low, high];
    const { low: zero } = outputCodes(activation);
    return [Math.min(zero, low === -high && zero === 0 ? Math.min(0, plane.reduce((a, b) => Math.min(a, b), 0)) : low), Math.max(1, high)];
  }

  function drawOverlay() {
    drawPointsOver(overlay, data, app.state.data, app.colors(), probe[0], playable());
  }

  function drawProbe() {
    const [low, high] = data.window;
    ring.style.left = `${((probe[0] - low) / (high - low)) * 100}%`;
    ring.style.top = data.dims === 1 ? "50%" : `${((high - probe[1]) / (high - low)) * 100}%`;
    const where = data.dims === 1 ? shown(probe[0]) : `${shown(probe[0])}, ${shown(probe[1])}`;
    ring.setAttribute("aria-label", `Chosen point ${where}; arrow keys move it${data.dims === 2 ? ", a digit adds a point of that class, Delete removes the nearest" : ""}`);
    if (data.dims === 1) drawOverlay();
  }

  // Loss

  function drawFigures() {
    const { train, held } = report ?? {};
    const cell = (/** @type {string} */ title, /** @type {any} */ found, /** @type {string} */ kind) =>
      html("div", { class: `figure ${kind}` }, html("span", { class: "key", "aria-hidden": "true" }), html("span", {}, title), html("b", {}, found ? (found.loss > 0 && found.loss < 0.0005 ? "< 0.001" : shown(found.loss, 3)) : "–"), html("span", {}, found ? `${(100 * found.accuracy).toFixed(0)} % right` : ""));
    figures.replaceChildren(cell("training", train, "train"), ...(data.held.some(Boolean) ? [cell("held out", held, "held")] : []));
  }

  function drawLoss() {
    const { context, width, height, ratio } = clearCanvas(lossPlot);
    const { positive, negative, rule, muted } = app.colors();
    context.strokeStyle = css(rule);
    context.lineWidth = ratio;
    context.beginPath();
    context.moveTo(0, height - ratio / 2);
    context.lineTo(width, height - ratio / 2);
    context.stroke();
    if (history.length < 2) return;
    const top = Math.max(...history.flatMap(({ train, held: check }) => [train, check ?? 0]).filter(Number.isFinite), 1e-9);
    const values = history.flatMap(({ train, held: check }) => [train, check ?? train]).filter((value) => value > 0);
    const floor = Math.max(Math.min(...values, top), top * 1e-8);
    const height01 = (/** @type {number} */ value) => {
      if (!isLog.checked) return Math.min(value, top) / top;
      return Math.log(Math.max(value, floor) / floor) / (Math.log(top / floor) || 1);
    };
    const [first, last] = [history[0].epoch, history[history.length - 1].epoch];
    /** @param {"train" | "held"} key @param {number[]} color @param {number[]} dashes */
    const line = (key, color, dashes) => {
      context.strokeStyle = css(color);
      context.setLineDash(dashes.map((d) => d * ratio));
      context.lineWidth = 1.8 * ratio;
      context.beginPath();
      history.forEach((entry, k) => {
        const value = entry[key];
        if (value === null) return;
        const x = ((entry.epoch - first) / (last - first || 1)) * width;
        const y = height - height01(value) * (height - 14 * ratio) - ratio;
        if (k) context.lineTo(x, y);
        else context.moveTo(x, y);
      });
      context.stroke();
      context.setLineDash([]);
    };
    line("held", negative, [5, 3]);
    line("train", positive, []);
    context.fillStyle = css(muted);
    context.font = `${11 * ratio}px system-ui, sans-serif`;
    context.fillText(shown(top, 3), 2 * ratio, 11 * ratio);
    if (isLog.checked) context.fillText(shown(floor, 3), 2 * ratio, height - 5 * ratio);
    lossPlot.setAttribute("aria-label", `Loss by epoch: ${shown(history[0].train, 3)} at first, ${shown(history[history.length - 1].train, 3)} after ${last} epochs`);
  }

  function drawConfusion() {
    const task = makeTask(net(), data);
    const isHeld = task.heldLabels.length > 0;
    const [X, labels] = isHeld ? [task.heldX, task.heldLabels] : [task.X, task.labels];
    if (!labels.length) return;
    const room = engine.forward(engine.makeNetwork(engineLayers(net(), inputPlaces().length)), X);
    const a = room.a[room.a.length - 1];
    const k = data.nClasses;
    const counts = Array.from({ length: k }, () => new Uint32Array(k));
    labels.forEach((label, row) => {
      const mine = [...a.subarray(row * task.nOut, (row + 1) * task.nOut)];
      counts[label][task.nOut === 1 ? (mine[0] >= task.threshold ? 1 : 0) : mine.indexOf(Math.max(...mine))]++;
    });
    const head = html("tr", {}, html("th", { scope: "col" }, isHeld ? "held out" : "training"), ...data.classes.slice(0, k).map((name) => html("th", { scope: "col" }, `as ${name}`)));
    const rows = data.classes.slice(0, k).map((name, i) => html("tr", {}, html("th", { scope: "row" }, name), ...[...counts[i]].map((n, j) => html("td", { class: i === j ? "right" : n ? "wrong" : "" }, String(n)))));
    confusion.replaceChildren(html("table", { class: "confusion-table" }, html("thead", {}, head), html("tbody", {}, ...rows)));
  }

  const zSpace = makeZSpace(app, () => data, ({ X, dims }) => ({ inputs: computeInputs(X, dims, inputPlaces()), nInputs: inputPlaces().length }));

  // Drawing

  function drawWires() {
    const { parameters, edges } = net();
    let largest = 0.5;
    for (const { at } of edgeLines) largest = Math.max(largest, Math.abs(parameters[at]));
    for (const { line, at } of edgeLines) {
      const w = parameters[at];
      line.setAttribute("class", edges[at] ? (w < 0 ? "wire negative" : "wire positive") : "wire cut");
      line.setAttribute("stroke-width", (0.5 + 4.5 * (Math.abs(w) / largest)).toFixed(2));
    }
  }

  /** What changes with the weights. */
  function drawLive() {
    // Nothing to draw on before the view was first opened, or while another is.
    if (!planes.length || !element.offsetParent) return;
    lastDrawn = performance.now();
    drawMaps();
    drawWires();
    epochs.textContent = net().epochs.toLocaleString("en");
    drawFigures();
    drawLoss();
    zSpace.draw();
    if (!isPlaying && !isDragging()) drawConfusion();
    refreshUnit?.();
  }

  /** What changes with what a person does. */
  function drawStill() {
    unitMaps.forEach((column, c) => column.forEach(({ element }, i) => element.classList.toggle("chosen", chosen !== null && chosen.layer === c - 1 && chosen.unit === i)));
    if (!chosen) buildUnit();
    const flat = net().activations.findIndex((units) => units.some((name) => FLAT.includes(name)));
    caption.textContent = flat >= 0 ? "A step or sign unit has slope 0: nothing before it learns. Set its weights by hand, or choose another function." : "Blue and solid: positive weight. Orange and dashed: negative. Thick: large.";
    drawProbe();
    drawLive();
  }

  function draw() {
    drawBar();
    drawData();
    drawTools();
    drawLegend();
    rebuild();
  }

  /** Begin again from the state, after it was replaced. */
  function reset() {
    data = makeData(app.state.data, table, engine);
    chosen = null;
    hovered = null;
    isPlaying = false;
    worker.post({ ask: "pause" });
    load();
  }

  element.append(bar,
    html("div", { class: "boards" }, dataCard, graphCard, html("div", { class: "stack" }, mapCard, lossCard), html("div", { class: "lower" }, unitCard, zSpace.element)));
  let width = 0;
  new ResizeObserver(() => {
    const now = graph.parentElement?.clientWidth ?? 0;
    if (!now || now === width) return;
    width = now;
    rebuild();
  }).observe(graphCard);
  const pause = () => isPlaying && toggle();
  return { element, draw, reset, toggle, pause, data: () => data, inputs: () => inputPlaces().map((k) => INPUTS[k].name) };
}
