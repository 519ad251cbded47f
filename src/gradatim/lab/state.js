/**
 * The state of the page as a value, and as the text in a link.
 *
 * Conventions: everything that the page shows follows from one state. A link is version, fields and a
 * checksum as bytes, in base64url; it is read with limits, and what is no state is a `LinkError`, never
 * half of one. Places in `ACTIVATION_NAMES` and the like are what links hold: new ones go to the end.
 */

import { readFormula } from "./formula.js";
import { LinkError, Reader, Writer, checksum } from "./linkbytes.js";
import { INPUTS, PLANE_PROBLEMS, chosenInputs } from "./problems.js";

export const VIEW_NAMES = ["neuron", "network", "practice", "race", "wall", "proofs", "server"];
export const ACTIVATION_NAMES = [
  ...["identity", "sign", "heaviside", "logistic", "tanh", "relu", "leaky_relu", "elu", "gelu"],
  ...["silu", "softplus", "softmax"],
];
export const OPTIMIZER_NAMES = ["sgd", "adam", "adamw"];
export const START_NAMES = ["glorot", "he", "variance", "zeros"];
/** Where the points come from: a problem, the table in the page, a person's own classes or curve, a formula. */
export const SOURCES = ["problem", "lesson", "own", "curve", "formula"];

/** Most layers (the outputs among them), units in one, points and classes. */
export const LIMITS = { layers: 8, units: 16, points: 2000, classes: 6, link: 60000 };

/** What a link may hide. */
export const HIDDEN_NAMES = ["points", "settings", "layers", "loss", "numbers", "share"];
const LINK = /^#s=([^&]*)(&only)?(?:&hide=([a-z,]*))?$/;

/**
 * What a link ends in that shows one tab alone, or hides parts.
 *
 * @param {boolean} isAlone
 * @param {string[]} hidden
 */
export function linkEnd(isAlone, hidden) {
  return `${isAlone ? "&only" : ""}${hidden.length ? `&hide=${hidden}` : ""}`;
}

/**
 * Take the end of an address apart; null where it is no link.
 *
 * @param {string} hash
 */
export function readLink(hash) {
  if (!hash.startsWith("#s=")) return null;
  const [, code, only, hide = ""] = LINK.exec(hash) ?? [];
  return { code: code ?? "?", isAlone: Boolean(only), hidden: HIDDEN_NAMES.filter((name) => hide.split(",").includes(name)) };
}

/** Links of version 1 had no formula; they are still read. */
const VERSION = 2;
const FIRST_FORMULA = "sin(2x)";
/** Above this, parameters are rounded to 16 significant bits, unless every digit is asked for. */
const SHORT = 60;

/** @typedef {[number, number, number]} LabeledPoint x, y, label */
/**
 * @typedef {object} NeuronState
 * @property {number[]} weights one or two
 * @property {number} bias
 * @property {string} activation
 * @property {number[]} at the inputs
 * @property {number | null} threshold outputs from here on are of class 1; null: the middle of the range
 * @property {LabeledPoint[]} points
 */
/**
 * @typedef {object} DataState
 * @property {string} source one of `SOURCES`
 * @property {string} problem name of one of `PLANE_PROBLEMS`
 * @property {number} n points
 * @property {number} noise
 * @property {number} seed
 * @property {number} held percent of points that only check
 * @property {LabeledPoint[]} points a person's own; of a curve, y is the target
 * @property {string} formula
 */
/**
 * @typedef {object} NetState
 * @property {number} inputs bits of `INPUTS`
 * @property {string[][]} activations of every unit, layer by layer, outputs last
 * @property {Float64Array} parameters as the engine has them
 * @property {Uint8Array} edges 0 where a weight's edge is cut; of biases always 1
 * @property {number} epochs
 */
/**
 * @typedef {object} RecipeState
 * @property {string} optimizer
 * @property {number} learningRate
 * @property {number} batch
 * @property {number} weightDecay
 * @property {string} start how weights are drawn
 * @property {number} seed
 */
/**
 * @typedef {object} ProofState
 * @property {string} part one of `PROOFS`
 * @property {string} formula of x, to be approximated
 * @property {number} low
 * @property {number} high
 * @property {string} unit heaviside or relu
 * @property {number} units
 * @property {number} doublings the sawtooth has two to the power of them as teeth
 */
/** @typedef {{ view: string, neuron: NeuronState, data: DataState, net: NetState, recipe: RecipeState, proofs: ProofState }} State */

export const PROOFS = ["line", "sum", "sawtooth"];
/** What is summed up to approximate a function. */
export const SUMMANDS = ["heaviside", "relu"];
/** Most units of a sum, most doublings of a sawtooth. */
export const MOST_PROOF = { units: 64, doublings: 7 };

