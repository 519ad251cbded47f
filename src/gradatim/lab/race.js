/**
 * A race on the points of the network's tab: a perceptron, a shallow and a deep network side by side.
 *
 * Conventions: shallow and deep have about equally many parameters, and all three have seen the points
 * equally often: a round ends when the slowest has done its epochs. Recipe, seed and points are those
 * of the network's tab.
 */

import { html } from "../views/_dom.js";
import { button, choice, css, grouped, numberInput, setNumber, shown } from "./controls.js";
import { kernelText } from "./kernel.js";
import { computePlanes, mapRange, paintClasses, paintRamp } from "./maps.js";
import { clearCanvas, drawCurve } from "./marks.js";
import { FUNCTION_TITLES } from "./math.js";
import { engineLayers, freshNet, makeTask, mappedLayers, outputActivations } from "./model.js";
import { chosenInputs } from "./problems.js";
import { SIDE, makeColorRamps, makeInputPlanes, makeUnitPlanes, refreshPoints } from "./region.js";
import { LIMITS, countParameters } from "./state.js";

const DEEP = { layers: 3, units: 4 };
/** A round takes about this long, in ms. */
const ROUND = 30;

/**
 * Units of the three contenders' layers; shallow and deep have about the same number of parameters.
 *
 * @param {number} nInputs
 * @param {number} nOutputs
 * @returns {{ name: string, hidden: number[], parameters: number }[]}
 */
export function contenders(nInputs, nOutputs) {
  const count = (/** @type {number[]} */ hidden) => countParameters([nInputs, ...hidden, nOutputs]);
  const deep = Array(DEEP.layers).fill(DEEP.units);
  let width = 1;
  while (width < LIMITS.units && Math.abs(count([width + 1]) - count(deep)) <= Math.abs(count([width]) - count(deep))) width++;
  const all = [["Perceptron", []], ["Shallow", [width]], ["Deep", deep]];
  return all.map(([name, hidden]) => ({ name: String(name), hidden: /** @type {number[]} */ (hidden), parameters: count(/** @type {number[]} */ (hidden)) }));
}

/**
 * @param {import("./lab.js").App} app
 * @param {{ data(): import("./model.js").PageData }} network
 */
