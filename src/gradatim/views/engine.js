/**
 * The engine: networks computed and trained in the browser, with the library's own definitions.
 *
 * Conventions: float64 throughout. A batch is a flat Float64Array, row after row; weights are (nOut, nIn),
 * row after row, then the biases, layer by layer, in one array of parameters. The slope of step and sign
 * is 0, and at a kink it is that of the right side. Everything is inside `engine`, which refers to
 * nothing outside of itself: its text alone is the source of a worker.
 */

/**
 * @typedef {object} LayerLike What a network is made from.
 * @property {ArrayLike<ArrayLike<number>>} weight (nOut, nIn)
 * @property {ArrayLike<number>} bias w0 of each unit
 * @property {string | string[]} activation one name for all units, or one per unit
 * @property {ArrayLike<ArrayLike<boolean | number>> | null} [mask] false where there is no edge
 * @property {ArrayLike<boolean | number> | null} [passes] units that only hand a value on: they never learn
 */

/**
 * @typedef {object} EngineLayer
 * @property {number} nIn
 * @property {number} nOut
 * @property {string[]} activations of each unit
 * @property {string | null} activation the one that all units share
 * @property {Float64Array} weight a view of the parameters
 * @property {Float64Array} bias a view of the parameters
 * @property {number} start where the weights begin among the parameters
 * @property {Uint8Array | null} mask 0 where there is no edge
 */

/**
 * @typedef {object} EngineNetwork
 * @property {EngineLayer[]} layers
 * @property {Float64Array} parameters
 * @property {Uint8Array} kinds of each parameter: 0 does not learn, 1 is a bias, 2 is a weight
 */

/**
 * @typedef {object} Room What a batch needs, layer by layer.
 * @property {number} n rows
 * @property {Float64Array[]} a inputs, then activations of each layer
 * @property {Float64Array[]} z pre-activations
 * @property {Float64Array[]} slopes of the loss by each pre-activation
 */

