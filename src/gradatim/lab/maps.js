/**
 * What every unit answers over the whole plane, fast enough to be drawn in every frame.
 *
 * Conventions: a plane is a Float64Array of one value per pixel, row after row from the top: single
 * precision would be converted at every use. tanh and the logistic function are rational there, within 1e-4. Pictures only: numbers come from the engine.
 */

/**
 * tanh by the quotient of polynomials that is nearest to it, within 1e-4.
 *
 * @param {number} x
 */
export function quickTanh(x) {
  if (x > 5) return 1;
  if (x < -5) return -1;
  const q = x * x;
  return (x * (1466 + q * (150.84 + q))) / (1466 + q * (639.22 + q * 18.983));
}

/**
 * Apply an activation to a plane.
 *
 * @param {string} name
 * @param {Float64Array} a pre-activations, then activations
 */
export function activatePlane(name, a) {
  const n = a.length;
  switch (name) {
    case "tanh":
      for (let k = 0; k < n; k++) a[k] = quickTanh(a[k]);
      break;
    case "logistic":
      for (let k = 0; k < n; k++) a[k] = 0.5 + 0.5 * quickTanh(0.5 * a[k]);
      break;
    case "relu":
      for (let k = 0; k < n; k++) a[k] = a[k] > 0 ? a[k] : 0;
      break;
    case "leaky_relu":
      for (let k = 0; k < n; k++) a[k] = a[k] > 0 ? a[k] : 0.01 * a[k];
      break;
    case "heaviside":
      for (let k = 0; k < n; k++) a[k] = a[k] >= 0 ? 1 : 0;
      break;
    case "sign":
      for (let k = 0; k < n; k++) a[k] = Math.sign(a[k]);
      break;
    case "elu":
      for (let k = 0; k < n; k++) a[k] = a[k] > 0 ? a[k] : Math.exp(a[k]) - 1;
      break;
    case "silu":
      for (let k = 0; k < n; k++) a[k] *= 0.5 + 0.5 * quickTanh(0.5 * a[k]);
      break;
    case "gelu":
      // Tanh stands for the normal distribution here.
      for (let k = 0; k < n; k++) a[k] *= 0.5 + 0.5 * quickTanh(0.7978846 * (a[k] + 0.044715 * a[k] ** 3));
      break;
    case "softplus":
      for (let k = 0; k < n; k++) a[k] = a[k] > 20 ? a[k] : Math.log(1 + Math.exp(a[k]));
      break;
    default:
  }
}

/** @param {Float64Array[]} planes one per class */
function softmaxPlanes(planes) {
  for (let k = 0; k < planes[0].length; k++) {
    let top = -Infinity;
    for (const plane of planes) if (plane[k] > top) top = plane[k];
    let sum = 0;
    for (const plane of planes) sum += plane[k] = Math.exp(plane[k] - top);
    for (const plane of planes) plane[k] /= sum;
  }
}

/**
 * @typedef {object} MappedLayer
 * @property {number} nIn
 * @property {number} nOut
 * @property {string[]} activations
 * @property {number} start of its weights among the parameters
 */

/**
 * Compute the planes of all units, layer by layer.
 *
 * @param {MappedLayer[]} layers
 * @param {ArrayLike<number>} parameters
 * @param {Float64Array[]} inputs
 * @param {Float64Array[][]} planes where they are written, one list per layer
 */
export function computePlanes(layers, parameters, inputs, planes) {
  let below = inputs;
  layers.forEach(({ nIn, nOut, activations, start }, depth) => {
    const mine = planes[depth];
    for (let o = 0; o < nOut; o++) {
      const row = start + o * nIn;
      weigh(mine[o], below, parameters, row, nIn, parameters[start + nOut * nIn + o]);
      if (activations[o] !== "softmax") activatePlane(activations[o], mine[o]);
    }
    if (activations[0] === "softmax") softmaxPlanes(mine);
    below = mine;
  });
}

/**
 * Add up weighted planes, four at a time, so that the sum is read and written less often.
 *
 * @param {Float64Array} out
 * @param {Float64Array[]} below
 * @param {ArrayLike<number>} parameters
 * @param {number} row
 * @param {number} nIn
 * @param {number} bias
 */
