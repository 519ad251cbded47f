// Reads cases from standard input, JSON in a line, lets the page's modules answer them, writes a line of JSON.

import { createInterface } from "node:readline";

import { readEquation, toEquation, toLatex, toNumpy, toPython } from "../../src/gradatim/lab/equation.js";
import { toSklearn, toSvg, toTikz } from "../../src/gradatim/lab/exports.js";
import { readFormula } from "../../src/gradatim/lab/formula.js";
import { spectrogram } from "../../src/gradatim/lab/listen.js";
import { computePlanes, makeShades, paintClasses } from "../../src/gradatim/lab/maps.js";
import { engineLayers, initialState, makeData, makeTask, reshape, writtenLayers } from "../../src/gradatim/lab/model.js";
import { explainSeparation, isRight, perceptronStep, separate } from "../../src/gradatim/lab/plane.js";
import { judge } from "../../src/gradatim/lab/practice.js";
import { PLANE_PROBLEMS, drawPoints, heldOut } from "../../src/gradatim/lab/problems.js";
import { contenders } from "../../src/gradatim/lab/race.js";
import { countPieces, deepSawtooth, reluSums, sample, shallowSawtooth, stepSums, sumLayers } from "../../src/gradatim/lab/stairs.js";
import { LinkError } from "../../src/gradatim/lab/linkbytes.js";
import { ACTIVATION_NAMES, LIMITS, decodeState, encodeState, readLink } from "../../src/gradatim/lab/state.js";
import { readTable } from "../../src/gradatim/lab/table.js";
import { bestFirst, median } from "../../src/gradatim/lab/wall.js";
import { lineInSquare } from "../../src/gradatim/lab/zspace.js";
import { activationFunctions } from "../../src/gradatim/views/activations.js";
import { engine } from "../../src/gradatim/views/engine.js";
import { fractions } from "../../src/gradatim/views/fractions.js";
import { randomNumbers } from "../../src/gradatim/views/randomnumbers.js";

const lib = engine(activationFunctions(), randomNumbers(), fractions());

/** A state as JSON holds it. */
function plain(state) {
  const { parameters, edges } = state.net;
  return { ...state, net: { ...state.net, parameters: [...parameters], edges: [...edges] } };
}

function typed(state) {
  const { parameters, edges } = state.net;
  return { ...state, net: { ...state.net, parameters: Float64Array.from(parameters), edges: Uint8Array.from(edges) } };
}

