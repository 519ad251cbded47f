/**
 * Networks for other programs: the graph as TikZ and SVG, and the model for scikit-learn.
 *
 * Conventions: layers as `writtenLayers` makes them. Drawn numbers are rounded; programs have every digit.
 */

import { WRITTEN, latexName, matrix, valueNames } from "./equation.js";
import { lowered } from "./math.js";

/** @typedef {import("./equation.js").WrittenLayer} WrittenLayer */

/** From this many edges on, numbers at them would hide each other. */
const MOST_NUMBERS = 24;

/** @param {number} value */
function short(value) {
  return String(Number(value.toPrecision(3)));
}

/** Places of all units, column by column, one apart. @param {WrittenLayer[]} layers @param {string[]} inputs */
function placed(layers, inputs) {
  const names = valueNames(inputs, layers.map(({ nOut }) => nOut));
  const edges = layers.flatMap(({ weight, edges: kept }, depth) => weight.flatMap((row, o) => row.map((w, i) => ({ depth, o, i, w })).filter(({ i }) => kept[o][i])));
  const largest = Math.max(...edges.map(({ w }) => Math.abs(w)), 1e-9);
  return { names, edges, largest, y: (/** @type {number} */ c, /** @type {number} */ i) => (names[c].length - 1) / 2 - i };
}

/**
 * Write the graph as TikZ.
 *
 * @param {WrittenLayer[]} layers
 * @param {string[]} inputs
 */
export function toTikz(layers, inputs) {
  const { names, edges, largest, y } = placed(layers, inputs);
  const lines = ["\\begin{tikzpicture}[x=3cm, y=1.5cm, unit/.style={circle, draw, minimum size=9mm, inner sep=0pt}]"];
  names.forEach((column, c) => column.forEach((name, i) => {
    const { activations, bias } = layers[c - 1] ?? {};
    const label = activations ? `, label={below:{\\scriptsize ${WRITTEN[activations[i]].replace("_", "\\_") || "sum"}, $w_0 = ${short(bias[i])}$}}` : "";
    lines.push(`  \\node[unit${label}] (n${c}-${i}) at (${c}, ${y(c, i)}) {$${latexName(name)}$};`);
  }));
  for (const { depth, o, i, w } of edges) {
    const style = `line width=${(0.3 + (1.5 * Math.abs(w)) / largest).toFixed(2)}pt${w < 0 ? ", dashed" : ""}`;
    const number = edges.length <= MOST_NUMBERS ? ` node[pos=0.3, fill=white, inner sep=1pt, font=\\scriptsize] {$${short(w)}$}` : "";
    lines.push(`  \\draw[->, ${style}] (n${depth}-${i}) --${number} (n${depth + 1}-${o});`);
  }
  return [...lines, "\\end{tikzpicture}", ""].join("\n");
}

/**
 * Write the graph as an SVG that stands alone.
 *
 * @param {WrittenLayer[]} layers
 * @param {string[]} inputs
 */