function weigh(out, below, parameters, row, nIn, bias) {
  const n = out.length;
  const weight = (/** @type {number} */ i) => (i < nIn ? parameters[row + i] : 0);
  const plane = (/** @type {number} */ i) => below[Math.min(i, nIn - 1)];
  for (let i = 0; i < nIn; i += 4) {
    const [t, u, v, w] = [weight(i), weight(i + 1), weight(i + 2), weight(i + 3)];
    const [a, b, c, d] = [plane(i), plane(i + 1), plane(i + 2), plane(i + 3)];
    if (i) for (let k = 0; k < n; k++) out[k] += t * a[k] + u * b[k] + v * c[k] + w * d[k];
    else for (let k = 0; k < n; k++) out[k] = bias + t * a[k] + u * b[k] + v * c[k] + w * d[k];
  }
}

/**
 * Colors of values from −1 over 0 to 1, as the bytes of one pixel each.
 *
 * @param {number[]} low color at −1
 * @param {number[]} middle
 * @param {number[]} high
 * @param {number} strength how much of the color remains at the ends
 * @param {number} [least] how much remains beside 0, so that the border is seen
 */
export function makeRamp(low, middle, high, strength, least = 0) {
  const bytes = new Uint8ClampedArray(256 * 4);
  for (let k = 0; k < 256; k++) {
    const value = (k - 127.5) / 127.5;
    const end = value < 0 ? low : high;
    const share = least + Math.abs(value) * (strength - least);
    for (let c = 0; c < 3; c++) bytes[4 * k + c] = middle[c] + (end[c] - middle[c]) * share;
    bytes[4 * k + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}

/**
 * Shades of a class for probabilities from 0 to 1, none of which is the paper.
 *
 * @param {number[]} paper
 * @param {number[]} color
 */
export function makeShades(paper, color) {
  const bytes = new Uint8ClampedArray(256 * 4);
  for (let k = 0; k < 256; k++) {
    const share = 0.1 + (0.4 * k) / 255;
    for (let c = 0; c < 3; c++) bytes[4 * k + c] = paper[c] + (color[c] - paper[c]) * share;
    bytes[4 * k + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}

/**
 * Paint a plane with a ramp.
 *
 * @param {Uint32Array} pixels
 * @param {Float64Array} plane
 * @param {Uint32Array} ramp
 * @param {number} low value that is −1
 * @param {number} high value that is 1
 * @param {Uint16Array} [places] of the plane that each pixel shows; all in turn unless given
 */
export function paintRamp(pixels, plane, ramp, low, high, places) {
  const slope = high > low ? 255 / (high - low) : 0;
  const shade = (/** @type {number} */ at) => ramp[at > 255 ? 255 : at > 0 ? at | 0 : 0];
  if (places) for (let k = 0; k < pixels.length; k++) pixels[k] = shade((plane[places[k]] - low) * slope);
  else for (let k = 0; k < pixels.length; k++) pixels[k] = shade((plane[k] - low) * slope);
}

/**
 * Paint the class with the largest plane, paler where it is not sure.
 *
 * @param {Uint32Array} pixels
 * @param {Float64Array[]} planes
 * @param {Uint32Array[]} shades of each class
 */
export function paintClasses(pixels, planes, shades) {
  for (let k = 0; k < pixels.length; k++) {
    let top = 0;
    for (let c = 1; c < planes.length; c++) if (planes[c][k] > planes[top][k]) top = c;
    pixels[k] = shades[top][(planes[top][k] * 255) | 0];
  }
}

/**
 * The range in which a unit's map is colored: that of its function, or that of its values.
 *
 * @param {string} activation
 * @param {Float64Array} plane
 * @returns {[number, number]} low and high, as far from the middle
 */
export function mapRange(activation, plane) {
  if (activation === "tanh" || activation === "sign") return [-1, 1];
  if (activation === "logistic" || activation === "heaviside" || activation === "softmax") return [0, 1];
  let largest = 1e-9;
  for (let k = 0; k < plane.length; k += 7) if (Math.abs(plane[k]) > largest) largest = Math.abs(plane[k]);
  return [-largest, largest];
}