const ANSWERS = {
  limits: () => ({ ...LIMITS, activations: ACTIVATION_NAMES, problems: PLANE_PROBLEMS.map(({ name }) => name) }),
  points({ problem, n, noise, seed }) {
    const one = PLANE_PROBLEMS.find(({ name }) => name === problem);
    const { dims, X, labels } = drawPoints(one, { n, noise: noise ?? one.noise }, lib.makeRandom(seed));
    return { dims, X: [...X], labels: [...labels], noise: one.noise, scale: one.scale ?? null };
  },
  held: ({ n, share, seed }) => [...heldOut(n, share, lib.makeRandom(seed))],
  separate: ({ points }) => separate(points),
  isRight: ({ line, points }) => isRight(line, points),
  perceptron: ({ weights, bias, points, from }) => perceptronStep(weights, bias, points, from),
  roundTrip({ state, everyDigit }) {
    const text = encodeState(typed(state), everyDigit);
    return { text, state: plain(decodeState(text, 2)) };
  },
  decode({ text, lessonDims }) {
    try {
      return { state: plain(decodeState(text, lessonDims ?? 0)) };
    } catch (error) {
      return { error: error.message, isLinkError: error instanceof LinkError };
    }
  },
  initial: ({ lesson }) => plain(initialState(lesson, lib)),
  reshape({ state, wanted, dims, nClasses, dimsBefore }) {
    const made = typed(state);
    reshape(made, wanted, lib, { dims, nClasses }, dimsBefore);
    return plain(made);
  },
  task({ state, table }) {
    const made = typed(state);
    const task = makeTask(made.net, makeData(made.data, table ?? null, lib));
    return Object.fromEntries(Object.entries(task).map(([key, value]) => [key, ArrayBuffer.isView(value) ? [...value] : value]));
  },
  write({ net, nInputs, names }) {
    const layers = writtenLayers(net, nInputs);
    const others = { sklearn: toSklearn(layers, names), tikz: toTikz(layers, names), svg: toSvg(layers, names) };
    return { ...others, equation: toEquation(layers, names), latex: toLatex(layers, names), numpy: toNumpy(layers, names), python: toPython(layers, names) };
  },
  formula({ text, at }) {
    const found = readFormula(text);
    return "error" in found ? found : { dims: found.dims, isClass: found.isClass, values: at.map(([x, y]) => found.of(x, y ?? 0)) };
  },
  data({ data, table }) {
    const made = makeData(data, table ?? null, lib);
    return { ...made, X: [...made.X], labels: [...made.labels], held: [...made.held], targets: made.targets && [...made.targets] };
  },
  sums({ text, unit, low, high, most }) {
    const y = sample(readFormula(text).of, low, high);
    const sums = (unit === "relu" ? reluSums : stepSums)(y, most);
    return sums.map((sum) => ({ ...sum, equation: toEquation(sumLayers(sum, unit, low, high), ["x"]) }));
  },
  sawtooth({ doublings }) {
    const teeth = 2 ** doublings;
    const pair = [deepSawtooth(doublings), shallowSawtooth(teeth, Math.min(2 * doublings + 2, 2 * teeth))];
    return pair.map((layers) => ({ layers, ...countPieces(layers, 2 ** (doublings + 3), lib) })).map((one) => ({ ...one, y: [...one.y] }));
  },
  spectrogram: ({ samples, columns }) => spectrogram(Float32Array.from(samples), columns).map((powers) => [...powers]),
  bestFirst: ({ scores }) => bestFirst(scores),
  median: ({ values }) => median(values),
  link: ({ hash }) => readLink(hash),
  explain: ({ points }) => explainSeparation(separate(points), points),
  contenders: ({ nInputs, nOutputs }) => contenders(nInputs, nOutputs),
  readTable: ({ text }) => readTable(text),
  paintClasses({ planes, paper, colors }) {
    const pixels = new Uint32Array(planes[0].length);
    paintClasses(pixels, planes.map((plane) => Float64Array.from(plane)), colors.map((color) => makeShades(paper, color)));
    return [...new Uint8Array(pixels.buffer)];
  },
  window: ({ table, data }) => makeData(data, table, lib).window,
  lineInSquare: ({ a, b, c, range }) => lineInSquare(a, b, c, range),
  readEquation: ({ text }) => readEquation(text),
  judge: ({ part, typed: text }) => judge(part, text, lib),
  planes({ net, nInputs, X }) {
    const layers = writtenLayers(net, nInputs);
    let start = 0;
    const mapped = layers.map(({ nIn, nOut, activations }) => {
      const layer = { nIn, nOut, activations, start };
      start += nOut * (nIn + 1);
      return layer;
    });
    const n = X.length / nInputs;
    const inputs = Array.from({ length: nInputs }, (_, i) => Float64Array.from({ length: n }, (_, k) => X[k * nInputs + i]));
    const planes = layers.map(({ nOut }) => Array.from({ length: nOut }, () => new Float64Array(n)));
    computePlanes(mapped, net.parameters, inputs, planes);
    const room = lib.forward(lib.makeNetwork(engineLayers(net, nInputs)), X);
    return { planes: planes.map((units) => units.map((plane) => [...plane])), exact: room.a.slice(1).map((a) => [...a]) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(JSON.parse(line).map((one) => ANSWERS[one.ask](one)))}\n`);
}
