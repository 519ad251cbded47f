/**
 * Networks as text: the equation that gradatim reads, LaTeX, and programs; and one neuron from text.
 *
 * Conventions: numbers are written with all their digits, so that what is read back is the same network.
 */

/** What equations call the functions, and how LaTeX sets them. @type {Record<string, string>} */
export const WRITTEN = {
  ...{ identity: "", sign: "sign", heaviside: "step", logistic: "sigmoid", tanh: "tanh", relu: "relu" },
  ...{ leaky_relu: "leaky_relu", elu: "elu", gelu: "gelu", silu: "silu", softplus: "softplus", softmax: "softmax" },
};

/** @type {Record<string, string>} */
const READ = {
  ...{ sigmoid: "logistic", logistic: "logistic", "σ": "logistic", step: "heaviside", heaviside: "heaviside" },
  ...{ h: "heaviside", sign: "sign", sgn: "sign", tanh: "tanh", relu: "relu", leaky_relu: "leaky_relu" },
  ...{ leakyrelu: "leaky_relu", elu: "elu", gelu: "gelu", silu: "silu", swish: "silu", softplus: "softplus" },
  ...{ identity: "identity", linear: "identity" },
};

/** @typedef {{ nIn: number, nOut: number, activations: string[], weight: number[][], bias: number[], edges: number[][] }} WrittenLayer */

/**
 * Write a number with all its digits, and without an exponent that equations do not know.
 *
 * @param {number} value
 */
function digits(value) {
  const text = String(Object.is(value, -0) ? 0 : value);
  const cut = /^(-?[\d.]+)e([+-]\d+)$/.exec(text);
  return cut ? `${cut[1]}*10^(${Number(cut[2])})` : text;
}

/**
 * Write a weighted sum.
 *
 * @param {number[]} weights
 * @param {string[]} names
 * @param {number} bias
 * @param {number[]} edges
 * @param {string} [times] between weight and name
 * @param {(value: number) => string} [write]
 */
function sum(weights, names, bias, edges, times = "", write = digits) {
  let text = "";
  /** @param {number} value @param {string} term */
  const add = (value, term) => {
    const sign = value < 0 || Object.is(value, -0) ? "-" : "+";
    text += text ? ` ${sign} ${term}` : sign === "-" ? `-${term}` : term;
  };
  weights.forEach((w, i) => {
    if (!edges[i]) return;
    const size = write(Math.abs(w));
    const isPower = size.includes("10^");
    add(w, Math.abs(w) === 1 ? names[i] : `${size}${times || (isPower ? " " : "")}${names[i]}`);
  });
  if (bias !== 0 || !text) add(bias, write(Math.abs(bias)));
  return text;
}

/** @param {number} layer from 1 @param {number} unit from 1 @param {number} depth */
function hiddenName(layer, unit, depth) {
  return depth === 2 ? `h${unit}` : `h${layer}_${unit}`;
}

/**
 * Names of inputs, hidden units and outputs, layer by layer.
 *
 * @param {string[]} inputs
 * @param {number[]} sizes of the layers, without the inputs
 */
export function valueNames(inputs, sizes) {
  const names = [inputs];
  sizes.forEach((n, k) => {
    const isLast = k === sizes.length - 1;
    names.push(Array.from({ length: n }, (_, o) => (isLast ? `y${o + 1}` : hiddenName(k + 1, o + 1, sizes.length))));
  });
  return names;
}

/**
 * Write a network as an equation that `gradatim eval` reads.
 *
 * @param {WrittenLayer[]} layers
 * @param {string[]} inputs
 */
export function toEquation(layers, inputs) {
  const names = valueNames(inputs, layers.map(({ nOut }) => nOut));
  const lines = layers.map(({ activations, weight, bias, edges }, depth) => {
    const isLast = depth === layers.length - 1;
    const sums = weight.map((row, o) => sum(row, names[depth], bias[o], edges[o]));
    if (activations[0] === "softmax") return `softmax(${sums.join(", ")})`;
    const units = sums.map((text, o) => (activations[o] === "identity" ? text : `${WRITTEN[activations[o]]}(${text})`));
    return isLast ? units.join("; ") : units.map((text, o) => `${names[depth + 1][o]} = ${text}`).join("; ");
  });
  return layers.length === 1 && inputs.every((name) => name.startsWith("x")) ? lines[0] : [inputs.join(", "), ...lines].join("\n  -> ");
}