/** Build the engine; called once per page and once per worker. */
export function engine() {
  const ACTIVATIONS = [
    ...["identity", "sign", "heaviside", "logistic", "tanh", "relu", "leaky_relu", "elu", "gelu"],
    ...["silu", "softplus", "softmax"],
  ];
  /** Middle of the range, from which on an output is of class 1. @type {Record<string, number>} */
  const MIDDLES = { sign: 0, heaviside: 0.5, logistic: 0.5, tanh: 0, softmax: 0.5 };

  // Networks

  /**
   * Make a network.
   *
   * @param {LayerLike[]} layers
   * @returns {EngineNetwork}
   */
  function makeNetwork(layers) {
    let size = 0;
    for (const { weight, bias } of layers) size += bias.length * (weight[0].length + 1);
    const parameters = new Float64Array(size);
    const kinds = new Uint8Array(size);
    let start = 0;
    const made = layers.map(({ weight, bias, activation, mask = null, passes = null }, depth) => {
      const nOut = bias.length;
      const nIn = weight[0].length;
      const shared = typeof activation === "string" ? activation : null;
      const activations = typeof activation === "string" ? Array(nOut).fill(activation) : [...activation];
      checkLayer(depth, weight, nOut, nIn, activations, shared);
      if (depth > 0 && layers[depth - 1].bias.length !== nIn) {
        throw new RangeError(`layer ${depth + 1} reads ${nIn} values; the layer below has ${layers[depth - 1].bias.length}`);
      }
      const edges = mask && new Uint8Array(nOut * nIn);
      const end = start + nOut * nIn;
      for (let o = 0; o < nOut; o++) {
        const learns = !passes?.[o];
        for (let i = 0; i < nIn; i++) {
          const there = !mask || Boolean(mask[o][i]);
          if (edges) edges[o * nIn + i] = there ? 1 : 0;
          parameters[start + o * nIn + i] = there ? weight[o][i] : 0;
          kinds[start + o * nIn + i] = there && learns ? 2 : 0;
        }
        parameters[end + o] = bias[o];
        kinds[end + o] = learns ? 1 : 0;
      }
      const layer = {
        nIn,
        nOut,
        activations,
        activation: activations.every((name) => name === activations[0]) ? activations[0] : null,
        weight: parameters.subarray(start, end),
        bias: parameters.subarray(end, end + nOut),
        start,
        mask: edges,
      };
      start = end + nOut;
      return layer;
    });
    return { layers: made, parameters, kinds };
  }

  /**
   * @param {number} depth
   * @param {ArrayLike<ArrayLike<number>>} weight
   * @param {number} nOut
   * @param {number} nIn
   * @param {string[]} activations
   * @param {string | null} shared
   */
  function checkLayer(depth, weight, nOut, nIn, activations, shared) {
    const where = `layer ${depth + 1}`;
    if (weight.length !== nOut || Array.from(weight).some((row) => row.length !== nIn)) {
      throw new RangeError(`${where} needs weights (nOut, nIn) and nOut biases`);
    }
    if (activations.length !== nOut) {
      throw new RangeError(`${where} has ${activations.length} activations for ${nOut} units`);
    }
    const unknown = activations.find((name) => !ACTIVATIONS.includes(name));
    if (unknown !== undefined) {
      throw new RangeError(`there is no activation ${unknown}; choose one of ${ACTIVATIONS.join(", ")}`);
    }
    if (shared !== "softmax" && new Set(activations).size > 1 && activations.includes("softmax")) {
      throw new RangeError(`${where}: softmax acts on a whole layer; give it as the layer's one activation`);
    }
  }

  // Activations

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
        for (let k = from; k < to; k += stride) a[k] = Math.tanh(z[k]);
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
    for (let k = from; k < to; k++) {
      const below = z[k] - z[top];
      const power = Math.exp(below);
      // What the difference lost in rounding: of 700 that is hundreds of units in the last place.
      e[k] = below > -800 ? power + power * (z[k] - (below + z[top])) : power;
    }
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

  // Forward

  /**
   * Make what a batch of n rows needs; it can be used again for every batch of that length.
   *
   * @param {EngineNetwork} network
   * @param {number} n
   * @returns {Room}
   */
  function makeRoom({ layers }, n) {
    const each = () => layers.map(({ nOut }) => new Float64Array(n * nOut));
    return { n, a: [new Float64Array(n * layers[0].nIn), ...each()], z: each(), slopes: each() };
  }

  /**
   * Compute z and a of every layer; the last entry of `a` is the output.
   *
   * @param {EngineNetwork} network
   * @param {ArrayLike<number>} X flat, (n, nIn)
   * @param {Room} [room]
   * @returns {Room}
   */
  function forward(network, X, room = makeRoom(network, X.length / network.layers[0].nIn)) {
    if (X.length !== room.a[0].length) {
      throw new RangeError(`the batch has ${X.length} numbers, not ${room.n} rows of ${network.layers[0].nIn}`);
    }
    room.a[0].set(X);
    for (let depth = 0; depth < network.layers.length; depth++) {
      const layer = network.layers[depth];
      const { nIn, nOut, weight, bias } = layer;
      const below = room.a[depth];
      const z = room.z[depth];
      for (let row = 0; row < room.n; row++) {
        const x = row * nIn;
        for (let o = 0; o < nOut; o++) {
          const w = o * nIn;
          let sum = bias[o];
          for (let i = 0; i < nIn; i++) sum += weight[w + i] * below[x + i];
          z[row * nOut + o] = sum;
        }
      }
      activateLayer(layer, z, room.a[depth + 1]);
    }
    return room;
  }

  /**
   * @param {EngineLayer} layer
   * @param {Float64Array} z
   * @param {Float64Array} a
   */
  function activateLayer({ nOut, activation, activations }, z, a) {
    if (activation === "softmax") {
      for (let from = 0; from < z.length; from += nOut) softmaxRow(z, a, from, from + nOut);
    } else if (activation !== null) {
      activate(activation, z, a, 0, z.length, 1);
    } else {
      for (let o = 0; o < nOut; o++) activate(activations[o], z, a, o, z.length, nOut);
    }
  }

  /**
   * Compute one row with every number on the way: products, sums, activations, class.
   *
   * @param {EngineNetwork} network
   * @param {ArrayLike<number>} x
   * @param {number | null} [threshold] outputs from here on are of class 1; null: the middle of the range
   */
  function trace(network, x, threshold = null) {
    const { a, z } = forward(network, x, makeRoom(network, 1));
    return network.layers.map((layer, depth) => {
      const { nIn, nOut, weight, bias, mask, activations } = layer;
      const isLast = depth === network.layers.length - 1;
      const value = a[depth + 1];
      const top = z[depth].indexOf(Math.max(...z[depth]));
      return Array.from({ length: nOut }, (_, o) => {
        const products = [];
        for (let source = 0; source < nIn; source++) {
          if (mask && !mask[o * nIn + source]) continue;
          const edge = { source, weight: weight[o * nIn + source], value: a[depth][source] };
          products.push({ ...edge, product: edge.weight * edge.value });
        }
        const sum = products.reduce((total, { product }) => total + product, 0);
        const limit = threshold ?? MIDDLES[activations[o]] ?? null;
        let predicted = null;
        if (isLast && layer.activation === "softmax") predicted = o === top ? 1 : 0;
        // A sign of 0 has not decided.
        else if (isLast && limit !== null && !(activations[o] === "sign" && limit === 0 && value[o] === 0)) {
          predicted = value[o] >= limit ? 1 : 0;
        }
        const unit = { layer: depth + 1, index: o, activation: activations[o], products, bias: bias[o] };
        return { ...unit, sum, preActivation: z[depth][o], value: value[o], predicted };
      });
    });
  }

  return { ACTIVATIONS, makeNetwork, makeRoom, forward, trace };
}