export function toSvg(layers, inputs) {
  const { names, edges, largest, y } = placed(layers, inputs);
  const tallest = Math.max(...names.map(({ length }) => length));
  const [width, height] = [170 * names.length - 30, 76 * tallest + 20];
  const X = (/** @type {number} */ c) => 70 + 170 * c;
  const Y = (/** @type {number} */ c, /** @type {number} */ i) => height / 2 - 4 - 76 * y(c, i);
  const lines = [`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Georgia, serif" font-size="15" text-anchor="middle">`];
  for (const { depth, o, i, w } of edges) {
    const color = w < 0 ? 'stroke="#b35806" stroke-dasharray="7 4"' : 'stroke="#2166ac"';
    lines.push(`<line x1="${X(depth) + 20}" y1="${Y(depth, i)}" x2="${X(depth + 1) - 20}" y2="${Y(depth + 1, o)}" ${color} stroke-width="${(0.8 + (4 * Math.abs(w)) / largest).toFixed(2)}"/>`);
  }
  if (edges.length <= MOST_NUMBERS) {
    for (const { depth, o, i, w } of edges) {
      const at = (/** @type {number} */ a, /** @type {number} */ b) => (a + 0.32 * (b - a)).toFixed(1);
      lines.push(`<text x="${at(X(depth), X(depth + 1))}" y="${at(Y(depth, i) + 4, Y(depth + 1, o) + 4)}" font-size="11" stroke="#fff" stroke-width="4" paint-order="stroke">${short(w)}</text>`);
    }
  }
  names.forEach((column, c) => column.forEach((name, i) => {
    const { activations, bias } = layers[c - 1] ?? {};
    lines.push(`<circle cx="${X(c)}" cy="${Y(c, i)}" r="20" fill="#fff" stroke="#333" stroke-width="1.4"/><text x="${X(c)}" y="${Y(c, i) + 5}" font-style="italic">${lowered(name)}</text>`);
    if (activations) lines.push(`<text x="${X(c)}" y="${Y(c, i) + 34}" font-size="11" fill="#555">${WRITTEN[activations[i]] || "sum"}, w₀ = ${short(bias[i])}</text>`);
  }));
  return [...lines, "</svg>", ""].join("\n");
}

/** What scikit-learn's networks can compute in hidden layers. */
const HIDDEN = ["identity", "logistic", "tanh", "relu"];

/**
 * Write a network as a fitted model of scikit-learn; a comment where it has none such.
 *
 * @param {WrittenLayer[]} layers
 * @param {string[]} inputs
 */
export function toSklearn(layers, inputs) {
  const hidden = layers.slice(0, -1);
  const functions = new Set(hidden.flatMap(({ activations }) => activations));
  const { activations, nOut } = layers[layers.length - 1];
  const [inner] = [...functions, "relu"];
  const [outer] = activations;
  const isCut = layers.some(({ edges }) => edges.some((row) => row.some((edge) => !edge)));
  if (functions.size > 1 || !HIDDEN.includes(inner)) return `# scikit-learn has one function for all hidden units: ${HIDDEN.join(", ")}.\n# Change it, or take the program with NumPy only.\n`;
  if (!["logistic", "softmax", "identity"].includes(outer)) return `# scikit-learn's output is sigmoid, softmax or identity, not ${outer}.\n# Change it, or take the program with NumPy only.\n`;
  const isNumber = outer === "identity";
  const kind = isNumber ? "MLPRegressor" : "MLPClassifier";
  const kept = layers.map(({ weight, edges }) => weight.map((row, o) => row.map((w, i) => (edges[o][i] ? w : 0))));
  return [
    "import numpy as np",
    `from sklearn.neural_network import ${kind}`,
    ...(isNumber ? [] : ["from sklearn.preprocessing import LabelBinarizer"]),
    "",
    ...(isCut ? ["# Cut edges have weight 0 here; training would move them."] : []),
    `model = ${kind}(hidden_layer_sizes=(${hidden.map(({ nOut: n }) => `${n},`).join(" ")}), activation="${inner}")`,
    "# Weights are (inputs, units) there.",
    `model.coefs_ = [np.array(w).T for w in [${kept.map(matrix).join(", ")}]]`,
    `model.intercepts_ = [np.array(b) for b in ${matrix(layers.map(({ bias }) => bias))}]`,
    `model.n_layers_, model.n_outputs_, model.n_features_in_ = ${layers.length + 1}, ${nOut}, ${inputs.length}`,
    `model.out_activation_ = "${outer}"`,
    ...(isNumber ? [] : [`model.classes_ = np.arange(${Math.max(nOut, 2)})`, "model._label_binarizer = LabelBinarizer().fit(model.classes_)"]),
    `# Rows of ${inputs.join(", ")}:`,
    "predict = model.predict".concat(isNumber ? "" : "_proba"),
    "",
  ].join("\n");
}