/** @param {string} name such as h1_2 */
export function latexName(name) {
  const found = /^([a-z]+)(\d[\d_]*)$/.exec(name);
  return found ? `${found[1]}_{${found[2].replace("_", ",")}}` : name;
}

/**
 * Write a network as LaTeX, one line per unit, rounded to four digits.
 *
 * @param {WrittenLayer[]} layers
 * @param {string[]} inputs
 */
export function toLatex(layers, inputs) {
  const names = valueNames(inputs, layers.map(({ nOut }) => nOut)).map((column) => column.map(latexName));
  const short = (/** @type {number} */ value) => String(Number(value.toPrecision(4))).replace(/e([+-]\d+)/, (_, e) => ` \\cdot 10^{${Number(e)}}`);
  const lines = layers.flatMap(({ activations, weight, bias, edges }, depth) =>
    weight.map((row, o) => {
      const text = sum(row, names[depth], bias[o], edges[o], " ", short);
      const name = activations[o];
      const right = name === "identity" ? text : `\\operatorname{${(WRITTEN[name]).replace("_", "\\_")}}(${text})`;
      return `  ${names[depth + 1][o]} &= ${right}`;
    }),
  );
  return `\\begin{aligned}\n${lines.join(" \\\\\n")}\n\\end{aligned}`;
}

/** NumPy's text for each function. @type {Record<string, string>} */
const NUMPY = {
  ...{ identity: "z", sign: "np.sign(z)", heaviside: "(z >= 0).astype(float)", logistic: "1 / (1 + np.exp(-z))" },
  ...{ tanh: "np.tanh(z)", relu: "np.maximum(z, 0)", leaky_relu: "np.where(z >= 0, z, 0.01 * z)" },
  ...{ elu: "np.where(z >= 0, z, np.expm1(np.minimum(z, 0)))", silu: "z / (1 + np.exp(-z))" },
  ...{ softplus: "np.logaddexp(0, z)", gelu: "z * 0.5 * (1 + np.vectorize(math.erf)(z / math.sqrt(2)))" },
  softmax: "np.exp(z - z.max(axis=1, keepdims=True)) / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)",
};

/** @param {number[][]} rows */
export function matrix(rows) {
  return `[${rows.map((row) => `[${row.map(String).join(", ")}]`).join(", ")}]`;
}

/**
 * Write a network as a program that needs NumPy only.
 *
 * @param {WrittenLayer[]} layers
 * @param {string[]} inputs
 */
export function toNumpy(layers, inputs) {
  const used = [...new Set(layers.flatMap(({ activations }) => activations))];
  const lines = [...(used.includes("gelu") ? ["import math", ""] : []), "import numpy as np", "", "FUNCTIONS = {"];
  for (const name of used) lines.push(`    "${name}": lambda z: ${NUMPY[name]},`);
  lines.push("}", "# Weights, w0, and the function of each unit, layer by layer", "LAYERS = [");
  for (const { weight, bias, activations, edges } of layers) {
    const kept = weight.map((row, o) => row.map((w, i) => (edges[o][i] ? w : 0)));
    lines.push(`    (${matrix(kept)}, [${bias.map(String).join(", ")}], ${JSON.stringify(activations)}),`);
  }
  lines.push("]", "", "", "def predict(X):", `    """Outputs for rows of ${inputs.join(", ")}."""`);
  lines.push("    a = np.atleast_2d(np.asarray(X, dtype=float))", "    for weight, bias, names in LAYERS:");
  lines.push("        z = a @ np.array(weight).T + np.array(bias)", '        if names[0] == "softmax":');
  lines.push('            a = FUNCTIONS["softmax"](z)', "        else:");
  lines.push("            a = np.column_stack([FUNCTIONS[name](z[:, i]) for i, name in enumerate(names)])", "    return a", "");
  const text = lines.join("\n");
  return used.includes("softmax") ? text : text.replace(/ {8}if names\[0\][^]*?else:\n {12}/, "        ");
}

/**
 * Write a network as a program for gradatim.
 *
 * @param {WrittenLayer[]} layers
 * @param {string[]} inputs
 */
