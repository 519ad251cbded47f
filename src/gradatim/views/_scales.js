/**
 * Scales, ticks and number formats: what views compute before they draw.
 *
 * Conventions: pure functions without the DOM; a scale maps data to pixels; numbers are written
 * with a true minus sign.
 */

/**
 * Return a linear map from one interval onto another.
 *
 * @param {[number, number]} domain
 * @param {[number, number]} range
 * @returns {(value: number) => number}
 */
export function linearScale([d0, d1], [r0, r1]) {
  const slope = d1 === d0 ? 0 : (r1 - r0) / (d1 - d0);
  return (value) => r0 + (value - d0) * slope;
}

/**
 * Return a logarithmic map from an interval of positive numbers onto another.
 *
 * @param {[number, number]} domain
 * @param {[number, number]} range
 * @returns {(value: number) => number}
 */
export function logScale([d0, d1], range) {
  const linear = linearScale([Math.log10(d0), Math.log10(d1)], range);
  return (value) => linear(Math.log10(value));
}

/**
 * Return multiples of 1, 2 or 5 times a power of ten inside an interval.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} [count] about how many
 * @returns {number[]} ascending
 */
export function ticks(low, high, count = 5) {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  // The nearest of 1, 2, 5 and 10 on a logarithmic scale
  const factor = [50, 10, 2].findIndex((square) => rough / power >= Math.sqrt(square) - 1e-9);
  const step = power * ([10, 5, 2][factor] ?? 1);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // toPrecision removes the dust of floating point: 0.30000000000000004
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/**
 * Return ticks at 1, 2 and 5 times the powers of ten inside a positive interval; powers of ten
 * alone when there would be many.
 *
 * @param {number} low
 * @param {number} high
 * @returns {number[]} ascending
 */
export function logTicks(low, high) {
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of [1, 2, 5]) all.push(Number((factor * 10 ** power).toPrecision(12)));
  }
  const inside = all.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  return inside.length <= 7 ? inside : inside.filter((tick) => Number.isInteger(Math.log10(tick)));
}

/**
 * Return the smallest and largest finite number.
 *
 * @param {Iterable<number | null | undefined>} values
 * @returns {[number, number]} [0, 1] if there is none
 */
export function extent(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}

/**
 * Write a number briefly, with a true minus sign.
 *
 * @param {number | null | undefined} value
 * @param {number} [digits] significant ones
 * @returns {string}
 */
export function formatNumber(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const text = Number(value.toPrecision(digits)).toString();
  return text.replace("-", "−");
}

/**
 * Write a score with three decimals.
 *
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function formatScore(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return value.toFixed(3).replace("-", "−");
}

/**
 * Write a count and its noun.
 *
 * @param {number} count
 * @param {string} noun singular, with a regular plural
 * @returns {string}
 */
export function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
