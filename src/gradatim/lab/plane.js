/**
 * Can one straight line tell two classes of points apart? Decided without rounding, with a proof.
 *
 * Conventions: a point is [x, y, label], the label 0 or 1; a line is [w1, w2, w0] and is positive on
 * the side of class 1. Floats are fractions, so their comparisons are made with whole numbers.
 */

import { shown } from "./controls.js";

/** @typedef {[number, number, number]} LabeledPoint */
/** @typedef {{ x: bigint, y: bigint, at: number }} ExactPoint a point times a power of two, and its place */
/**
 * @typedef {object} Separation
 * @property {boolean} separable
 * @property {[number, number, number] | null} line where one was found whose floats are right on every point
 * @property {"same" | "inside" | "crossing" | null} why there is none: two points in one place, a point
 *   between points of the other class, or two segments that meet
 * @property {number[]} witness places of the points that prove it, those of class 0 first
 */

const VIEW = new DataView(new ArrayBuffer(8));

/**
 * Write a float as whole number times a power of two.
 *
 * @param {number} value finite
 * @returns {[bigint, number]}
 */
function parts(value) {
  VIEW.setFloat64(0, value);
  const bits = VIEW.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const size = exponent ? fraction | (1n << 52n) : fraction;
  return [bits >> 63n ? -size : size, Math.max(exponent, 1) - 1075];
}

/**
 * Bring floats to one power of two.
 *
 * @param {number[]} values
 * @returns {{ whole: bigint[], power: number }} values are whole times 2^power
 */
function toWhole(values) {
  const pairs = values.map(parts);
  const power = Math.min(...pairs.filter(([size]) => size).map(([, exponent]) => exponent), 0);
  return { whole: pairs.map(([size, exponent]) => (size ? size << BigInt(exponent - power) : 0n)), power };
}

/**
 * Which way o, a, b turn: above 0 to the left, 0 on one line.
 *
 * @param {ExactPoint} o
 * @param {ExactPoint} a
 * @param {ExactPoint} b
 */
function turn(o, a, b) {
  return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

/**
 * Corners of the smallest convex region around points, counterclockwise.
 *
 * @param {ExactPoint[]} points
 * @returns {ExactPoint[]}
 */
function corners(points) {
  const sorted = [...points].sort((a, b) => (a.x < b.x ? -1 : a.x > b.x ? 1 : a.y < b.y ? -1 : a.y > b.y ? 1 : 0));
  const unique = sorted.filter((p, i) => !i || p.x !== sorted[i - 1].x || p.y !== sorted[i - 1].y);
  if (unique.length < 3) return unique;
  /** @param {ExactPoint[]} along */
  const half = (along) => {
    /** @type {ExactPoint[]} */
    const chain = [];
    for (const p of along) {
      while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], p) <= 0n) chain.pop();
      chain.push(p);
    }
    chain.pop();
    return chain;
  };
  return [...half(unique), ...half([...unique].reverse())];
}

/** @param {ExactPoint} a @param {ExactPoint} b @param {ExactPoint} p on the line of a and b */
function within(a, b, p) {
  const [left, right] = a.x < b.x ? [a.x, b.x] : [b.x, a.x];
  const [low, high] = a.y < b.y ? [a.y, b.y] : [b.y, a.y];
  return p.x >= left && p.x <= right && p.y >= low && p.y <= high;
}

/**
 * Points of a convex region between which p lies: one, two, three, or none if it lies outside.
 *
 * @param {ExactPoint[]} region
 * @param {ExactPoint} p
 * @returns {ExactPoint[]}
 */
function around(region, p) {
  if (region.length === 1) return region[0].x === p.x && region[0].y === p.y ? region : [];
  for (let i = 0; i < region.length; i++) {
    const [a, b] = [region[i], region[(i + 1) % region.length]];
    if (turn(a, b, p) === 0n && within(a, b, p)) {
      for (const end of [a, b]) if (end.x === p.x && end.y === p.y) return [end];
      return [a, b];
    }
  }
  for (let i = 1; i + 1 < region.length; i++) {
    const triangle = [region[0], region[i], region[i + 1]];
    if ([0, 1, 2].every((k) => turn(triangle[k], triangle[(k + 1) % 3], p) >= 0n)) return triangle;
  }
  return [];
}

/** @param {ExactPoint} a @param {ExactPoint} b @param {ExactPoint} c @param {ExactPoint} d */
function cross(a, b, c, d) {
  const sides = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)].map((s) => (s > 0n ? 1 : s < 0n ? -1 : 0));
  return sides[0] * sides[1] < 0 && sides[2] * sides[3] < 0;
}

/** @param {ExactPoint[]} region @returns {[ExactPoint, ExactPoint][]} */
function edges(region) {
  if (region.length < 2) return [];
  if (region.length === 2) return [[region[0], region[1]]];
  return region.map((p, i) => [p, region[(i + 1) % region.length]]);
}

/**
 * What keeps a line from separating two convex regions, or null.
 *
 * @param {ExactPoint[]} zero
 * @param {ExactPoint[]} one
 * @returns {{ why: "same" | "inside" | "crossing", witness: number[] } | null}
 */
