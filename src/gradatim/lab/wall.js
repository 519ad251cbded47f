/**
 * The wall: 64 networks learn the same points, eight sizes across, eight seeds down; a click opens one.
 *
 * Conventions: two workers train four seeds each, in turns of an epoch; one that is ahead waits, so that at
 * rest all 64 have seen the points equally often. A third of the rows is drawn in each frame, and the weights are asked for
 * before the first. Points, recipe and seed are those of the network's tab.
 */

import { html } from "../views/_dom.js";
import { button, choice, grouped, segments, shown } from "./controls.js";
import { kernelText } from "./kernel.js";
import { computePlanes, mapRange, paintClasses, paintRamp } from "./maps.js";
import { drawCurve } from "./marks.js";
import { FUNCTION_TITLES } from "./math.js";
import { engineLayers, freshNet, makeTask, mappedLayers, outputActivations } from "./model.js";
import { chosenInputs } from "./problems.js";
import { makeColorRamps, makeInputPlanes, makeUnitPlanes } from "./region.js";

/** Units of the hidden layers, smallest first. */
export const SIZES = [[], [2], [4], [8], [4, 4], [8, 8], [4, 4, 4], [8, 8, 8]];
const SEEDS = 8;
const MAP_SIDE = 32;
/** Epochs that one worker may be ahead of the other. */
const AHEAD = 40;
/** How long between two looks at how well they do, in ms. */
const SCORING = 400;

/**
 * Places of the networks, the best first: most right, or least off; then the least loss, then the smallest.
 *
 * @param {({ loss: number, accuracy: number | null } | null)[]} scores
 */
