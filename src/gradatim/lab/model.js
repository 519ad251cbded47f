/**
 * From the state to what is trained and drawn: points, inputs, layers, tasks; and changes of shape.
 *
 * Conventions: two classes have one logistic output, more have a softmax. A change of shape keeps the
 * weights of the units that remain, and draws the others.
 */

import { readFormula } from "./formula.js";
import { INPUTS, PLANE_PROBLEMS, chosenInputs, computeInputs, drawPoints, heldOut, snap } from "./problems.js";
import { countParameters, dimensions, firstProofs, layerSizes } from "./state.js";

/** Standard deviations that a picture of a table shows. */
export const WIDEST = 3.2;

/** @typedef {import("./state.js").State} State */
/**
 * @typedef {object} Table the points that a lesson brings along
 * @property {string[]} names of the coordinates
 * @property {number[][]} X
 * @property {number[]} labels
 * @property {string[]} classes
 * @property {number[]} [targets] numbers instead of classes
 * @property {string} note what the coordinates are
 */
/** @typedef {{ center: number, spread: number }} Scale what a coordinate of 0 and of 1 more stands for */
/**
 * @typedef {object} PageData
 * @property {number} dims
 * @property {Float64Array} X
 * @property {Uint8Array} labels
 * @property {Uint8Array} held
 * @property {number} nClasses
 * @property {string[]} classes
 * @property {[number, number]} window of both axes
 * @property {Scale} scale of the coordinates
 * @property {Float64Array | null} targets numbers that a curve has to meet; null where there are classes
 * @property {Scale} yScale of the targets
 * @property {[number, number]} yWindow of the targets
 */

const PLAIN = { center: 0, spread: 1 };
/** A formula is drawn for x from -3 to 3. */
const FORMULA_SCALE = { center: 0, spread: 1.5 };

/**
 * The points that a state names.
 *
 * @param {State["data"]} data
 * @param {Table | null} table
 * @param {any} engine
 * @returns {PageData}
 */
export function makeData(data, table, engine) {
  const problem = PLANE_PROBLEMS.find(({ name }) => name === data.problem) ?? PLANE_PROBLEMS[0];
  const drawn = drawnPoints(data, table, problem, engine);
  const held = heldOut(drawn.labels.length, data.held / 100, engine.makeRandom(data.seed + 1));
  const classes = data.source === "lesson" && table ? table.classes : drawn.targets ? [] : Array.from({ length: drawn.nClasses }, (_, k) => `class ${k}`);
  const scale = data.source === "formula" ? FORMULA_SCALE : (data.source === "problem" && problem.scale) || PLAIN;
  return { yScale: PLAIN, ...drawn, targets: drawn.targets ?? null, held, classes, scale, window: windowOf(data, drawn, problem), yWindow: yWindowOf(data, drawn.targets) };
}

/** @param {State["data"]} data @param {Float64Array} [targets] @returns {[number, number]} */
function yWindowOf({ source }, targets = new Float64Array(0)) {
  const least = source === "curve" ? 2 : 1;
  const [low, high] = targets.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [-least, least]);
  return [Math.max(low, -8), Math.min(high, 8)];
}

/**
 * Points of a formula: classes if it compares, else targets of mean 0 and variance 1.
 *
 * @param {State["data"]} data
 * @param {any} engine
 */
function formulaPoints({ n, noise, seed, formula }, engine) {
  const found = readFormula(formula);
  const { of, dims, isClass } = "error" in found ? { of: () => 0, dims: 1, isClass: false } : found;
  const random = engine.makeRandom(seed);
  const X = Float64Array.from({ length: n * dims }, () => snap(4 * random.uniform() - 2));
  const { spread } = FORMULA_SCALE;
  const values = Float64Array.from({ length: n }, (_, row) => of(spread * X[row * dims], dims > 1 ? spread * X[row * 2 + 1] : 0));
  const nClasses = isClass ? 2 : 1;
  if (isClass) {
    const noisy = X.map((value) => (noise ? snap(value + noise * random.normal()) : value));
    return { dims, X: noisy, labels: Uint8Array.from(values), nClasses };
  }
  const finite = values.map((value) => (Number.isFinite(value) ? Math.min(Math.max(value, -1e6), 1e6) : 0));
  return { dims, X, labels: new Uint8Array(n), nClasses, ...standardized(finite, () => noise * random.normal()) };
}

/** @param {Float64Array} values @param {() => number} noise in standard deviations */
function standardized(values, noise) {
  const center = values.reduce((sum, value) => sum + value / values.length, 0);
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2 / values.length, 0)) || 1;
  return { targets: values.map((value) => (value - center) / spread + noise()), yScale: { center, spread } };
}

/** @typedef {{ dims: number, X: Float64Array, labels: Uint8Array, nClasses: number, targets?: Float64Array, yScale?: Scale }} DrawnPoints */