/** @returns {ProofState} */
export function firstProofs() {
  return { part: "line", formula: "sin(2pi x)", low: 0, high: 1, unit: "heaviside", units: 4, doublings: 3 };
}

/**
 * Sizes of a network's layers, its inputs first.
 *
 * @param {number} nInputs
 * @param {string[][]} activations
 */
export function layerSizes(nInputs, activations) {
  return [nInputs, ...activations.map((names) => names.length)];
}

/** @param {number[]} sizes */
export function countParameters(sizes) {
  let total = 0;
  for (let k = 1; k < sizes.length; k++) total += sizes[k] * (sizes[k - 1] + 1);
  return total;
}

/** @param {DataState} data @param {number} lessonDims */
export function dimensions({ source, problem, formula }, lessonDims) {
  if (source === "lesson") return lessonDims;
  if (source === "curve") return 1;
  if (source === "formula") {
    const found = readFormula(formula);
    return "error" in found ? 1 : found.dims;
  }
  return source === "own" ? 2 : (PLANE_PROBLEMS.find(({ name }) => name === problem)?.dims ?? 2);
}

/**
 * Write a state as bytes.
 *
 * @param {State} state
 * @param {boolean} everyDigit
 */
function toBytes({ view, neuron, data, net, recipe, proofs }, everyDigit) {
  const w = new Writer();
  w.byte(VERSION);
  w.count(VIEW_NAMES.indexOf(view));
  w.count(neuron.weights.length);
  w.count(ACTIVATION_NAMES.indexOf(neuron.activation));
  for (const value of [...neuron.weights, neuron.bias, ...neuron.at]) w.number(value);
  w.byte(neuron.threshold === null ? 0 : 1);
  if (neuron.threshold !== null) w.number(neuron.threshold);
  w.points(neuron.points);
  w.count(SOURCES.indexOf(data.source));
  w.count(PLANE_PROBLEMS.findIndex(({ name }) => name === data.problem));
  w.count(data.n);
  w.number(data.noise);
  w.count(data.seed);
  w.count(data.held);
  w.points(data.source === "own" || data.source === "curve" ? data.points : []);
  w.text(data.source === "formula" ? data.formula : "");
  w.count(net.inputs);
  w.count(net.activations.length);
  for (const names of net.activations) {
    w.count(names.length);
    const isShared = names.every((name) => name === names[0]);
    w.byte(isShared ? 1 : 0);
    for (const name of isShared ? names.slice(0, 1) : names) w.count(ACTIVATION_NAMES.indexOf(name));
  }
  w.count(net.epochs);
  w.count(net.parameters.length);
  const isExact = everyDigit || net.parameters.length <= SHORT;
  w.byte(isExact ? 1 : 0);
  for (const value of net.parameters) isExact ? w.double(value) : w.rounded(value);
  const isWhole = net.edges.every((edge) => edge === 1);
  w.byte(isWhole ? 1 : 0);
  if (!isWhole) w.flags(net.edges);
  w.count(OPTIMIZER_NAMES.indexOf(recipe.optimizer));
  w.number(recipe.learningRate);
  w.count(recipe.batch);
  w.number(recipe.weightDecay);
  w.count(START_NAMES.indexOf(recipe.start));
  w.count(recipe.seed);
  const isUsual = JSON.stringify(proofs) === JSON.stringify(firstProofs());
  w.byte(isUsual ? 0 : 1);
  if (!isUsual) {
    w.count(PROOFS.indexOf(proofs.part));
    w.text(proofs.formula);
    w.number(proofs.low);
    w.number(proofs.high);
    w.count(SUMMANDS.indexOf(proofs.unit));
    w.count(proofs.units);
    w.count(proofs.doublings);
  }
  for (const byte of checksum(w.bytes, w.bytes.length)) w.byte(byte);
  return Uint8Array.from(w.bytes);
}

/** @param {Reader} r @returns {NeuronState} */
function readNeuron(r) {
  const n = Math.max(r.count(2), 1);
  const activation = r.name(ACTIVATION_NAMES.slice(0, -1));
  const numbers = Array.from({ length: 2 * n + 1 }, () => r.number());
  const threshold = r.byte() ? r.number() : null;
  const [weights, bias, at] = [numbers.slice(0, n), numbers[n], numbers.slice(n + 1)];
  return { weights, bias, activation, at, threshold, points: r.points(2, LIMITS.points) };
}

