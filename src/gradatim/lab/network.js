/**
 * A network that learns: its points, its graph with a map in every unit, its regions, its loss.
 *
 * Conventions: the worker owns the weights while it trains; the page draws what it was last told, and
 * what a person changes is drawn at once and sent in parallel. Maps are pictures; the numbers in the
 * table of a unit are exact.
 */

import { html } from "../views/_dom.js";
import { button, draggable, isDragging, segments, shown } from "./controls.js";
import { valueNames } from "./equation.js";
import { makeGraphCard } from "./graphcard.js";
import { kernelText } from "./kernel.js";
import { makeListenCard } from "./listen.js";
import { makeLossCard } from "./losscard.js";
import { computePlanes, mapRange, paintClasses, paintRamp } from "./maps.js";
import { curveHeight, drawCurve, sizeOf } from "./marks.js";
import { lowered } from "./math.js";
import { engineLayers, freshNet, makeData, makeTask, mappedLayers, outputActivations, outputCodes, reshape } from "./model.js";
import { makePointsCard } from "./pointscard.js";
import { INPUTS, chosenInputs, computeInputs, snap } from "./problems.js";
import { SIDE, makeColorRamps, makeInputPlanes, makeUnitPlanes, refreshPoints } from "./region.js";
import { LIMITS } from "./state.js";
import { makeTrainingBar } from "./trainingbar.js";
import { makeUnitCard } from "./unitcard.js";
import { makeZSpace } from "./zspace.js";