/** @param {State["data"]} data @param {Table | null} table @param {import("./problems.js").PlaneProblem} problem @param {any} engine @returns {DrawnPoints} */
function drawnPoints(data, table, problem, engine) {
  const { source, n, noise, seed, points } = data;
  if (source === "formula") return formulaPoints(data, engine);
  if (source === "curve") return { dims: 1, X: Float64Array.from(points, ([x]) => x), labels: new Uint8Array(points.length), nClasses: 1, targets: Float64Array.from(points, ([, y]) => y) };
  if (source === "lesson" && table?.targets) {
    return { dims: 1, X: Float64Array.from(table.X.flat()), labels: new Uint8Array(table.X.length), nClasses: 1, ...standardized(Float64Array.from(table.targets), () => 0) };
  }
  if (source === "lesson" && table) {
    const nClasses = Math.max(table.classes.length, 2);
    return { dims: table.names.length, X: Float64Array.from(table.X.flat()), labels: Uint8Array.from(table.labels), nClasses };
  }
  if (source === "own") {
    const labels = Uint8Array.from(points, (point) => point[2]);
    return { dims: 2, X: Float64Array.from(points.flatMap(([x, y]) => [x, y])), labels, nClasses: Math.max(2, ...[...labels].map((k) => k + 1)) };
  }
  return drawPoints(problem, { n, noise }, engine.makeRandom(seed));
}

/** @param {State["data"]} data @param {{ X: Float64Array }} drawn @param {import("./problems.js").PlaneProblem} problem @returns {[number, number]} */
function windowOf({ source }, { X }, problem) {
  const isInside = X.every((value) => value >= problem.window[0] && value <= problem.window[1]);
  if (source === "formula" || (source === "curve" && X.every((value) => Math.abs(value) <= 2.1))) return [-2.1, 2.1];
  if (source === "problem" || (source === "own" && isInside)) return problem.window;
  const reach = X.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  // A row that is far from all others must not make these one spot.
  return reach > WIDEST ? [-WIDEST, WIDEST] : [-1.1 * reach, 1.1 * reach];
}

/**
 * Functions of the output units: what is there remains if it can tell two classes, or give numbers.
 *
 * @param {number} nClasses
 * @param {string[]} [now]
 */
export function outputActivations(nClasses, now = []) {
  if (nClasses > 2) return Array(nClasses).fill("softmax");
  return now.length === 1 && now[0] !== "softmax" ? [...now] : [nClasses === 1 ? "identity" : "logistic"];
}

/** What an output is for either class, and from where on it is class 1. @param {string} activation */
export function outputCodes(activation) {
  const isSigned = activation === "tanh" || activation === "sign";
  return { low: isSigned ? -1 : 0, high: 1, threshold: isSigned ? 0 : 0.5 };
}

/**
 * Layers as maps and graph need them.
 *
 * @param {number} nInputs
 * @param {string[][]} activations
 */
export function mappedLayers(nInputs, activations) {
  const sizes = layerSizes(nInputs, activations);
  let start = 0;
  return activations.map((names, depth) => {
    const layer = { nIn: sizes[depth], nOut: names.length, activations: names, start };
    start += names.length * (sizes[depth] + 1);
    return layer;
  });
}

/**
 * Layers as the engine and the writers need them.
 *
 * @param {State["net"]} net
 * @param {number} nInputs
 */
export function writtenLayers({ activations, parameters, edges }, nInputs) {
  return mappedLayers(nInputs, activations).map(({ nIn, nOut, activations: names, start }) => {
    const rows = (/** @type {ArrayLike<number>} */ from) => Array.from({ length: nOut }, (_, o) => Array.from({ length: nIn }, (_, i) => from[start + o * nIn + i]));
    const bias = Array.from({ length: nOut }, (_, o) => parameters[start + nOut * nIn + o]);
    return { nIn, nOut, activations: names, weight: rows(parameters), bias, edges: rows(edges) };
  });
}

/** @param {State["net"]} net @param {number} nInputs */
export function engineLayers(net, nInputs) {
  return writtenLayers(net, nInputs).map(({ activations, weight, bias, edges }) => {
    const isShared = activations.every((name) => name === activations[0]);
    return { weight, bias, activation: isShared ? activations[0] : activations, mask: edges };
  });
}

/**
 * Give a network another shape.
 *
 * @param {State} state
 * @param {{ inputs?: number, activations?: string[][] }} wanted
 * @param {any} engine
 * @param {{ dims: number, nClasses: number }} data that it reads
 * @param {number} dimsBefore
 */
