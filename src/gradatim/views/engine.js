/**
 * The engine: networks computed and trained in the browser, with the library's own definitions.
 *
 * Conventions: float64 throughout. A batch is a flat Float64Array, row after row; weights are (nOut, nIn),
 * row after row, then the biases, layer by layer, in one array of parameters. Everything is inside
 * `engine`, which refers to nothing outside of itself: its text is a part of a worker's source.
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

/**
 * Build the engine; called once per page and once per worker.
 *
 * @param {ReturnType<typeof import("./activations.js").activationFunctions>} functions
 * @param {any[]} parts what else it offers, such as `randomNumbers()` and `fractions()`
 */
export function engine(functions, ...parts) {
  const { ACTIVATIONS, activate, multiplySlopes, exponentials, softmaxRow } = functions;
  /** The output activation that goes with each loss. @type {Record<string, string>} */
  const LOSSES = { multiclass: "softmax", binary: "logistic", squared: "identity" };
  const OPTIMIZERS = ["adam", "adamw", "sgd"];
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
    if (!layers.length) throw new RangeError("a network needs at least one layer");
    layers.forEach(({ weight, bias }, depth) => {
      if (!bias.length || !weight.length) throw new RangeError(`layer ${depth + 1} needs at least one unit`);
    });
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

  // Forward

  /**
   * Make what a batch of n rows needs; it can be used again for every batch of that length.
   *
   * @param {EngineNetwork} network
   * @param {number} n
   * @returns {Room}
   */
  function makeRoom({ layers }, n) {
    if (!Number.isInteger(n) || n < 1) {
      throw new RangeError(`a batch is one or more rows of ${layers[0].nIn} numbers; this one has ${n} rows`);
    }
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

  // Losses and gradients

  /**
   * Check that a loss goes with the outputs, and that the targets fit the batch.
   *
   * @param {EngineNetwork} network
   * @param {Room} room
   * @param {ArrayLike<number>} y
   * @param {string} loss
   */
  function checkLoss({ layers }, { n }, y, loss) {
    if (!Object.hasOwn(LOSSES, loss)) {
      throw new RangeError(`there is no loss ${loss}; choose one of ${Object.keys(LOSSES).join(", ")}`);
    }
    const { activation, activations, nOut } = layers[layers.length - 1];
    const wanted = LOSSES[loss];
    if (wanted !== "identity" && activation !== wanted) {
      throw new RangeError(`the loss ${loss} goes with ${wanted} outputs, not ${activations.join(", ")}`);
    }
    if (wanted === "identity" && activation === "softmax") {
      throw new RangeError("the loss of a softmax is multiclass");
    }
    if (layers.slice(0, -1).some((layer) => layer.activation === "softmax")) {
      throw new RangeError("no steps through a hidden softmax; let the outputs be the softmax");
    }
    if (y.length !== n * nOut) {
      throw new RangeError(`there are ${y.length} targets, not ${n} rows of ${nOut}`);
    }
  }

  /**
   * A target of which a share is spread over all classes, or over both outcomes of a label.
   *
   * @param {number} y
   * @param {string} loss
   * @param {number} nOut
   * @param {number} smoothing
   */
  function smoothed(y, loss, nOut, smoothing) {
    if (loss === "squared") return y;
    return y * (1 - smoothing) + smoothing / (loss === "multiclass" ? nOut : 2);
  }

  /**
   * Mean loss of the rows after `forward`.
   *
   * @param {EngineNetwork} network
   * @param {Room} room
   * @param {ArrayLike<number>} y targets, flat, (n, nOut)
   * @param {string} loss squared, binary or multiclass
   * @param {number} [smoothing] share of each label that is spread
   */
  function meanLoss(network, room, y, loss, smoothing = 0) {
    checkLoss(network, room, y, loss);
    const depth = network.layers.length - 1;
    const { nOut } = network.layers[depth];
    const z = room.z[depth];
    const a = room.a[depth + 1];
    const powers = new Float64Array(z.length);
    let total = 0;
    for (let from = 0; from < z.length; from += nOut) {
      let top = 0;
      let logSum = 0;
      if (loss === "multiclass") {
        top = exponentials(z, powers, from, from + nOut);
        let others = 0;
        for (let k = from; k < from + nOut; k++) if (k !== top) others += powers[k];
        // The largest is 1 in the sum; log1p of the others has all digits where they are small.
        logSum = Math.log1p(others);
      }
      for (let k = from; k < from + nOut; k++) {
        const target = smoothed(y[k], loss, nOut, smoothing);
        if (loss === "multiclass") total += target * (logSum - (z[k] - z[top]));
        else if (loss === "binary") {
          total += Math.max(z[k], 0) - target * z[k] + Math.log1p(Math.exp(-Math.abs(z[k])));
        } else total += 0.5 * (a[k] - target) * (a[k] - target);
      }
    }
    return total / room.n;
  }

  /**
   * Half the decay times the squared weights: what training adds to the loss, except for AdamW.
   *
   * @param {EngineNetwork} network
   * @param {number} decay
   */
  function penalty({ parameters, kinds }, decay) {
    let squares = 0;
    for (let k = 0; k < parameters.length; k++) if (kinds[k] === 2) squares += parameters[k] * parameters[k];
    return 0.5 * decay * squares;
  }

  /**
   * @param {EngineLayer} layer
   * @param {Float64Array} z
   * @param {Float64Array} a
   * @param {Float64Array} d
   */
  function multiplyLayerSlopes({ nOut, activation, activations }, z, a, d) {
    if (activation !== null) multiplySlopes(activation, z, a, d, 0, z.length, 1);
    else for (let o = 0; o < nOut; o++) multiplySlopes(activations[o], z, a, d, o, z.length, nOut);
  }

  /**
   * Backpropagation: the gradient of the mean loss by every parameter, after `forward`. Afterwards
   * `room.slopes` has the slope of the mean loss by every pre-activation.
   *
   * @param {EngineNetwork} network
   * @param {Room} room
   * @param {ArrayLike<number>} y targets, flat, (n, nOut)
   * @param {string} loss squared, binary or multiclass
   * @param {number} [smoothing] share of each label that is spread
   * @param {Float64Array} [gradient] where it is written
   * @returns {Float64Array} 0 where a parameter does not learn
   */
  function backward(network, room, y, loss, smoothing = 0, gradient = new Float64Array(network.parameters.length)) {
    checkLoss(network, room, y, loss);
    const { layers, kinds } = network;
    const last = layers.length - 1;
    const outputs = room.a[last + 1];
    const top = room.slopes[last];
    const { nOut: nOutputs } = layers[last];
    for (let k = 0; k < top.length; k++) {
      top[k] = (outputs[k] - smoothed(y[k], loss, nOutputs, smoothing)) / room.n;
    }
    if (loss === "squared") multiplyLayerSlopes(layers[last], room.z[last], outputs, top);
    for (let depth = last; depth >= 0; depth--) {
      const { nIn, nOut, weight, start } = layers[depth];
      const d = room.slopes[depth];
      const below = room.a[depth];
      const biases = start + nOut * nIn;
      // Sums stay in registers: over rows here, over units below.
      for (let o = 0; o < nOut; o++) {
        let sum = 0;
        for (let k = o; k < d.length; k += nOut) sum += d[k];
        gradient[biases + o] = sum;
        for (let i = 0; i < nIn; i++) {
          let total = 0;
          for (let k = o, x = i; k < d.length; k += nOut, x += nIn) total += d[k] * below[x];
          gradient[start + o * nIn + i] = total;
        }
      }
      if (depth === 0) break;
      const e = room.slopes[depth - 1];
      for (let from = 0, x = 0; from < d.length; from += nOut) {
        for (let i = 0; i < nIn; i++, x++) {
          let total = 0;
          for (let o = 0, w = i; o < nOut; o++, w += nIn) total += d[from + o] * weight[w];
          e[x] = total;
        }
      }
      multiplyLayerSlopes(layers[depth - 1], room.z[depth - 1], below, e);
    }
    for (let k = 0; k < gradient.length; k++) if (kinds[k] === 0) gradient[k] = 0;
    return gradient;
  }

  // Training

  /**
   * Make what trains a network in place: the recipe with its defaults, and the optimizer's memory.
   *
   * Weight decay acts on weights, never on biases: for AdamW weights shrink by rate times decay times
   * weight a step; for the others half the decay times the squared weights is added to the mean loss.
   *
   * @param {EngineNetwork} network
   * @param {object} recipe
   * @param {string} recipe.loss squared, binary or multiclass
   * @param {string} [recipe.optimizer] sgd, adam or adamw
   * @param {number} [recipe.learningRate]
   * @param {number} [recipe.weightDecay]
   * @param {number} [recipe.momentum] of sgd; 0 is plain descent
   * @param {boolean} [recipe.nesterov] Nesterov's momentum
   * @param {number} [recipe.beta2] decay of Adam's second moment
   * @param {number} [recipe.smoothing] share of each label that is spread
   * @param {number | null} [recipe.cosineSteps] steps of a cosine schedule; null: the rate is constant
   * @param {((parameters: Float64Array, gradient: Float64Array, X: ArrayLike<number>, y: ArrayLike<number>, n: number) => void) | null} [recipe.kernel]
   *   what writes the gradient for this very network in place of `backward`, without smoothing
   */
  function makeTrainer(network, recipe) {
    const { optimizer = "adam", learningRate = 1e-3, weightDecay = 0, momentum = 0.9, nesterov = false } = recipe;
    const { loss, beta2 = 0.999, smoothing = 0, cosineSteps = null, kernel = null } = recipe;
    if (!OPTIMIZERS.includes(optimizer)) {
      throw new RangeError(`there is no optimizer ${optimizer}; choose one of ${OPTIMIZERS.join(", ")}`);
    }
    const each = () => new Float64Array(network.parameters.length);
    /** @type {Map<number, Room>} */
    const rooms = new Map();
    return {
      ...{ network, loss, optimizer, learningRate, weightDecay, momentum, nesterov, beta2, smoothing },
      ...{ cosineSteps, kernel, steps: 0, first: each(), second: each(), gradient: each(), rooms },
      hasFixed: network.kinds.includes(0),
    };
  }

  /**
   * Share of the learning rate at a step of a cosine schedule: up for a twentieth, then down a cosine.
   *
   * @param {number} step from 0
   * @param {number} nSteps
   */
  function cosineFactor(step, nSteps) {
    const warmUp = Math.max(Math.floor(0.05 * nSteps), 1);
    if (step < warmUp) return (step + 1) / warmUp;
    const progress = (step - warmUp) / Math.max(nSteps - warmUp, 1);
    return 0.5 * (1 + Math.cos(Math.PI * Math.min(Math.max(progress, 0), 1)));
  }

  /**
   * `forward` in the room that the trainer keeps for a number of rows.
   *
   * @param {ReturnType<typeof makeTrainer>} trainer
   * @param {ArrayLike<number>} X flat, (n, nIn)
   */
  function predict({ network, rooms }, X) {
    const n = X.length / network.layers[0].nIn;
    let room = rooms.get(n);
    if (!room) rooms.set(n, (room = makeRoom(network, n)));
    return forward(network, X, room);
  }

  /**
   * Take one step on a minibatch; the loss is for `meanLoss`, which costs more than the step.
   *
   * @param {ReturnType<typeof makeTrainer>} trainer
   * @param {ArrayLike<number>} X flat, (n, nIn)
   * @param {ArrayLike<number>} y flat, (n, nOut)
   */
  function learn(trainer, X, y) {
    const { network, optimizer, weightDecay, gradient } = trainer;
    const { parameters, kinds } = network;
    const n = X.length / network.layers[0].nIn;
    if (trainer.kernel && trainer.smoothing === 0) {
      trainer.kernel(parameters, gradient, X, y, n);
      if (trainer.hasFixed) for (let k = 0; k < gradient.length; k++) if (kinds[k] === 0) gradient[k] = 0;
    } else {
      backward(network, predict(trainer, X), y, trainer.loss, trainer.smoothing, gradient);
    }
    if (optimizer !== "adamw" && weightDecay > 0) {
      for (let k = 0; k < gradient.length; k++) if (kinds[k] === 2) gradient[k] += weightDecay * parameters[k];
    }
    const factor = trainer.cosineSteps === null ? 1 : cosineFactor(trainer.steps, trainer.cosineSteps);
    trainer.steps++;
    if (optimizer === "sgd") moveSgd(trainer, trainer.learningRate * factor);
    else moveAdam(trainer, trainer.learningRate * factor);
  }

  /**
   * @param {ReturnType<typeof makeTrainer>} trainer
   * @param {number} rate
   */
  function moveSgd({ network: { parameters }, gradient, first, momentum, nesterov }, rate) {
    if (momentum === 0) {
      for (let k = 0; k < parameters.length; k++) parameters[k] -= rate * gradient[k];
      return;
    }
    for (let k = 0; k < parameters.length; k++) {
      const moved = gradient[k] + momentum * first[k];
      first[k] = moved;
      parameters[k] -= rate * (nesterov ? gradient[k] + momentum * moved : moved);
    }
  }

  /**
   * @param {ReturnType<typeof makeTrainer>} trainer
   * @param {number} rate
   */
  function moveAdam({ network, gradient, first, second, beta2, optimizer, weightDecay, steps }, rate) {
    const { parameters, kinds } = network;
    const decay = optimizer === "adamw" ? weightDecay : 0;
    const correct1 = 1 / (1 - 0.9 ** steps);
    const correct2 = 1 / (1 - beta2 ** steps);
    const [keep, take] = [beta2, 1 - beta2];
    for (let k = 0; k < parameters.length; k++) {
      const slope = gradient[k];
      const m = 0.9 * first[k] + (1 - 0.9) * slope;
      const v = keep * second[k] + take * slope * slope;
      first[k] = m;
      second[k] = v;
      let update = (m * correct1) / (Math.sqrt(v * correct2) + 1e-8);
      if (decay > 0 && kinds[k] === 2) update += decay * parameters[k];
      parameters[k] -= rate * update;
    }
  }

  /**
   * Draw the weights and biases of a network in place, by the library's rules; what does not learn stays.
   *
   * @param {EngineNetwork} network
   * @param {string} method glorot, he, variance or zeros
   * @param {{ uniform(): number, normal(): number }} random
   * @param {string} [activation] of the hidden units; glorot draws for logistic ones from a narrower range
   */
  function initialize({ layers, parameters, kinds }, method, random, activation = "relu") {
    layers.forEach(({ nIn, nOut, start }, depth) => {
      const bound = Math.sqrt((activation === "logistic" ? 2 : 6) / (nIn + nOut));
      const within = () => -bound + 2 * bound * random.uniform();
      // 1.68 keeps the variance of SiLU layers.
      const gain = depth === layers.length - 1 ? 0 : depth === 0 ? 1 : 1.68;
      /** @type {Record<string, [() => number, () => number]>} */
      const draws = {
        glorot: [within, within],
        he: [() => random.normal() * Math.sqrt(2 / nIn), () => 0],
        variance: [() => random.normal() * (gain / Math.sqrt(nIn)), () => 0],
        zeros: [() => 0, () => 0],
      };
      if (!Object.hasOwn(draws, method)) {
        throw new RangeError(`there is no initialization ${method}; choose one of ${Object.keys(draws).join(", ")}`);
      }
      const [drawWeight, drawBias] = draws[method];
      const biases = start + nOut * nIn;
      for (let k = start; k < biases + nOut; k++) {
        // Drawn for a missing edge too, so that the others do not depend on it.
        const drawn = k < biases ? drawWeight() : drawBias();
        if (kinds[k] !== 0) parameters[k] = drawn;
      }
    });
  }

  return {
    ...{ LOSSES, OPTIMIZERS, makeNetwork, makeRoom, forward, trace, meanLoss, penalty, backward },
    ...{ makeTrainer, predict, cosineFactor, learn, initialize },
    ...Object.assign({}, functions, ...parts),
  };
}
