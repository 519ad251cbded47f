/**
 * Activation functions and their slopes, on many values at once, with the library's own definitions.
 *
 * Conventions: float64. The slope of step and sign is 0, and at a kink it is that of the right side.
 * Everything is inside `activationFunctions`, which refers to nothing outside of itself: its text becomes
 * a part of a worker's source, as that of the engine.
 */

/** Make the functions; called once per page and once per worker. */
export function activationFunctions() {
  const ACTIVATIONS = [
    ...["identity", "sign", "heaviside", "logistic", "tanh", "relu", "leaky_relu", "elu", "gelu"],
    ...["silu", "softplus", "softmax"],
  ];

  /**
   * Phi(z), the normal distribution function: by a series of positive terms, or for the tails by the
   * continued fraction of erfc.
   *
   * @param {number} z
   */
  function normalCdf(z) {
    const x = Math.abs(z) * Math.SQRT1_2;
    if (x < 2.5) {
      let term = x;
      let sum = x;
      for (let k = 3; term > 1e-17 * sum; k += 2) {
        term *= (2 * x * x) / k;
        sum += term;
      }
      const half = (sum * Math.exp(-x * x)) / Math.sqrt(Math.PI);
      return z < 0 ? 0.5 - half : 0.5 + half;
    }
    let below = x;
    for (let k = 50; k >= 1; k--) below = x + k / 2 / below;
    const tail = (0.5 * Math.exp(-x * x)) / (Math.sqrt(Math.PI) * below);
    return z < 0 ? tail : 1 - tail;
  }

  /** @param {number} z */
  function logistic(z) {
    if (z >= 0) return 1 / (1 + Math.exp(-z));
    const small = Math.exp(z);
    return small / (1 + small);
  }

  /** tanh and its slope at every sixteenth from -20 to 20, in turns. */
  const tanhs = new Float64Array(1282);
  for (let k = 0; k < 641; k++) {
    const x = (k - 320) / 16;
    tanhs[2 * k] = Math.tanh(x);
    tanhs[2 * k + 1] = 4 * logisticSlope(2 * x);
  }

  /**
   * tanh(z), or its slope, in a fifth of the time of Math.tanh: the addition theorem joins the nearest
   * value of the table and a quotient for what remains.
   *
   * @param {number} z
   * @param {boolean} [isSlope]
   */
  function tanh(z, isSlope = false) {
    const c = Math.max(-20, Math.min(z, 20));
    const k = (16 * c + 320.5) | 0;
    const r = c - (k - 320) / 16;
    const q = r * r;
    const u = r * (105 + 10 * q);
    const w = 105 + q * (45 + q);
    const t = tanhs[2 * k];
    const v = 1 / (w + t * u);
    if (!isSlope) return (t * w + u) * v;
    return c === z ? tanhs[2 * k + 1] * (w - u) * (w + u) * (v * v) : 4 * logisticSlope(2 * z);
  }

  /**
   * Slope of the logistic function; what is left of 1 is computed, not subtracted.
   *
   * @param {number} z
   */
  function logisticSlope(z) {
    const small = Math.exp(-Math.abs(z));
    return small / ((1 + small) * (1 + small));
  }

  /**
   * a(z) of every `stride`-th value from `from` on. Softmax is for `softmaxRow`.
   *
   * @param {string} name
   * @param {Float64Array} z
   * @param {Float64Array} a
   * @param {number} from
   * @param {number} to
   * @param {number} stride
   */
  function activate(name, z, a, from, to, stride) {
    switch (name) {
      case "identity":
        for (let k = from; k < to; k += stride) a[k] = z[k];
        break;
      case "sign":
        for (let k = from; k < to; k += stride) a[k] = Math.sign(z[k]);
        break;
      case "heaviside":
        for (let k = from; k < to; k += stride) a[k] = z[k] >= 0 ? 1 : 0;
        break;
      case "logistic":
        for (let k = from; k < to; k += stride) a[k] = logistic(z[k]);
        break;
      case "tanh":
        for (let k = from; k < to; k += stride) a[k] = tanh(z[k]);
        break;
      case "relu":
        for (let k = from; k < to; k += stride) a[k] = Math.max(z[k], 0);
        break;
      case "leaky_relu":
        for (let k = from; k < to; k += stride) a[k] = z[k] >= 0 ? z[k] : 0.01 * z[k];
        break;
      case "elu":
        for (let k = from; k < to; k += stride) a[k] = z[k] >= 0 ? z[k] : Math.expm1(z[k]);
        break;
      case "gelu":
        for (let k = from; k < to; k += stride) a[k] = z[k] * normalCdf(z[k]);
        break;
      case "silu":
        for (let k = from; k < to; k += stride) a[k] = z[k] * logistic(z[k]);
        break;
      case "softplus":
        for (let k = from; k < to; k += stride) {
          a[k] = Math.max(z[k], 0) + Math.log1p(Math.exp(-Math.abs(z[k])));
        }
        break;
      default:
        throw new RangeError(`${name} does not act on one value alone`);
    }
  }

  /**
   * Exponentiate what a row has below its largest; returns the place of that one.
   *
   * @param {Float64Array} z
   * @param {Float64Array} e
   * @param {number} from
   * @param {number} to
   */
  function exponentials(z, e, from, to) {
    let top = from;
    for (let k = from + 1; k < to; k++) if (z[k] > z[top]) top = k;
    for (let k = from; k < to; k++) e[k] = Math.exp(z[k] - z[top]);
    return top;
  }

  /**
   * @param {Float64Array} z
   * @param {Float64Array} a
   * @param {number} from
   * @param {number} to
   */
  function softmaxRow(z, a, from, to) {
    exponentials(z, a, from, to);
    let sum = 0;
    for (let k = from; k < to; k++) sum += a[k];
    for (let k = from; k < to; k++) a[k] /= sum;
  }

  /**
   * Multiply slopes by a'(z), every `stride`-th from `from` on.
   *
   * @param {string} name
   * @param {Float64Array} z
   * @param {Float64Array} a
   * @param {Float64Array} d
   * @param {number} from
   * @param {number} to
   * @param {number} stride
   */
  function multiplySlopes(name, z, a, d, from, to, stride) {
    switch (name) {
      case "identity":
        break;
      case "sign":
      case "heaviside":
        for (let k = from; k < to; k += stride) d[k] *= 0;
        break;
      case "logistic":
        // Near 1, nothing would be left of 1 - a.
        for (let k = from; k < to; k += stride) d[k] *= a[k] < 0.9 ? a[k] * (1 - a[k]) : logisticSlope(z[k]);
        break;
      case "tanh":
        for (let k = from; k < to; k += stride) d[k] *= tanh(z[k], true);
        break;
      case "relu":
        for (let k = from; k < to; k += stride) d[k] *= z[k] >= 0 ? 1 : 0;
        break;
      case "leaky_relu":
        for (let k = from; k < to; k += stride) d[k] *= z[k] >= 0 ? 1 : 0.01;
        break;
      case "elu":
        for (let k = from; k < to; k += stride) d[k] *= z[k] >= 0 ? 1 : Math.exp(z[k]);
        break;
      case "gelu":
        for (let k = from; k < to; k += stride) {
          d[k] *= normalCdf(z[k]) + (z[k] * Math.exp(-0.5 * z[k] * z[k])) / Math.sqrt(2 * Math.PI);
        }
        break;
      case "silu":
        for (let k = from; k < to; k += stride) d[k] *= logistic(z[k]) + z[k] * logisticSlope(z[k]);
        break;
      case "softplus":
        for (let k = from; k < to; k += stride) d[k] *= logistic(z[k]);
        break;
      default:
        throw new RangeError(`${name} has no slope of one value alone`);
    }
  }

  return {
    ...{ ACTIVATIONS, activate, multiplySlopes, exponentials, softmaxRow },
    ...{ normalCdf, logistic, logisticSlope, tanh, tanhs },
  };
}