export function bestFirst(scores) {
  const worth = (/** @type {number} */ k) => scores[k]?.accuracy ?? 0;
  const loss = (/** @type {number} */ k) => scores[k]?.loss ?? Infinity;
  return [...scores.keys()].sort((a, b) => worth(b) - worth(a) || (loss(a) === loss(b) ? 0 : loss(a) - loss(b)) || a - b);
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** @param {number[]} hidden */
function sizeText(hidden) {
  return hidden.length ? hidden.join("·") : "none";
}

/**
 * @param {import("./lab.js").App} app
 * @param {{ data(): import("./model.js").PageData, reset(): void }} network
 */
export function makeWallView(app, network) {
  /** @typedef {{ size: number, seed: number, net: import("./state.js").NetState, element: HTMLButtonElement, place: HTMLElement, label: HTMLElement, score: any }} Tile */
  /** @type {Tile[]} */
  let tiles = [];
  /** @type {{ post(...messages: any[]): void, stop(): void }[]} */
  let workers = [];
  /** Planes of one network of each size: the maps are drawn one after the other. @type {Float64Array[][][]} */
  let planes = [];
  /** @type {Float64Array[]} */
  let inputPlanes = [];
  /** @type {ReturnType<typeof makeColorRamps> | null} */
  let ramps = null;
  // A canvas for each row: one for each map would cost more to put together, one for all to bring to the screen.
  /** @type {{ sheet: HTMLCanvasElement, context: CanvasRenderingContext2D, maps: { tile: Tile, x: number, width: number, height: number }[] }[]} */
  let rows = [];
  const brush = html("canvas", { width: MAP_SIDE, height: MAP_SIDE });
  const small = /** @type {CanvasRenderingContext2D} */ (brush.getContext("2d"));
  const image = new ImageData(MAP_SIDE, MAP_SIDE);
  const pixels = new Uint32Array(image.data.buffer);
  let isRunning = false;
  let waiting = [false, false];
  let done = [0, 0];
  let scored = 0;
  let next = 0;
  let number = 0;
  let loaded = "";
  let activation = "tanh";
  let order = "grid";

  const go = button("Train all", toggle, { class: "primary" });
  const epochs = html("output", { class: "epochs", "aria-label": "Epochs of each" });
  const functions = choice("function", ["tanh", "relu", "logistic"].map((name) => [name, FUNCTION_TITLES[name]]), (value) => {
    activation = value;
    begin();
  });
  const orders = segments("Order", [["grid", "by size and seed"], ["best", "best first"]], (value) => {
    order = value;
    arrange();
  });
  orders.set(order);
  const told = html("p", { class: "about" });
  const grid = html("div", { class: "wall", role: "group", "aria-label": "64 networks" });
  const verdict = html("p", { class: "answer" });
  const field = html("div", { class: "wall-frame" }, grid);
  const element = html("div", { class: "wall-view" },
    html("div", { class: "bar", role: "group", "aria-label": "Training of all" },
      html("div", { class: "row transport" }, go, button("Start again", begin), html("span", { class: "epoch-box" }, html("span", {}, "epoch"), epochs)),
      html("div", { class: "row settings" }, functions.element, orders.element)),
    told, html("section", { class: "card", "aria-label": "The wall" }, field, verdict));
  new ResizeObserver(place).observe(grid);

  const signature = () => JSON.stringify([app.state.data, app.state.net.inputs, app.state.recipe, activation]);

  function begin() {
    if (isRunning) toggle();
    for (const worker of workers) worker.stop();
    const data = network.data();
    loaded = signature();
    number++;
    [waiting, done, scored] = [[false, false], [0, 0], 0];
    const nInputs = chosenInputs(app.state.net.inputs, data.dims).length;
    const output = outputActivations(data.nClasses);
    inputPlanes = makeInputPlanes(data, chosenInputs(app.state.net.inputs, data.dims), MAP_SIDE);
    const shapes = SIZES.map((hidden) => [...hidden.map((n) => Array(n).fill(activation)), output]);
    planes = shapes.map((shape) => makeUnitPlanes(shape, data, MAP_SIDE));
    tiles = Array.from({ length: SEEDS * SIZES.length }, (_, k) => makeTile(k % SIZES.length, Math.floor(k / SIZES.length), shapes, nInputs));
    const task = makeTask(tiles[0].net, data);
    workers = [0, 1].map((part) => {
      const mine = tiles.filter(({ seed }) => seed % 2 === part);
      const kernels = shapes.map((shape) => kernelText(nInputs, shape, task.loss));
      const worker = app.startWorker(kernels, (message) => answered(part, mine, message));
      const tasks = mine.map(({ net, size, seed }) => ({ layers: engineLayers(net, nInputs), seed: app.state.recipe.seed + seed, kernel: size }));
      worker.post({ ask: "load", number, task, tasks, recipe: app.state.recipe, epochs: 0 }, { ask: "scores" });
      return worker;
    });
    arrange();
  }

  /** @param {number} size @param {number} seed @param {string[][][]} shapes @param {number} nInputs @returns {Tile} */
  function makeTile(size, seed, shapes, nInputs) {
    const recipe = { ...app.state.recipe, seed: app.state.recipe.seed + seed };
    const net = { inputs: app.state.net.inputs, activations: shapes[size], epochs: 0, ...freshNet(nInputs, shapes[size], recipe, app.engine) };
    const place = html("i");
    const label = html("span", {}, "\u00a0");
    const tile = { size, seed, net, place, label, score: null, element: html("button", { type: "button", class: "tile" }, place, label) };
    tile.element.addEventListener("click", () => open(tile));
    return tile;
  }

  /** Take a network into its own tab. @param {Tile} tile */
  function open({ net, seed }) {
    app.remember();
    Object.assign(app.state.net, { ...net, parameters: net.parameters.slice(), activations: net.activations.map((units) => [...units]) });
    app.state.recipe.seed += seed;
    network.reset();
    app.open("network");
  }

  /** Put the tiles in their order, with axes where there are any. */
  function arrange() {
    const isGrid = order === "grid";
    grid.classList.toggle("best", !isGrid);
    const focused = document.activeElement;
    const { seed } = app.state.recipe;
    if (isGrid) {
      const head = [html("span", { class: "axis corner" }, "seed ↓ units →"), ...SIZES.map((hidden) => html("span", { class: "axis" }, sizeText(hidden)))];
      const rows = Array.from({ length: SEEDS }, (_, r) => [html("span", { class: "axis seed" }, String(seed + r)), ...tiles.slice(r * SIZES.length, (r + 1) * SIZES.length).map((tile) => tile.element)]);
      grid.replaceChildren(...head, ...rows.flat(), html("span", { class: "axis seed" }, "median"), ...medians);
    } else grid.replaceChildren(...bestFirst(tiles.map(({ score }) => score)).map((k) => tiles[k].element));
    if (focused instanceof HTMLElement && grid.contains(focused)) focused.focus({ preventScroll: true });
    showScores();
    place();
  }

  /** Find where the maps lie now, and draw them there. */
  function place() {
    if (!element.offsetParent) return;
    const [{ x, y }, boxes] = [grid.getBoundingClientRect(), tiles.map((tile) => tile.place.getBoundingClientRect())];
    const tops = [...new Set(boxes.map((box) => Math.round(box.y - y)))].sort((a, b) => a - b);
    rows = tops.map((top) => {
      const maps = tiles.flatMap((tile, k) => {
        const box = boxes[k];
        return Math.round(box.y - y) === top ? [{ tile, x: Math.round(box.x - x), width: Math.round(box.width), height: Math.round(box.height) }] : [];
      });
      const sheet = html("canvas", { class: "sheet", width: grid.clientWidth, height: maps[0].height });
      sheet.style.top = `${top}px`;
      return { sheet, context: /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d")), maps };
    });
    field.replaceChildren(grid, ...rows.map(({ sheet }) => sheet));
    rows.forEach(drawRow);
  }

  /** @param {typeof rows[0]} row */
  function drawRow({ context, maps }) {
    for (const { tile, ...box } of maps) drawTile(tile, context, box);
  }

  const medians = SIZES.map(() => html("b", { class: "axis" }, "–"));

  /** @param {any} score */
  function scoreText(score) {
    if (!score) return "–";
    return score.accuracy === null ? shown(score.off * network.data().yScale.spread, 2) : `${(100 * score.accuracy).toFixed(0)}%`;
  }

  function showScores() {
    const { targets, held } = network.data();
    const where = held.some(Boolean) ? "held out points" : "training points";
    for (const { element, label, size, seed, score } of tiles) {
      const name = `${sizeText(SIZES[size])}, ${app.state.recipe.seed + seed}`;
      const text = order === "grid" ? scoreText(score) : `${scoreText(score)} ${name}`;
      if (label.textContent === text) continue;
      label.textContent = text;
      element.setAttribute("aria-label", `${text}: ${targets ? "off by so much" : "right"} on the ${where}, hidden units ${sizeText(SIZES[size])}, seed ${app.state.recipe.seed + seed}; open it`);
    }
    if (tiles.some(({ score }) => !score)) return;
    medians.forEach((mark, size) => {
      const mine = tiles.filter((tile) => tile.size === size).map(({ score }) => score);
      const key = targets ? "off" : "accuracy";
      mark.textContent = scoreText({ accuracy: null, off: 0, [key]: median(mine.map((score) => score[key])) });
    });
    const best = tiles[bestFirst(tiles.map(({ score }) => score))[0]];
    verdict.textContent = `Best now: ${sizeText(SIZES[best.size])} hidden units, seed ${app.state.recipe.seed + best.seed}, ${targets ? "off by" : ""} ${scoreText(best.score)} on the ${where}. The best of 64 was chosen by these very points, so expect ${targets ? "it to be off a little more" : "a little less"} on new ones.`;
  }

  /** @param {number} part @param {Tile[]} mine @param {any} message */
  function answered(part, mine, message) {
    if (message.number !== number) return;
    if (message.scores) {
      mine.forEach((tile, k) => (tile.score = message.scores[k].held ?? message.scores[k].train));
      if (order === "best" && part === 1) arrange();
      else showScores();
      return;
    }
    waiting[part] = false;
    mine.forEach(({ net }, k) => Object.assign(net, message.all[k]));
    done[part] = mine[0].net.epochs;
    epochs.textContent = grouped(Math.min(...done));
    if (isRunning) letRun();
    else {
      rows.forEach(drawRow);
      if (waiting[1 - part]) return;
      const [behind, most] = [done[0] < done[1] ? 0 : 1, Math.max(...done)];
      // The one that is behind catches up; then both are told how well they do.
      if (done[0] !== done[1]) workers[behind].post({ ask: "until", epochs: most });
      if (done[0] !== done[1]) setTimeout(ask, 20);
      else for (const worker of workers) worker.post({ ask: "scores" });
    }
  }

  function letRun() {
    for (const worker of workers) worker.post({ ask: "until", epochs: Math.min(...done) + AHEAD });
  }

  function ask() {
    workers.forEach((worker, part) => {
      if (waiting[part]) return;
      waiting[part] = true;
      worker.post({ ask: "all" });
    });
  }

  function frame() {
    if (!isRunning) return;
    const now = performance.now();
    const wait = app.reducedMotion() ? 1000 : SCORING;
    if (now - scored > wait) {
      scored = now;
      for (const worker of workers) worker.post({ ask: "scores" });
      if (app.reducedMotion()) {
        ask();
        rows.forEach(drawRow);
      }
    }
    if (!app.reducedMotion()) {
      next %= rows.length;
      if (next < rows.length / 3) ask();
      for (let k = 0; k < rows.length / 3; k++) drawRow(rows[next++ % rows.length]);
    }
    requestAnimationFrame(frame);
  }

  function toggle() {
    isRunning = !isRunning;
    go.textContent = isRunning ? "Pause" : "Train all";
    go.classList.toggle("playing", isRunning);
    if (isRunning) {
      letRun();
      requestAnimationFrame(frame);
    } else {
      for (const worker of workers) worker.post({ ask: "until", epochs: 0 });
      ask();
    }
    app.announce(isRunning ? "64 networks train." : verdict.textContent ?? "");
  }

  /** @param {Tile} tile @param {CanvasRenderingContext2D} context @param {{ x: number, width: number, height: number }} box */
  function drawTile({ size, net }, context, { x, width, height }) {
    const data = network.data();
    if (ramps?.colors !== app.colors()) ramps = makeColorRamps(app.colors());
    const { signed, classes, colors } = /** @type {ReturnType<typeof makeColorRamps>} */ (ramps);
    const mine = planes[size];
    computePlanes(mappedLayers(inputPlanes.length, net.activations), net.parameters, inputPlanes, mine);
    const outputs = mine[mine.length - 1];
    if (data.dims === 1) {
      drawCurve(context, outputs[0], data.targets ? data.yWindow : [0, 1], [width, height], 2, colors, [x, 0]);
      return;
    }
    if (outputs.length > 1) paintClasses(pixels, outputs, classes);
    else paintRamp(pixels, outputs[0], signed, ...mapRange("logistic", outputs[0]));
    small.putImageData(image, 0, 0);
    context.drawImage(brush, x, 0, width, height);
  }

  function draw() {
    if (!element.offsetParent) return;
    told.textContent = `64 networks learn the points of “A network” with its settings: sizes of the hidden layers across, seeds of the first weights down. Below each: ${network.data().targets ? "how far it is off" : "how much it has right"} on points it has not learned from. Click one to open it.`;
    functions.set(activation);
    if (loaded !== signature()) begin();
    else place();
  }

  return { element, draw, pause: () => isRunning && toggle() };
}