/** @param {Reader} r @param {number} version @returns {DataState} */
function readData(r, version) {
  const source = r.name(SOURCES);
  const problem = r.name(PLANE_PROBLEMS).name;
  const n = Math.max(r.count(LIMITS.points), 2);
  const noise = Math.min(Math.max(r.number(), 0), 10);
  const seed = r.count(2 ** 31);
  const held = r.count(90);
  const points = r.points(LIMITS.classes, LIMITS.points);
  const formula = (version > 1 && r.text()) || FIRST_FORMULA;
  if ("error" in readFormula(formula)) throw new LinkError("the link has a formula that is none");
  return { source, problem, n, noise, seed, held, points, formula };
}

/** @param {Reader} r @returns {ProofState} */
function readProofs(r) {
  const [part, formula, low, high] = [r.name(PROOFS), r.text(), r.number(), r.number()];
  const found = readFormula(formula);
  if ("error" in found || found.isClass || low >= high) throw new LinkError("the link has a function that is none");
  return { part, formula, low, high, unit: r.name(SUMMANDS), units: Math.max(r.count(MOST_PROOF.units), 1), doublings: r.count(MOST_PROOF.doublings) };
}

/** @param {Reader} r @param {number} dims @returns {NetState} */
function readNet(r, dims) {
  const inputs = r.count(2 ** INPUTS.length - 1);
  const nLayers = r.count(LIMITS.layers);
  if (nLayers < 1) throw new LinkError("the link has a network without layers");
  const activations = Array.from({ length: nLayers }, (_, depth) => readActivations(r, depth === nLayers - 1));
  const epochs = r.count(2 ** 45);
  const n = countParameters(layerSizes(chosenInputs(inputs, dims).length, activations));
  if (r.count(2 ** 20) !== n) throw new LinkError("the link's weights do not fit its network");
  const isExact = r.byte() === 1;
  const parameters = Float64Array.from({ length: n }, () => (isExact ? r.double() : r.rounded()));
  const edges = r.byte() === 1 ? new Uint8Array(n).fill(1) : r.flags(n);
  return { inputs, activations, parameters, edges, epochs };
}

/** @param {Reader} r @param {boolean} isLast */
function readActivations(r, isLast) {
  const nUnits = r.count(LIMITS.units);
  if (nUnits < 1) throw new LinkError("the link has a layer without units");
  const isShared = r.byte() === 1;
  const shared = isShared ? r.name(ACTIVATION_NAMES) : "";
  const names = Array.from({ length: nUnits }, () => shared || r.name(ACTIVATION_NAMES));
  if (names.includes("softmax") && !(isLast && isShared)) {
    throw new LinkError("the link has a softmax that is no output");
  }
  return names;
}

/**
 * Write a state as the text of a link.
 *
 * @param {State} state
 * @param {boolean} [everyDigit] of the parameters, also where there are many
 */
export function encodeState(state, everyDigit = false) {
  let text = "";
  for (const byte of toBytes(state, everyDigit)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Read the text of a link.
 *
 * @param {string} text from anyone
 * @param {number} [lessonDims] coordinates of the page's own table; 0 if it has none
 * @returns {State}
 */
export function decodeState(text, lessonDims = 0) {
  if (text.length > LIMITS.link) throw new LinkError(`the link is longer than ${LIMITS.link} characters`);
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) throw new LinkError("the link has characters that no link has");
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const end = bytes.length - 2;
  const [high, low] = checksum(bytes, end);
  if (end < 1 || bytes[end] !== high || bytes[end + 1] !== low) {
    throw new LinkError("the link is damaged: part of it is missing or was changed");
  }
  const r = new Reader(bytes.subarray(0, end));
  const version = r.byte();
  if (version < 1 || version > VERSION) throw new LinkError("the link is of another version of gradatim");
  const view = r.name(VIEW_NAMES);
  const neuron = readNeuron(r);
  const data = readData(r, version);
  if (data.source === "lesson" && !lessonDims) throw new LinkError("the link belongs to a page with a table of its own");
  const net = readNet(r, dimensions(data, lessonDims));
  const optimizer = r.name(OPTIMIZER_NAMES);
  const learningRate = Math.min(Math.max(r.number(), 0), 100);
  const batch = Math.max(r.count(LIMITS.points), 1);
  const weightDecay = Math.min(Math.max(r.number(), 0), 10);
  const start = r.name(START_NAMES);
  const recipe = { optimizer, learningRate, batch, weightDecay, start, seed: r.count(2 ** 31) };
  const proofs = version > 1 && r.byte() ? readProofs(r) : firstProofs();
  if (r.at !== end) throw new LinkError("the link has more than a state");
  return { view, neuron, data, net, recipe, proofs };
}
