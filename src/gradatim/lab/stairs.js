/**
 * Functions as sums of steps or ReLUs, one unit more at a time; and the sawtooth, deep and shallow.
 *
 * Conventions: errors are the largest over `PLACES` places and so measured, not certified. Steps are the
 * best of their number; every new ReLU goes where the error is largest.
 */

export const PLACES = 2001;

/** @typedef {{ error: number, at: number, ends: number[], values: number[] }} Sum largest error and its place; ends of the pieces and the values there */

/**
 * Values of a function at equally many places, ends included.
 *
 * @param {(x: number, y: number) => number} of
 * @param {number} low
 * @param {number} high
 */
export function sample(of, low, high) {
  return Float64Array.from({ length: PLACES }, (_, k) => of(low + ((high - low) * k) / (PLACES - 1), 0));
}

/**
 * Pieces within which the values differ by at most this much, from the left, each as long as it can be.
 *
 * @param {ArrayLike<number>} y
 * @param {number} room
 * @param {number} most pieces
 */
function pieces(y, room, most) {
  const found = [{ from: 0, low: y[0], high: y[0] }];
  for (let k = 1; k < y.length; k++) {
    const last = found[found.length - 1];
    const [low, high] = [Math.min(last.low, y[k]), Math.max(last.high, y[k])];
    if (high - low <= room) [last.low, last.high] = [low, high];
    else if (found.push({ from: k, low: y[k], high: y[k] }) > most) return null;
  }
  return found;
}

/**
 * Sums of 1, 2, ... steps, each the best of its number at these places: the smallest room for which the
 * pieces are enough, by halving.
 *
 * @param {ArrayLike<number>} y samples
 * @param {number} most
 * @returns {Sum[]}
 */
export function stepSums(y, most) {
  let made = /** @type {NonNullable<ReturnType<typeof pieces>>} */ (pieces(y, Infinity, 1));
  return Array.from({ length: most }, (_, n) => {
    const exact = pieces(y, 0, n + 2);
    // What fewer steps reach is reached by more.
    let [small, large] = [0, exact ? 0 : Math.max(...made.map(({ low, high }) => high - low))];
    for (let k = 0; k < 30 && large > 0; k++) {
      const middle = (small + large) / 2;
      const found = pieces(y, middle, n + 2);
      if (found) [made, large] = [found, middle];
      else small = middle;
    }
    made = exact ?? made;
    const worst = made.reduce((a, b) => (b.high - b.low > a.high - a.low ? b : a));
    let at = worst.from;
    while (y[at] !== worst.high) at++;
    return { error: (worst.high - worst.low) / 2, at, ends: made.map(({ from }) => from), values: made.map(({ low, high }) => (low + high) / 2) };
  });
}

/**
 * Sums of 1, 2, ... ReLUs: straight between knots, a knot more each time.
 *
 * @param {ArrayLike<number>} y samples
 * @param {number} most
 * @returns {Sum[]}
 */
export function reluSums(y, most) {
  let knots = [0, y.length - 1];
  return Array.from({ length: most }, (_, n) => {
    if (n) {
      const { at } = farthest(y, knots);
      if (!knots.includes(at)) knots = [...knots, at].sort((a, b) => a - b);
    }
    return { ...farthest(y, knots), ends: knots, values: knots.map((k) => y[k]) };
  });
}

/** @param {ArrayLike<number>} y @param {number[]} knots */
function farthest(y, knots) {
  let [error, at] = [0, knots[0]];
  for (let i = 0; i + 1 < knots.length; i++) {
    const [a, b] = [knots[i], knots[i + 1]];
    for (let k = a + 1; k < b; k++) {
      const off = Math.abs(y[k] - (y[a] + ((y[b] - y[a]) * (k - a)) / (b - a)));
      if (off > error) [error, at] = [off, k];
    }
  }
  return { error, at };
}

/**
 * The sum as layers of a network of x: one hidden unit per step or bend.
 *
 * @param {Sum} sum
 * @param {string} unit heaviside or relu
 * @param {number} low
 * @param {number} high
 */
export function sumLayers({ ends, values }, unit, low, high) {
  const place = (/** @type {number} */ k) => low + ((high - low) * k) / (PLACES - 1);
  const isStep = unit === "heaviside";
  const slopes = values.slice(1).map((value, i) => (value - values[i]) / (place(ends[i + 1]) - place(ends[i])));
  const bends = isStep ? ends.slice(1).map((k) => place(k - 0.5)) : ends.slice(0, -1).map(place);
  const jumps = isStep ? values.slice(1).map((value, i) => value - values[i]) : slopes.map((slope, i) => slope - (slopes[i - 1] ?? 0));
  const n = bends.length;
  const hidden = { nIn: 1, nOut: n, activations: Array(n).fill(unit), weight: bends.map(() => [1]), bias: bends.map((x) => -x), edges: bends.map(() => [1]) };
  return [hidden, { nIn: n, nOut: 1, activations: ["identity"], weight: [jumps], bias: [values[0]], edges: [Array(n).fill(1)] }];
}

/**
 * The sawtooth of teeth by pairs of ReLUs in ever more layers, as `gradatim.deep_sawtooth` builds it.
 *
 * @param {number} doublings
 */
export function deepSawtooth(doublings) {
  const again = Array.from({ length: doublings }, () => ({ weight: [[2, -4], [2, -4]], bias: [0, -0.5], activation: "relu" }));
  return [{ weight: [[1], [1]], bias: [0, -0.5], activation: "relu" }, ...again, { weight: [[2, -4]], bias: [0], activation: "identity" }];
}

/**
 * The part of the sawtooth that one layer of this many ReLUs reaches, from the left; then 1/2.
 *
 * @param {number} teeth
 * @param {number} units at most two per tooth
 */
export function shallowSawtooth(teeth, units) {
  const whole = 2 * teeth;
  const n = Math.min(units, whole);
  const bends = Array.from({ length: n }, (_, k) => k / whole);
  const jumps = bends.map((_, k) => (k ? (k % 2 ? -2 : 2) * whole : whole));
  if (n < whole) {
    bends[n - 1] -= 1 / (2 * whole);
    jumps[n - 1] /= 2;
  }
  return [{ weight: bends.map(() => [1]), bias: bends.map((x) => -x), activation: "relu" }, { weight: [jumps], bias: [0], activation: "identity" }];
}

/**
 * Straight pieces of a network of x on [0, 1], counted by its slopes between places that hold every bend.
 *
 * @param {any[]} layers
 * @param {number} places a power of two, so that nothing is rounded
 * @param {any} engine
 */
export function countPieces(layers, places, engine) {
  const room = engine.forward(engine.makeNetwork(layers), Float64Array.from({ length: places + 1 }, (_, k) => k / places));
  const y = room.a[room.a.length - 1];
  let pieces = 1;
  for (let k = 1; k < places; k++) if (y[k + 1] - y[k] !== y[k] - y[k - 1]) pieces++;
  return { pieces, y };
}