function obstacle(zero, one) {
  for (const p of zero) {
    const about = around(one, p);
    if (about.length) return { why: about.length === 1 ? "same" : "inside", witness: [p.at, ...about.map(({ at }) => at)] };
  }
  for (const p of one) {
    const about = around(zero, p);
    if (about.length) return { why: "inside", witness: [...about.map(({ at }) => at), p.at] };
  }
  for (const [a, b] of edges(zero)) {
    for (const [c, d] of edges(one)) if (cross(a, b, c, d)) return { why: "crossing", witness: [a.at, b.at, c.at, d.at] };
  }
  return null;
}

/**
 * The point of a segment that is nearest to p.
 *
 * @param {number[]} a
 * @param {number[]} b
 * @param {number[]} p
 */
function nearest(a, b, p) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const share = length ? Math.min(Math.max(((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length, 0), 1) : 0;
  return [a[0] + share * dx, a[1] + share * dy];
}

/**
 * The line midway between two regions, through the middle of their nearest points.
 *
 * @param {LabeledPoint[]} points
 * @param {ExactPoint[]} zero
 * @param {ExactPoint[]} one
 * @returns {[number, number, number]}
 */
function middleLine(points, zero, one) {
  let best = Infinity;
  let [p, q] = [points[zero[0].at].slice(0, 2), points[one[0].at].slice(0, 2)];
  /** @param {number[]} from @param {number[]} to */
  const offer = (from, to) => {
    const distance = (from[0] - to[0]) ** 2 + (from[1] - to[1]) ** 2;
    if (distance < best) [best, p, q] = [distance, from, to];
  };
  const sides = (/** @type {ExactPoint[]} */ region) => (region.length === 1 ? [[region[0], region[0]]] : edges(region));
  for (const [a, b] of sides(one)) {
    for (const { at } of zero) offer(points[at].slice(0, 2), nearest(points[a.at], points[b.at], points[at]));
  }
  for (const [a, b] of sides(zero)) {
    for (const { at } of one) offer(nearest(points[a.at], points[b.at], points[at]), points[at].slice(0, 2));
  }
  const [w1, w2] = [q[0] - p[0], q[1] - p[1]];
  return [w1, w2, -(w1 * (p[0] + q[0]) + w2 * (p[1] + q[1])) / 2];
}

/**
 * Tell, without rounding, whether every point lies strictly on the side of its class.
 *
 * @param {[number, number, number]} line
 * @param {LabeledPoint[]} points
 */
export function isRight(line, points) {
  const weights = toWhole([line[0], line[1]]);
  const bias = toWhole([line[2]]);
  const places = toWhole(points.flatMap(([x, y]) => [x, y]));
  const power = Math.min(weights.power + places.power, bias.power);
  const product = BigInt(weights.power + places.power - power);
  const w0 = bias.whole[0] << BigInt(bias.power - power);
  return points.every(([, , label], i) => {
    const sum = weights.whole[0] * places.whole[2 * i] + weights.whole[1] * places.whole[2 * i + 1];
    const value = (sum << product) + w0;
    return label ? value > 0n : value < 0n;
  });
}

/**
 * Decide whether one line separates the classes, exactly.
 *
 * @param {LabeledPoint[]} points finite
 * @returns {Separation}
 */
export function separate(points) {
  const { whole } = toWhole(points.flatMap(([x, y]) => [x, y]));
  const exact = points.map((_, at) => ({ x: whole[2 * at], y: whole[2 * at + 1], at }));
  const [zero, one] = [0, 1].map((label) => corners(exact.filter(({ at }) => points[at][2] === label)));
  if (!zero.length || !one.length) {
    return { separable: true, line: points.length ? [0, 0, one.length ? 1 : -1] : null, why: null, witness: [] };
  }
  const found = obstacle(zero, one);
  if (found) return { separable: false, line: null, ...found };
  const line = middleLine(points, zero, one);
  return { separable: true, line: isRight(line, points) ? line : null, why: null, witness: [] };
}

/**
 * Say in plain words what was found, and why.
 *
 * @param {Separation} found
 * @param {LabeledPoint[]} points
 */
export function explainSeparation({ separable, line, why, witness }, points) {
  if (!points.length) return "There are no points yet.";
  if (separable && !line) return "Yes, a line exists, but it passes so close to the points that rounded numbers cannot write it.";
  if (separable) return line && !line[0] && !line[1] ? "Yes: there is only one class." : "Yes. The dashed line is halfway between the classes; checked without rounding on every point.";
  const [one] = witness.map((i) => points[i]);
  if (why === "same") return `No: at (${shown(one[0])}, ${shown(one[1])}) there is a point of either class.`;
  if (why === "inside") return "No: the circled point lies between points of the other class, so no line can cut it off from them.";
  return "No: the segment between two crosses and the segment between two discs cross. Whatever holds a segment's ends on one side holds all of it, so the crossing would have to be on both sides.";
}

/**
 * One step of the perceptron rule: the first point on the wrong side, and the weights after it.
 *
 * @param {number[]} weights w1, w2
 * @param {number} bias
 * @param {LabeledPoint[]} points
 * @param {number} from place at which the search begins
 * @returns {{ at: number, weights: number[], bias: number } | null} null if every point is right
 */
export function perceptronStep(weights, bias, points, from) {
  for (let k = 0; k < points.length; k++) {
    const at = (from + k) % points.length;
    const [x, y, label] = points[at];
    const predicted = weights[0] * x + weights[1] * y + bias >= 0 ? 1 : 0;
    if (predicted === label) continue;
    const sign = label ? 1 : -1;
    return { at, weights: [weights[0] + sign * x, weights[1] + sign * y], bias: bias + sign };
  }
  return null;
}
