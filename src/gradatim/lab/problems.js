/**
 * The points of the page: the library's small problems, drawn in the browser.
 *
 * Conventions: coordinates are those of `gradatim.problems`, then brought to order 1 by `scale` where a
 * problem has one: x1 stands for (x − center) / spread. Points lie on a grid of 1/1024, so that a link
 * holds them exactly. Labels are whole numbers from 0 on.
 */

/**
 * @typedef {object} Drawn
 * @property {number} dims 1 or 2
 * @property {Float64Array} X flat, (n, dims)
 * @property {Uint8Array} labels
 * @property {number} nClasses
 */

/** @typedef {{ uniform(): number, normal(): number, below(n: number): number, order(n: number): Uint32Array }} Random */

/** Points lie on multiples of one over this. */
export const GRID = 1024;

/** @param {number} value */
export function snap(value) {
  return Math.round(Math.min(Math.max(value, -31), 31) * GRID) / GRID;
}

/** @param {number} radius @param {number} angle @returns {[number, number]} */
function polar(radius, angle) {
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** @param {Random} random @param {number} low @param {number} high */
function between(random, low, high) {
  return low + (high - low) * random.uniform();
}

/**
 * @typedef {object} PlaneProblem
 * @property {string} name as `gradatim.problems` has it
 * @property {number} dims
 * @property {number} noise its own
 * @property {[number, number]} window of both axes
 * @property {{ center: number, spread: number }} [scale]
 * @property {(random: Random, label: number) => number[]} draw a point of a class
 */

/** The problems, in an order that links rely on: new ones go to the end. @type {PlaneProblem[]} */
export const PLANE_PROBLEMS = [
  {
    ...{ name: "blobs", dims: 2, noise: 0, window: [-2.5, 2.5] },
    draw(random, label) {
      const [x, y] = polar(Math.sqrt(random.uniform()), 2 * Math.PI * random.uniform());
      const shift = label ? 1 : -1;
      return [x + shift, y + shift];
    },
  },
  {
    ...{ name: "wedge", dims: 2, noise: 0, window: [-1.25, 1.25] },
    draw(random, label) {
      const [x, y] = [between(random, 0.1, 1), between(random, 0.1, 1)];
      if (label) return [x, y];
      const corner = random.below(3);
      return [corner === 2 ? x : -x, corner === 1 ? y : -y];
    },
  },
  {
    ...{ name: "xor", dims: 2, noise: 0, window: [-0.6, 1.6] },
    draw(random, label) {
      const first = random.below(2);
      return [first + between(random, -0.2, 0.2), ((first + label) % 2) + between(random, -0.2, 0.2)];
    },
  },
  {
    ...{ name: "moons", dims: 2, noise: 0.1, window: [-1.5, 2.5] },
    draw(random, label) {
      const [x, y] = polar(1, Math.PI * random.uniform());
      return label ? [x, y] : [1 - x, 0.5 - y];
    },
  },
  {
    ...{ name: "circles", dims: 2, noise: 0, window: [-1.4, 1.4] },
    draw(random, label) {
      const share = random.uniform();
      const radius = label ? 0.4 * Math.sqrt(share) : Math.sqrt(0.81 + 0.4 * share);
      return polar(radius, 2 * Math.PI * random.uniform());
    },
  },
  {
    ...{ name: "checkerboard-4", dims: 2, noise: 0, window: [-0.4, 4.4] },
    draw(random, label) {
      const row = random.below(4);
      const column = 2 * random.below(2) + ((row + label) % 2);
      return [row + between(random, 0.1, 0.9), column + between(random, 0.1, 0.9)];
    },
  },
  {
    ...{ name: "spirals-3", dims: 2, noise: 0.02, window: [-1.2, 1.2] },
    draw(random, label) {
      const radius = Math.sqrt(between(random, 0.04, 1));
      return polar(radius, Math.PI * (3 * radius + label));
    },
  },
  {
    ...{ name: "threshold", dims: 1, noise: 0, window: [-1.7, 1.7], scale: { center: 75, spread: 50 } },
    draw: (random, label) => [between(random, 0, 74) + (label ? 76 : 0)],
  },
  {
    ...{ name: "intervals", dims: 1, noise: 0, window: [-1.7, 1.7], scale: { center: 75, spread: 50 } },
    draw(random, label) {
      if (!label) return [between(random, 51, 99)];
      const x = between(random, 0, 98);
      return [x < 49 ? x : x + 52];
    },
  },
  {
    ...{ name: "sawtooth-4", dims: 1, noise: 0, window: [-1.2, 1.2], scale: { center: 0.5, spread: 0.5 } },
    draw: (random, label) => [(2 * random.below(8) + label + between(random, -0.3, 0.3)) / 16],
  },
];

/**
 * Draw points of a problem, both classes equally often.
 *
 * @param {PlaneProblem} problem
 * @param {{ n: number, noise: number }} options
 * @param {Random} random
 * @returns {Drawn}
 */
export function drawPoints({ dims, draw, scale }, { n, noise }, random) {
  const X = new Float64Array(n * dims);
  const labels = new Uint8Array(n);
  const places = random.order(n);
  for (const place of places) {
    const label = place % 2;
    labels[place] = label;
    const point = draw(random, label);
    for (let d = 0; d < dims; d++) {
      const value = scale ? (point[d] - scale.center) / scale.spread : point[d];
      X[place * dims + d] = snap(value + noise * random.normal());
    }
  }
  return { dims, X, labels, nClasses: 2 };
}

/**
 * Say which points train and which only check: a share of them, chosen by a seed.
 *
 * @param {number} n
 * @param {number} share of points that only check, in [0, 1)
 * @param {Random} random
 * @returns {Uint8Array} 1 for a point that only checks
 */
export function heldOut(n, share, random) {
  const held = new Uint8Array(n);
  const count = Math.min(Math.round(n * share), Math.max(n - 1, 0));
  for (const place of random.order(n).subarray(0, count)) held[place] = 1;
  return held;
}

/** Inputs that a network may read, made from the coordinates; links rely on the order. */
export const INPUTS = [
  { name: "x1", shown: "x₁", dims: 1, of: (/** @type {number} */ x) => x },
  { name: "x2", shown: "x₂", dims: 2, of: (/** @type {number} */ _, /** @type {number} */ y) => y },
  { name: "s1", shown: "x₁²", dims: 1, of: (/** @type {number} */ x) => x * x },
  { name: "s2", shown: "x₂²", dims: 2, of: (/** @type {number} */ _, /** @type {number} */ y) => y * y },
  { name: "p12", shown: "x₁x₂", dims: 2, of: (/** @type {number} */ x, /** @type {number} */ y) => x * y },
];

/**
 * Places among `INPUTS` that a choice has; what needs a second coordinate is left out on a line.
 *
 * @param {number} chosen bits
 * @param {number} dims
 */
export function chosenInputs(chosen, dims) {
  const found = INPUTS.map((_, k) => k).filter((k) => (chosen >> k) & 1 && INPUTS[k].dims <= dims);
  return found.length ? found : [0];
}

/**
 * Compute the inputs of points.
 *
 * @param {Float64Array} X flat, (n, dims)
 * @param {number} dims
 * @param {number[]} chosen places among `INPUTS`
 * @returns {Float64Array} flat, (n, chosen.length)
 */
export function computeInputs(X, dims, chosen) {
  const n = X.length / dims;
  const found = new Float64Array(n * chosen.length);
  for (let row = 0; row < n; row++) {
    const [x, y] = [X[row * dims], dims > 1 ? X[row * dims + 1] : 0];
    chosen.forEach((k, i) => (found[row * chosen.length + i] = INPUTS[k].of(x, y)));
  }
  return found;
}