export function toPython(layers, inputs) {
  const made = layers.map(({ weight, bias, activations, edges }) => {
    const isShared = activations.every((name) => name === activations[0]);
    const isWhole = edges.every((row) => row.every(Boolean));
    const mask = isWhole ? "" : `, [${edges.map((row) => `[${row.map((e) => (e ? "True" : "False")).join(", ")}]`).join(", ")}]`;
    const kept = weight.map((row, o) => row.map((w, i) => (edges[o][i] ? w : 0)));
    const name = isShared ? JSON.stringify(activations[0]) : JSON.stringify(activations);
    return `    Layer(${matrix(kept)}, [${bias.map(String).join(", ")}], ${name}${mask}),`;
  });
  return ["from gradatim import Layer, Network", "", "network = Network(", "  [", ...made, "  ],", `  input_names=${JSON.stringify(inputs)},`, ")", "print(network)", ""].join("\n");
}

/** @typedef {{ weights: number[], bias: number, activation: string | null }} ReadNeuron */

/**
 * Read one neuron: `sigmoid(0.8x1 - x2/2 + 0.4)`.
 *
 * @param {string} text
 * @returns {ReadNeuron | { error: string }} activation is null for a(...), which leaves it open
 */
export function readEquation(text) {
  if (text.length > 200) return { error: "This is longer than one neuron needs." };
  const plain = text.replace(/[−–]/g, "-").replace(/[·×∗]/g, "*").replace(/[₀₁₂]/g, (c) => String("₀₁₂".indexOf(c))).replace(/\s+/g, "");
  const call = /^([A-Za-zσ_]+)\((.*)\)$/.exec(plain);
  const name = call ? call[1].toLowerCase() : "";
  if (call && name !== "a" && !Object.hasOwn(READ, name)) {
    return { error: `There is no function ${call[1].slice(0, 20)}; try sigmoid, tanh, relu, step, sign or identity.` };
  }
  const found = readSum(call ? call[2] : plain);
  if ("error" in found) return found;
  return { ...found, activation: name === "a" ? null : call ? READ[name] : "identity" };
}

/** @param {string} text without spaces @returns {{ weights: number[], bias: number } | { error: string }} */
function readSum(text) {
  if (!text) return { error: "Write a sum such as 0.8x1 + 0.4." };
  const weights = [0, 0];
  let [bias, largest, rest] = [0, 1, text];
  while (rest) {
    const term = /^([+-]?)(?:(\d+(?:[.,]\d+)?|[.,]\d+)(?:\/(\d+(?:[.,]\d+)?))?)?(?:\*?(x(?:_?\{?([12])\}?)?)(?:\/(\d+(?:[.,]\d+)?))?)?/i.exec(rest);
    if (!term || (!term[2] && !term[4])) return { error: `“${rest.slice(0, 12)}” is not understood; inputs are x1 and x2, as in 2x1 - x2 + 1.` };
    const number = (/** @type {string | undefined} */ part) => (part ? Number(part.replace(",", ".")) : 1);
    const value = ((term[1] === "-" ? -1 : 1) * number(term[2])) / (number(term[3]) * number(term[6]));
    if (!Number.isFinite(value)) return { error: "This divides by zero." };
    if (term[4]) {
      const place = Number(term[5] ?? 1) - 1;
      weights[place] += value;
      largest = Math.max(largest, place + 1);
    } else bias += value;
    rest = rest.slice(term[0].length);
    if (rest && !/^[+-]/.test(rest)) return { error: `A + or − is missing before “${rest.slice(0, 12)}”.` };
  }
  return { weights: weights.slice(0, largest), bias };
}

/**
 * Write one neuron as a person would, rounded for reading.
 *
 * @param {{ weights: number[], bias: number, activation: string }} neuron
 */
export function neuronText({ weights, bias, activation }) {
  const names = weights.length === 1 ? ["x1"] : ["x1", "x2"];
  const short = (/** @type {number} */ value) => String(Number(value.toFixed(4)));
  const text = sum(weights, names, Number(bias.toFixed(4)), [1, 1], "", short);
  return activation === "identity" ? text : `${WRITTEN[activation]}(${text})`;
}