export function reshape(state, { inputs = state.net.inputs, activations = state.net.activations }, engine, { dims, nClasses }, dimsBefore) {
  const before = chosenInputs(state.net.inputs, dimsBefore);
  const after = chosenInputs(inputs, dims);
  const shaped = [...activations.slice(0, -1), outputActivations(nClasses, activations[activations.length - 1])];
  const old = mappedLayers(before.length, state.net.activations);
  const fresh = freshNet(after.length, shaped, state.recipe, engine);
  const depths = Math.min(old.length, shaped.length) - 1;
  mappedLayers(after.length, shaped).forEach(({ nIn, nOut, start }, depth, all) => {
    const isLast = depth === all.length - 1;
    const from = isLast ? old[old.length - 1] : depth < depths ? old[depth] : null;
    // Outputs read another layer where layers came or went.
    if (!from || (isLast && all.length !== old.length) || (isLast && from.nOut !== nOut)) return;
    for (let o = 0; o < Math.min(nOut, from.nOut); o++) {
      for (let i = 0; i < nIn; i++) {
        const source = depth === 0 ? before.indexOf(after[i]) : i;
        if (source < 0 || source >= from.nIn) continue;
        fresh.parameters[start + o * nIn + i] = state.net.parameters[from.start + o * from.nIn + source];
        fresh.edges[start + o * nIn + i] = state.net.edges[from.start + o * from.nIn + source];
      }
      fresh.parameters[start + nOut * nIn + o] = state.net.parameters[from.start + from.nOut * from.nIn + o];
    }
  });
  Object.assign(state.net, { inputs, activations: shaped, ...fresh });
}

/**
 * Draw the weights of a network.
 *
 * @param {number} nInputs
 * @param {string[][]} activations
 * @param {State["recipe"]} recipe
 * @param {any} engine
 */
export function freshNet(nInputs, activations, recipe, engine) {
  const n = countParameters(layerSizes(nInputs, activations));
  const edges = new Uint8Array(n).fill(1);
  const net = { inputs: 0, activations, parameters: new Float64Array(n), edges, epochs: 0 };
  const network = engine.makeNetwork(engineLayers(net, nInputs));
  engine.initialize(network, recipe.start, engine.makeRandom(recipe.seed), activations[0][0]);
  return { parameters: network.parameters, edges };
}

/**
 * What the worker trains on.
 *
 * @param {State["net"]} net
 * @param {PageData} data
 */
export function makeTask(net, { X, dims, labels, held, nClasses, targets: numbers = null }) {
  const chosen = chosenInputs(net.inputs, dims);
  const all = computeInputs(X, dims, chosen);
  const nOut = nClasses === 2 ? 1 : nClasses;
  const isCurve = Boolean(numbers);
  const [output] = net.activations[net.activations.length - 1];
  const { low, high, threshold } = outputCodes(output);
  const loss = nOut > 1 ? "multiclass" : output === "logistic" && !isCurve ? "binary" : "squared";
  const rows = (/** @type {number} */ isHeld) => {
    const mine = [...labels.keys()].filter((row) => held[row] === isHeld);
    const inputs = Float64Array.from(mine.flatMap((row) => [...all.subarray(row * chosen.length, (row + 1) * chosen.length)]));
    const targets = mine.flatMap((row) => (numbers ? [numbers[row]] : nOut === 1 ? [labels[row] ? high : low] : Array.from({ length: nOut }, (_, k) => (k === labels[row] ? 1 : 0))));
    return { inputs, targets: Float64Array.from(targets), labels: Uint8Array.from(mine, (row) => labels[row]) };
  };
  const [train, check] = [rows(0), rows(1)];
  return {
    ...{ n: train.labels.length, nIn: chosen.length, nOut, loss, threshold, isCurve },
    ...{ X: train.inputs, y: train.targets, labels: train.labels, heldX: check.inputs, heldY: check.targets, heldLabels: check.labels },
  };
}

/**
 * The state with which a lesson begins.
 *
 * @param {any} lesson as the library wrote it
 * @param {any} engine
 * @returns {State}
 */
export function initialState(lesson, engine) {
  const start = lesson.start ?? {};
  const problem = PLANE_PROBLEMS.find(({ name }) => name === (start.problem ?? "circles")) ?? PLANE_PROBLEMS[0];
  const source = lesson.table && !start.problem ? "lesson" : "problem";
  /** @type {State} */
  const state = {
    view: start.view ?? "neuron",
    neuron: start.neuron ?? { weights: [1], bias: -2.5, activation: "logistic", at: [3], threshold: null, points: [] },
    data: { source, problem: problem.name, n: 200, noise: problem.noise, seed: 1, held: start.held ?? 30, points: [], formula: "sin(2x)" },
    net: { inputs: 3, activations: [], parameters: new Float64Array(0), edges: new Uint8Array(0), epochs: 0 },
    recipe: { optimizer: "adam", learningRate: 0.01, batch: 10, weightDecay: 0, start: "glorot", seed: 1 },
    proofs: firstProofs(),
  };
  const data = makeData(state.data, lesson.table ?? null, engine);
  const hidden = start.hidden ?? [Array(4).fill("tanh"), Array(3).fill("tanh")];
  const activations = [...hidden, outputActivations(data.nClasses)];
  const nInputs = chosenInputs(state.net.inputs, data.dims).length;
  Object.assign(state.net, { activations, ...freshNet(nInputs, activations, state.recipe, engine) });
  if (start.net) Object.assign(state.net, { ...start.net, parameters: Float64Array.from(start.net.parameters), edges: Uint8Array.from(start.net.edges), epochs: 0 });
  return state;
}

/** @param {State} state @param {Table | null} table */
export function inputNames(state, table) {
  const dims = dimensions(state.data, table?.names.length ?? 0);
  return chosenInputs(state.net.inputs, dims).map((k) => INPUTS[k]);
}
