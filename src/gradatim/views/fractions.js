/**
 * Exact arithmetic: numbers read as fractions, and networks computed with them.
 *
 * Conventions: a fraction is two whole numbers without a limit, in lowest terms; no number is rounded.
 */

/** Make the arithmetic; called once per page. */
export function fractions() {
  /** Middle of the range, from which on an output is of class 1. @type {Record<string, number>} */
  const MIDDLES = { sign: 0, heaviside: 0.5 };

  /**
   * @typedef {object} Fraction In lowest terms.
   * @property {bigint} n numerator
   * @property {bigint} d denominator, above 0
   */

  /**
   * @param {bigint} n
   * @param {bigint} d above 0
   * @returns {Fraction}
   */
  function reduced(n, d) {
    let [a, b] = [n < 0n ? -n : n, d];
    while (b) [a, b] = [b, a % b];
    return { n: n / a, d: d / a };
  }

  /**
   * Read a number without rounding: 2, "1/3", "-0.25", "1e-3"; a float is its shortest decimal.
   *
   * @param {string | number | bigint} value
   * @returns {Fraction}
   */
  function toFraction(value) {
    const text = String(value).trim();
    if (text.length > 1000) throw new RangeError("a number has at most 1,000 characters");
    const ratio = /^([+-]?)(\d+)\/(\d+)$/.exec(text);
    if (ratio) {
      if (BigInt(ratio[3]) === 0n) throw new RangeError(`${text.slice(0, 80)} divides by zero`);
      const n = BigInt(ratio[2]);
      return reduced(ratio[1] === "-" ? -n : n, BigInt(ratio[3]));
    }
    const decimal = /^([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
    if (!decimal) throw new RangeError(`this is no number: ${text.slice(0, 80)}`);
    const digits = BigInt(decimal[2] + decimal[3]);
    const n = decimal[1] === "-" ? -digits : digits;
    const power = Number(decimal[4] ?? 0) - decimal[3].length;
    return power < 0 ? reduced(n, 10n ** BigInt(-power)) : reduced(n * 10n ** BigInt(power), 1n);
  }

  /** Write a fraction as Python does. @param {Fraction} fraction */
  function fractionText({ n, d }) {
    return d === 1n ? String(n) : `${n}/${d}`;
  }

  /**
   * @param {Fraction} a
   * @param {Fraction} b
   */
  function plus(a, b) {
    return reduced(a.n * b.d + b.n * a.d, a.d * b.d);
  }

  /**
   * @param {Fraction} a
   * @param {Fraction} b
   */
  function times(a, b) {
    return reduced(a.n * b.n, a.d * b.d);
  }

  /**
   * @param {string} name
   * @param {Fraction} z
   * @returns {Fraction}
   */
  function activateExactly(name, z) {
    const isNegative = z.n < 0n;
    switch (name) {
      case "identity":
        return z;
      case "sign":
        return { n: isNegative ? -1n : z.n > 0n ? 1n : 0n, d: 1n };
      case "heaviside":
        return { n: isNegative ? 0n : 1n, d: 1n };
      case "relu":
        return isNegative ? { n: 0n, d: 1n } : z;
      case "leaky_relu":
        return isNegative ? reduced(z.n, z.d * 100n) : z;
      default:
        throw new RangeError(`${name} gives no fractions; identity, sign, heaviside, relu and leaky_relu do`);
    }
  }

  /**
   * `trace` without rounding: every number is a fraction.
   *
   * @param {{ weight: (string | number | bigint)[][], bias: (string | number | bigint)[], activation: string | string[],
   *   mask?: ArrayLike<ArrayLike<boolean | number>> | null }[]} layers
   * @param {(string | number | bigint)[]} x
   * @param {string | number | bigint | null} [threshold] outputs from here on are of class 1
   */
  function exactTrace(layers, x, threshold = null) {
    let below = x.map(toFraction);
    return layers.map(({ weight, bias, activation, mask = null }, depth) => {
      const units = bias.map((w0, o) => {
        if (weight[o].length !== below.length) {
          throw new RangeError(`layer ${depth + 1} reads ${weight[o].length} values, not ${below.length}`);
        }
        const products = [];
        for (let source = 0; source < below.length; source++) {
          if (mask && !mask[o][source]) continue;
          const edge = { source, weight: toFraction(weight[o][source]), value: below[source] };
          products.push({ ...edge, product: times(edge.weight, edge.value) });
        }
        const sum = products.reduce((total, { product }) => plus(total, product), { n: 0n, d: 1n });
        const name = typeof activation === "string" ? activation : activation[o];
        const unitBias = toFraction(w0);
        const preActivation = plus(sum, unitBias);
        const value = activateExactly(name, preActivation);
        const middle = threshold ?? MIDDLES[name] ?? null;
        const limit = depth === layers.length - 1 && middle !== null ? toFraction(middle) : null;
        // A sign of 0 has not decided.
        const decides = limit !== null && !(name === "sign" && limit.n === 0n && value.n === 0n);
        const predicted = decides ? (value.n * limit.d >= limit.n * value.d ? 1 : 0) : null;
        const unit = { layer: depth + 1, index: o, activation: name, products, bias: unitBias };
        return { ...unit, sum, preActivation, value, predicted };
      });
      below = units.map(({ value }) => value);
      return units;
    });
  }

  return { toFraction, fractionText, exactTrace };
}