export function makeRaceView(app, network) {
  /** @typedef {{ net: import("./state.js").NetState, worker: { post(...messages: any[]): void, stop(): void }, planes: Float64Array[][], history: { epoch: number, loss: number }[], solved: number | null, report: any, card: ReturnType<typeof makeCard> }} Runner */
  /** @type {Runner[]} */
  let runners = [];
  /** @type {Float64Array[]} */
  let inputPlanes = [];
  let isRunning = false;
  let waiting = 0;
  let perRound = 1;
  let began = 0;
  let loaded = "";
  let number = 0;
  let activation = "tanh";

  const go = button("Race", toggle, { class: "primary" });
  const epochs = html("output", { class: "epochs", "aria-label": "Epochs of each" });
  const functions = choice("function", ["tanh", "relu", "logistic"].map((name) => [name, FUNCTION_TITLES[name]]), (value) => {
    activation = value;
    begin();
  });
  const seed = numberInput("Seed of the weights", (value) => {
    app.remember();
    app.state.recipe.seed = Math.floor(value);
    begin();
    app.touched();
  }, { low: 0, high: 2 ** 31 - 1, step: 1 });
  const told = html("p", { class: "about" });
  const cards = html("div", { class: "race-cards" });
  const plot = html("canvas", { class: "race-plot", role: "img", "aria-label": "Loss by epoch" });
  const plotTitle = html("h2", { id: "race-loss" }, "Loss");
  const verdict = html("p", { class: "answer", role: "status" });
  const element = html("div", { class: "race-view" },
    html("div", { class: "bar", role: "group", "aria-label": "Race" },
      html("div", { class: "row transport" }, go, button("Start again", begin), html("span", { class: "epoch-box" }, html("span", {}, "epoch"), epochs)),
      html("div", { class: "row settings" }, functions.element, html("label", { class: "field short" }, html("span", {}, "seed"), seed))),
    told, cards, html("section", { class: "card", "aria-labelledby": "race-loss" }, plotTitle, plot, verdict));

  /** @param {{ name: string, hidden: number[], parameters: number }} contender @param {number} k */
  function makeCard({ name, hidden, parameters }, k) {
    const region = html("canvas", { class: "region", width: SIDE, height: SIDE });
    const overlay = html("canvas", { class: "overlay" });
    const figures = html("p", { class: "race-figures" });
    const size = hidden.length ? `${hidden.join(" · ")} units in ${hidden.length === 1 ? "one hidden layer" : `${hidden.length} hidden layers`}` : "one unit, no hidden layer";
    cards.append(html("section", { class: "card", "aria-label": name },
      html("div", { class: "card-head" }, html("h2", {}, html("span", { class: `race-key c${k}`, "aria-hidden": "true" }), name), html("span", { class: "muted" }, `${parameters} parameters`)),
      html("p", { class: "about" }, size), html("div", { class: "map still" }, region, overlay), figures));
    return { name, region, overlay, figures, image: new ImageData(SIDE, SIDE) };
  }

  /** What the race depends on, to see whether it has to begin again. */
  function signature() {
    const { data, net, recipe } = app.state;
    return JSON.stringify([data, net.inputs, recipe, activation]);
  }

  function begin() {
    if (isRunning) toggle();
    for (const { worker } of runners) worker.stop();
    const data = network.data();
    loaded = signature();
    const inputs = chosenInputs(app.state.net.inputs, data.dims);
    const output = outputActivations(data.nClasses);
    inputPlanes = makeInputPlanes(data, inputs);
    cards.replaceChildren();
    number++;
    waiting = 0;
    runners = contenders(inputs.length, output.length).map((contender, k) => makeRunner(contender, k, data, inputs.length, output));
    // The first answers say how well the drawn weights do.
    ask(0);
  }

  /**
   * @param {{ name: string, hidden: number[], parameters: number }} contender
   * @param {number} k
   * @param {import("./model.js").PageData} data
   * @param {number} nInputs
   * @param {string[]} output
   * @returns {Runner}
   */
  function makeRunner(contender, k, data, nInputs, output) {
    const { recipe } = app.state;
    const activations = [...contender.hidden.map((n) => Array(n).fill(activation)), output];
    const net = { inputs: app.state.net.inputs, activations, epochs: 0, ...freshNet(nInputs, activations, recipe, app.engine) };
    const task = makeTask(net, data);
    const worker = app.startWorker([kernelText(nInputs, activations, task.loss)], (report) => answered(k, report));
    worker.post({ ask: "load", number, task, layers: engineLayers(net, nInputs), recipe, seed: recipe.seed, epochs: 0 });
    return { net, worker, planes: makeUnitPlanes(activations, data), history: [], solved: null, report: null, card: makeCard(contender, k) };
  }

  /** Let all run a round. @param {number} count epochs */
  function ask(count) {
    began = performance.now();
    waiting = runners.length;
    for (const { worker } of runners) worker.post({ ask: "run", epochs: count });
  }

  /** @param {number} k @param {any} report */
  function answered(k, report) {
    if (report.number !== number) return;
    const runner = runners[k];
    runner.report = report;
    runner.net.parameters = report.parameters;
    runner.net.epochs = report.epochs;
    runner.history.push({ epoch: report.epochs, loss: (report.held ?? report.train).loss });
    if (runner.history.length > 400) runner.history = runner.history.filter((_, i) => i % 2 === 0);
    if (runner.solved === null && report.train.accuracy === 1) runner.solved = report.epochs;
    if (--waiting > 0) return;
    draw();
    if (!isRunning) return;
    const took = Math.max(performance.now() - began, 1);
    perRound = Math.min(Math.max(Math.round((perRound * ROUND) / took), 1), 500, 2 * perRound);
    setTimeout(() => isRunning && waiting <= 0 && ask(perRound), app.reducedMotion() ? 500 : 0);
  }

  function toggle() {
    isRunning = !isRunning;
    go.textContent = isRunning ? "Pause" : "Race";
    go.classList.toggle("playing", isRunning);
    if (isRunning && waiting <= 0) ask(perRound);
  }

  function draw() {
    if (!element.offsetParent) return;
    if (loaded !== signature()) {
      begin();
      return;
    }
    setNumber(seed, app.state.recipe.seed);
    functions.set(activation);
    const data = network.data();
    told.textContent = "All three learn the points of “A network” with its settings, and have seen them equally often. Shallow and deep have about equally many parameters.";
    const ramps = makeColorRamps(app.colors());
    for (const runner of runners) drawRunner(runner, data, ramps);
    epochs.textContent = grouped(runners[0]?.net.epochs ?? 0);
    drawPlot(data);
    drawVerdict();
  }

  /** @param {Runner} runner @param {import("./model.js").PageData} data @param {ReturnType<typeof makeColorRamps>} ramps */
  function drawRunner({ net, planes, card, report }, data, { signed, classes, colors }) {
    computePlanes(mappedLayers(inputPlanes.length, net.activations), net.parameters, inputPlanes, planes);
    const outputs = planes[planes.length - 1];
    const context = /** @type {CanvasRenderingContext2D} */ (card.region.getContext("2d"));
    if (data.dims === 1) {
      const { width, height, ratio } = clearCanvas(card.region);
      drawCurve(context, outputs[0], data.targets ? data.yWindow : [0, 1], [width, height], 2.2 * ratio, colors);
    } else {
      const pixels = new Uint32Array(card.image.data.buffer);
      if (outputs.length > 1) paintClasses(pixels, outputs, classes);
      else paintRamp(pixels, outputs[0], signed, ...mapRange("logistic", outputs[0]));
      context.putImageData(card.image, 0, 0);
    }
    refreshPoints(card.overlay, data, colors, null);
    const share = (/** @type {any} */ one) => `${(100 * one.accuracy).toFixed(0)} %`;
    if (report && data.targets) card.figures.replaceChildren("off by ", html("b", {}, shown((report.held ?? report.train).off * data.yScale.spread, 3)), report.held ? " on the held out points" : " on the training points");
    else if (report) card.figures.replaceChildren(html("b", {}, share(report.train)), " of the training points right", ...(report.held ? [", ", html("b", {}, share(report.held)), " of the held out"] : []));
  }

  /** @param {import("./model.js").PageData} data */
  function drawPlot(data) {
    const last = runners[0]?.net.epochs ?? 0;
    plot.hidden = last === 0;
    const { context, width, height, ratio } = clearCanvas(plot);
    const colors = app.colors();
    const isHeld = data.held.some(Boolean);
    plotTitle.textContent = isHeld ? "Loss on the held out points" : "Loss on the training points";
    const all = runners.flatMap(({ history }) => history.map(({ loss }) => loss)).filter(Number.isFinite);
    context.strokeStyle = css(colors.rule);
    context.lineWidth = ratio;
    context.strokeRect(ratio / 2, ratio / 2, width - ratio, height - ratio);
    if (!last || !all.length) return;
    const top = Math.min(Math.max(...all), 1.5);
    const strokes = [colors.muted, colors.negative, colors.positive];
    runners.forEach(({ history }, k) => {
      context.strokeStyle = css(strokes[k]);
      context.lineWidth = 2.2 * ratio;
      context.setLineDash([[2, 3], [7, 4], []][k].map((d) => d * ratio));
      context.beginPath();
      history.forEach(({ epoch, loss }, i) => {
        const [x, y] = [(epoch / last) * width, height - (Math.min(loss, top) / top) * (height - 16 * ratio) - 2 * ratio];
        if (i) context.lineTo(x, y);
        else context.moveTo(x, y);
      });
      context.stroke();
    });
    context.setLineDash([]);
    context.fillStyle = css(colors.muted);
    context.font = `${11 * ratio}px system-ui, sans-serif`;
    context.fillText(shown(top, 2), 5 * ratio, 14 * ratio);
    plot.setAttribute("aria-label", runners.map(({ card, history }) => `${card.name}: ${shown(history[history.length - 1]?.loss ?? NaN, 3)}`).join(", "));
  }

  function drawVerdict() {
    const solved = runners.filter(({ solved }) => solved !== null).map(({ card, solved: at }) => `${card.name.toLowerCase()} within ${grouped(at ?? 0)} epochs`);
    const text = solved.length ? `All training points right: ${solved.join(", ")}. One seed is one race; try others.` : runners[0]?.net.epochs ? "" : "Once they race, the loss of each is drawn here.";
    if (verdict.textContent !== text) verdict.textContent = text;
  }

  const pause = () => {
    if (isRunning) toggle();
  };
  return { element, draw, pause };
}
