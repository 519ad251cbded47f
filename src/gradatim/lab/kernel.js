/**
 * The gradient of one network's shape as a program without loops over units: what a worker trains by.
 *
 * Conventions: the text becomes part of a worker's source, so nothing is evaluated from text in the
 * page. Its arithmetic is that of the engine in the same order, so both give the same bits. Names of
 * functions are looked up in the table below; nothing else of a state reaches the text but sizes.
 */

/**
 * Activation and slope of each function, of z and a. @type {Record<string, [string, string | null]>}
 */
const WRITTEN_FUNCTIONS = {
  identity: ["z", null],
  sign: ["Math.sign(z)", "0"],
  heaviside: ["z >= 0 ? 1 : 0", "0"],
  logistic: ["z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))", "a < 0.9 ? a * (1 - a) : h.logisticSlope(z)"],
  tanh: ["(t * w + u) * v", "c === z ? T[2 * k + 1] * (w - u) * (w + u) * (v * v) : 4 * h.logisticSlope(2 * z)"],
  relu: ["Math.max(z, 0)", "z >= 0 ? 1 : 0"],
  leaky_relu: ["z >= 0 ? z : 0.01 * z", "z >= 0 ? 1 : 0.01"],
  elu: ["z >= 0 ? z : Math.expm1(z)", "z >= 0 ? 1 : Math.exp(z)"],
  gelu: ["z * h.normalCdf(z)", "h.normalCdf(z) + (z * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI)"],
  silu: ["z * h.logistic(z)", "h.logistic(z) + z * h.logisticSlope(z)"],
  softplus: ["Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))", "h.logistic(z)"],
};

/** What both expressions of tanh need, as the engine computes it. */
const TANH = [
  "const c = Math.max(-20, Math.min(z, 20)), k = (16 * c + 320.5) | 0, r = c - (k - 320) / 16, q = r * r;",
  "const u = r * (105 + 10 * q), w = 105 + q * (45 + q), t = T[2 * k], v = 1 / (w + t * u);",
].join(" ");

/** Chromium translates no program of more than about 140 parameters: one of 177 took ten times as long as loops. */
const MOST_PARAMETERS = 120;

/** @param {string} expression @param {string} index */
function fillIn(expression, index) {
  return expression.replace(/\b([zackqrtuvw])\b/g, (name) => `${name}${index}`);
}

/**
 * Write the gradient of the mean loss over n rows as a function of its helpers.
 *
 * @param {number} nInputs
 * @param {string[][]} activations of every unit, outputs last
 * @param {string} loss squared, binary or multiclass
 * @returns {string} `(h, T = h.tanhs) => (P, G, X, y, n) => {...}`, or `null` for a network that is too large
 */
export function kernelText(nInputs, activations, loss) {
  const sizes = [nInputs, ...activations.map((units) => units.length)];
  let total = 0;
  const starts = activations.map((_, depth) => {
    const start = total;
    total += sizes[depth + 1] * (sizes[depth] + 1);
    return start;
  });
  if (total > MOST_PARAMETERS) return "null";
  const lines = range(nInputs).map((i) => `const a0_${i} = X[r * ${nInputs} + ${i}];`);
  const slopes = [];
  activations.forEach((units, k) => lines.push(...forwardLines(k + 1, units, sizes[k], starts[k])));
  for (let depth = activations.length; depth >= 1; depth--) {
    const isLast = depth === activations.length;
    slopes.push(...slopeLines(depth, activations[depth - 1], isLast ? null : sizes[depth + 1], isLast ? 0 : starts[depth], loss));
    slopes.push(...gradientLines(depth, sizes[depth], sizes[depth - 1], starts[depth - 1]));
  }
  // Weights and sums are variables: that spares the check of an index each time.
  const body = [...lines, ...slopes].join("\n").replace(/\b([PG])\[(\d+)\]/g, (_, name, k) => `${name.toLowerCase()}${k}`);
  const places = range(total);
  const first = places.map((k) => `const p${k} = P[${k}]; let g${k} = 0;`).join("\n");
  const last = places.map((k) => `G[${k}] = g${k};`).join("\n");
  return `(h, T = h.tanhs) => (P, G, X, y, n) => {\n${first}\nfor (let r = 0; r < n; r++) {\n${body}\n}\n${last}\n}`;
}

/** @param {number} n */
function range(n) {
  return Array.from({ length: n }, (_, k) => k);
}

/** @param {number} depth from 1 @param {string[]} units @param {number} nIn @param {number} start */
function forwardLines(depth, units, nIn, start) {
  const lines = units.map((_, o) => {
    const terms = range(nIn).map((i) => `P[${start + o * nIn + i}] * a${depth - 1}_${i}`);
    return `const z${depth}_${o} = ${[`P[${start + units.length * nIn + o}]`, ...terms].join(" + ")};`;
  });
  if (units[0] !== "softmax") {
    return [...lines, ...units.map((name, o) => fillIn(`${name === "tanh" ? TANH : ""} const a = ${WRITTEN_FUNCTIONS[name][0]};`, `${depth}_${o}`))];
  }
  const outputs = units.map((_, o) => o);
  return [
    ...lines,
    `const top = Math.max(${outputs.map((o) => `z${depth}_${o}`).join(", ")});`,
    ...outputs.map((o) => `const e${o} = Math.exp(z${depth}_${o} - top);`),
    `const sum = ${outputs.map((o) => `e${o}`).join(" + ")};`,
    ...outputs.map((o) => `const a${depth}_${o} = e${o} / sum;`),
  ];
}

/**
 * @param {number} depth
 * @param {string[]} units
 * @param {number | null} nAbove units of the layer above; null for the outputs
 * @param {number} startAbove
 * @param {string} loss
 */
function slopeLines(depth, units, nAbove, startAbove, loss) {
  return units.map((name, o) => {
    const factor = name === "softmax" ? null : WRITTEN_FUNCTIONS[name][1];
    const index = `${depth}_${o}`;
    if (nAbove === null) {
      const error = `(a${index} - y[r * ${units.length} + ${o}]) / n`;
      const isWhole = loss !== "squared" || factor === null;
      return `const d${index} = ${isWhole ? error : `(${error}) * (${fillIn(factor, index)})`};`;
    }
    const sum = range(nAbove).map((k) => `d${depth + 1}_${k} * P[${startAbove + k * units.length + o}]`).join(" + ");
    return `const d${index} = ${factor === null ? sum : `(${sum}) * (${fillIn(factor, index)})`};`;
  });
}

/** @param {number} depth @param {number} nOut @param {number} nIn @param {number} start */
function gradientLines(depth, nOut, nIn, start) {
  return range(nOut).flatMap((o) => [
    `G[${start + nOut * nIn + o}] += d${depth}_${o};`,
    ...range(nIn).map((i) => `G[${start + o * nIn + i}] += d${depth}_${o} * a${depth - 1}_${i};`),
  ]);
}