/**
 * @typedef {object} Board What the cards of the view share.
 * @property {() => import("./model.js").PageData} data
 * @property {() => number[]} inputPlaces
 * @property {() => [number, number, number][]} ownPoints the points as a person's own
 * @property {(change: () => void, isNew?: boolean) => void} restructure change the points
 * @property {(wanted: { inputs?: number, activations?: string[][] }) => void} changeShape
 * @property {(change: () => void) => void} changeRecipe
 * @property {(change?: () => void) => void} restart
 * @property {() => void} toggle
 * @property {(ask: "step" | "epoch") => void} advance
 * @property {() => string[][]} names of inputs and units, layer by layer
 * @property {() => import("./maps.js").MappedLayer[]} layers
 * @property {() => number[]} probe the chosen point
 * @property {() => any} report what the worker last said
 * @property {(activations: string[][]) => void} changeActivations
 * @property {() => void} edgeChanged
 * @property {(at: number, value: number) => void} setWeight
 * @property {(layer: number, unit: number, edge?: number) => void} choose a unit, its layer from 0, whose numbers are shown
 * @property {(unit: { layer: number, unit: number } | null) => void} hover what is shown large, layer 0 being the inputs
 * @property {(title: string, rows: number[]) => void} listen offer the sounds of points
 * @property {() => number[]} playable points that have their sound in the page
 */

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
  let hovered = null;
  let probe = [0.3, 0.3];
  /** @type {any} what the worker last said */
  let report = null;
  let tool = "look";
  let lastDrawn = 0;

  const inputPlaces = () => chosenInputs(net().inputs, data.dims);
  const layers = () => mappedLayers(inputPlaces().length, net().activations);
  const names = () => valueNames(inputPlaces().map((k) => INPUTS[k].name), net().activations.map((units) => units.length));

  /** @type {Board} */
  const board = { data: () => data, inputPlaces, ownPoints, restructure, changeShape, changeRecipe, restart, toggle, advance, names, layers, probe: () => probe, report: () => report, changeActivations, edgeChanged, setWeight, choose, hover, listen: (title, rows) => listenCard.offer(title, rows), playable: () => listenCard.playable() };
  const bar = makeTrainingBar(app, board);
  const pointsCard = makePointsCard(app, board, element);
  const graphCard = makeGraphCard(app, board, () => rebuild());
  const unitCard = makeUnitCard(app, board);
  const lossCard = makeLossCard(app, board);
  const listenCard = makeListenCard(app, board);

  // The worker

  // One for each shape: the program of its gradient is part of its text.
  let program = kernelText(inputPlaces().length, net().activations, makeTask(net(), data).loss);
  let worker = app.startWorker([program], answered);

  function load() {
    number++;
    lossCard.clear();
    report = null;
    isAsked = false;
    const task = makeTask(net(), data);
    const wanted = kernelText(inputPlaces().length, net().activations, task.loss);
    if (wanted !== program) {
      program = wanted;
      worker.stop();
      worker = app.startWorker([program], answered);
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
    lossCard.note(message);
    drawLive();
    if (!isPlaying) app.touched();
  }

  /** Stop where training has diverged; the last weights that were numbers stay. */
  function tooLarge() {
    if (isPlaying) toggle();
    const text = "The weights have become too large to compute with. Choose a smaller learning rate and start again, or undo.";
    graphCard.tell(text);
    app.announce(text);
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
    const { dims, targets } = data;
    change();
    data = makeData(app.state.data, table, engine);
    // A curve has another output than classes have.
    const isOther = Boolean(targets) !== Boolean(data.targets);
    reshape(app.state, isOther ? { activations: [...net().activations.slice(0, -1), []] } : {}, engine, data, dims);
    if (isNew) {
      const middle = (data.window[0] + data.window[1]) / 2;
      probe = [middle + 0.1 * (data.window[1] - middle), data.dims === 1 ? 0 : middle];
      Object.assign(net(), freshNet(inputPlaces().length, net().activations, recipe(), engine), { epochs: 0 });
    }
    unitCard.clear();
    hovered = null;
    load();
    draw();
    app.touched();
  }

  /** @param {Parameters<typeof reshape>[1]} wanted */
  function changeShape(wanted) {
    app.remember();
    reshape(app.state, wanted, engine, data, data.dims);
    unitCard.clear();
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
    bar.draw(isPlaying);
  }

  /** @param {() => void} [change] of the recipe */
  function restart(change = () => {}) {
    app.remember();
    change();
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
    bar.draw(isPlaying);
  }

  /** @param {"step" | "epoch"} ask */
  function advance(ask) {
    if (isPlaying) toggle();
    app.remember();
    isAsked = true;
    worker.post({ ask }, { ask: "get" });
  }

  /** @returns {[number, number, number][]} */
  function ownPoints() {
    const { targets } = data;
    if (targets) return [...targets].map((y, row) => [snap(data.X[row]), snap(y), 0]);
    return [...data.labels].slice(0, LIMITS.points).map((label, row) => [snap(data.X[2 * row]), snap(data.X[2 * row + 1]), label]);
  }

  // Changes of the graph

  /** Other functions for the same weights. @param {string[][]} activations */
  function changeActivations(activations) {
    app.remember();
    net().activations = activations;
    load();
    rebuild();
    app.touched();
  }

  /** After an edge was cut or came back. */
  function edgeChanged() {
    load();
    drawStill();
    app.touched();
  }

  /** @param {number} at @param {number} value */
  function setWeight(at, value) {
    net().parameters[at] = value;
    sendEdit();
    drawStill();
    app.touched();
  }

  /** @param {number} layer from 0 @param {number} unit @param {number} [edge] */
  function choose(layer, unit, edge) {
    unitCard.choose(layer, unit, edge);
    drawStill();
  }

  /** @type {Float64Array[][]} */
  let planes = [];
  /** @type {Float64Array[]} */
  let inputPlanes = [];

  /** After another shape, or other points. */
  function rebuild() {
    planes = makeUnitPlanes(net().activations, data);
    inputPlanes = makeInputPlanes(data, inputPlaces());
    graphCard.rebuild();
    zSpace.draw(names().at(-2));
    drawStill();
  }

  /** @param {{ layer: number, unit: number } | null} one */
  function hover(one) {
    hovered = one;
    drawMaps();
  }

  // Picture

  const region = html("canvas", { width: SIDE, height: SIDE, class: "region" });
  const overlay = html("canvas", { class: "overlay" });
  const ring = html("button", { type: "button", class: "ring" });
  const field = html("div", { class: "map" }, region, overlay, ring);
  const mapTitle = html("h2", { id: "map-title" }, "Output");
  const tools = html("div", { class: "tools" });
  const legend = html("ul", { class: "legend" });
  const mapCard = html("section", { class: "card map-card", "aria-labelledby": "map-title" }, mapTitle, field, legend, tools);

  const toX = (/** @type {number} */ share) => data.window[0] + share * (data.window[1] - data.window[0]);
  const toY = (/** @type {number} */ share) => {
    const [low, high] = data.targets ? data.yWindow : data.window;
    return data.targets ? low + ((0.92 - share) / 0.84) * (high - low) : high - share * (high - low);
  };
  const isDrawable = () => data.dims === 2 || data.targets !== null;

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
    else if (/^[0-5]$/.test(event.key) && isDrawable()) addPoint(probe[0], probe[1], Number(event.key));
    else if (event.key === "Delete" && isDrawable()) erase(probe[0], probe[1]);
    else return;
    event.preventDefault();
  });

  /** @param {number} x @param {number} y */
  function moveProbe(x, y) {
    const [low, high] = data.window;
    const [bottom, top] = data.targets ? data.yWindow : data.window;
    probe = [Math.min(Math.max(x, low), high), Math.min(Math.max(y, bottom), top)];
    drawProbe();
    unitCard.refresh();
  }

  /** @param {number} x @param {number} y @param {number} label */
  function addPoint(x, y, label) {
    // A class in between would have no points at all.
    if (label > data.nClasses || data.labels.length >= LIMITS.points) return;
    restructure(() => {
      const source = data.targets ? "curve" : "own";
      if (app.state.data.source !== source) Object.assign(app.state.data, { points: ownPoints(), source });
      app.state.data.points.push([snap(x), snap(y), data.targets ? 0 : label]);
    });
  }

  /** @param {number} x @param {number} y */
  function erase(x, y) {
    const source = data.targets ? "curve" : "own";
    const points = app.state.data.source === source ? app.state.data.points : ownPoints();
    let best = ((data.window[1] - data.window[0]) / 20) ** 2;
    let found = -1;
    points.forEach(([px, py], k) => {
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < best) [best, found] = [distance, k];
    });
    if (found >= 0 && points.length > 2) restructure(() => Object.assign(app.state.data, { source, points: points.filter((_, k) => k !== found) }));
  }

  const listen = button("Play the nearest sound", () => playNearest(probe[0], probe[1], Infinity));

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
    const [nearest] = listenCard.playable().sort((a, b) => away(a) - away(b));
    if (nearest !== undefined && away(nearest) <= reach) listenCard.play(nearest);
  }

  function drawTools() {
    if (!isDrawable()) {
      tools.replaceChildren(html("p", { class: "hint" }, "The curve is the output over the line of inputs; the marks are the points."));
      tool = "look";
      return;
    }
    const n = data.targets ? 0 : Math.min(data.nClasses + 1, LIMITS.classes);
    /** @type {[string, string][]} */
    const marks = data.targets ? [["0", "× add"]] : Array.from({ length: n }, (_, k) => ([String(k), `${k % 2 ? "●" : "×"} ${k < data.nClasses ? k : "new class"}`]));
    const kinds = segments("What a click does", [["look", "look"], ...marks, ["erase", "erase"]], (value) => (tool = value));
    kinds.set(tool);
    tools.replaceChildren(kinds.element, html("div", { class: "row" }, ...(listenCard.playable().length ? [listen] : []), button("Remove all points", () => restructure(() => {
      const [low, high] = data.window;
      const at = (/** @type {number} */ share) => snap(low + share * (high - low));
      if (data.targets) Object.assign(app.state.data, { source: "curve", held: 0, points: [[at(0.3), -0.5, 0], [at(0.7), 0.5, 0]] });
      // Two remain, for there must be something to tell apart.
      else Object.assign(app.state.data, { source: "own", held: 0, points: [[at(0.3), at(0.3), 0], [at(0.7), at(0.7), 1]] });
    }))));
  }

  function drawLegend() {
    legend.replaceChildren(...data.classes.slice(0, data.nClasses).map((name, k) => html("li", {}, html("span", { class: `mark k${k}`, "aria-hidden": "true" }, k % 2 ? "●" : "×"), name)));
    if (data.targets) legend.append(html("li", {}, html("span", { class: "mark k0", "aria-hidden": "true" }, "×"), "points"), html("li", {}, html("span", { class: "mark k1", "aria-hidden": "true" }, "—"), "the network"));
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
    graphCard.drawMaps([inputPlanes, ...planes], colorRamps().signed);
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
      const size = Math.round(sizeOf(field)[0] * devicePixelRatio) || 300;
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

  /** @param {number} layer @param {Float64Array} plane @returns {[number, number]} */
  function lineRange(layer, plane) {
    const activation = layer ? net().activations[layer - 1][0] : "identity";
    const [low, high] = mapRange(activation, plane);
    if (layer !== net().activations.length) return [low, high];
    if (data.targets) return data.yWindow;
    const { low: zero } = outputCodes(activation);
    return [Math.min(zero, low === -high && zero === 0 ? Math.min(0, plane.reduce((a, b) => Math.min(a, b), 0)) : low), Math.max(1, high)];
  }

  function drawOverlay() {
    refreshPoints(overlay, data, app.colors(), probe[0], listenCard.playable());
  }

  function drawProbe() {
    const [low, high] = data.window;
    ring.style.left = `${((probe[0] - low) / (high - low)) * 100}%`;
    ring.style.top = data.targets ? `${curveHeight(probe[1], data.yWindow, 100)}%` : data.dims === 1 ? "50%" : `${((high - probe[1]) / (high - low)) * 100}%`;
    const where = data.dims === 1 ? shown(probe[0]) : `${shown(probe[0])}, ${shown(probe[1])}`;
    ring.setAttribute("aria-label", `Chosen point ${where}; arrow keys move it${data.targets ? ", 0 adds a point, Delete removes the nearest" : data.dims === 2 ? ", a digit adds a point of that class, Delete removes the nearest" : ""}`);
    if (data.dims === 1) drawOverlay();
  }

  const zSpace = makeZSpace(app, () => data, ({ X, dims }) => ({ inputs: computeInputs(X, dims, inputPlaces()), nInputs: inputPlaces().length }));

  // Drawing

  /** What changes with the weights; while training runs, what a person has changed is drawn whole. */
  function drawLive(isWhole = !isPlaying || app.reducedMotion()) {
    // Nothing to draw on before the view was first opened, or while another is.
    if (!planes.length || app.state.view !== "network") return;
    lastDrawn = performance.now();
    drawMaps();
    // Otherwise all maps are drawn in each frame, and of the rest one: numbers are read no faster.
    if (isWhole) for (const one of REST) one();
    else REST[++turn % REST.length]();
    if (!isPlaying && !isDragging()) lossCard.drawConfusion();
  }
  let turn = 0;
  const REST = [graphCard.drawWires, bar.showEpochs, lossCard.draw, () => zSpace.draw(), unitCard.refresh];

  /** What changes with what a person does. */
  function drawStill() {
    graphCard.drawChosen(unitCard.chosen());
    drawProbe();
    drawLive(true);
  }

  function draw() {
    bar.draw(isPlaying);
    pointsCard.draw();
    drawTools();
    drawLegend();
    listenCard.rebuild();
    rebuild();
  }

  /** Begin again from the state, after it was replaced. */
  function reset() {
    data = makeData(app.state.data, table, engine);
    // A link may be of a page with other classes.
    if (net().activations.at(-1)?.length !== outputActivations(data.nClasses).length) reshape(app.state, {}, engine, data, data.dims);
    unitCard.clear();
    hovered = null;
    isPlaying = false;
    worker.post({ ask: "pause" });
    load();
  }

  element.append(bar.element,
    html("div", { class: "boards" }, pointsCard.element, graphCard.element, html("div", { class: "stack" }, mapCard, lossCard.element), html("div", { class: "lower" }, listenCard.element, unitCard.element, zSpace.element)));
  const pause = () => isPlaying && toggle();
  /** Share of right answers on points that do not train, or on those that do. */
  const score = () => (report?.held ?? report?.train)?.accuracy ?? null;
  return { element, draw, reset, restructure, toggle, pause, score, data: () => data, inputs: () => inputPlaces().map((k) => INPUTS[k].name) };
}
