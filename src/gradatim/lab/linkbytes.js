/**
 * Values as the bytes of a link, and back.
 *
 * Conventions: a reader has limits, and what is no link is a `LinkError`, never half of a value.
 */

import { LONGEST_FORMULA } from "./formula.js";
import { GRID } from "./problems.js";

/** @typedef {import("./state.js").LabeledPoint} LabeledPoint */

/** What a link that cannot be read gives. */
export class LinkError extends Error {}

/** Writes values as bytes, small ones in few. */
export class Writer {
  constructor() {
    /** @type {number[]} */
    this.bytes = [];
    this.view = new DataView(new ArrayBuffer(8));
  }

  /** @param {number} value */
  byte(value) {
    this.bytes.push(value & 255);
  }

  /** @param {number} value whole, from 0 on */
  count(value) {
    while (value > 127) {
      this.byte((value % 128) | 128);
      value = Math.floor(value / 128);
    }
    this.byte(value);
  }

  /** @param {number} value */
  double(value) {
    this.view.setFloat64(0, value);
    for (let k = 0; k < 8; k++) this.byte(this.view.getUint8(k));
  }

  /** A short decimal in few bytes, anything else in nine. @param {number} value */
  number(value) {
    const scaled = Math.round(value * 10000);
    if (Math.abs(scaled) < 2 ** 40 && scaled / 10000 === value && !Object.is(value, -0)) {
      this.count(2 * (scaled < 0 ? -2 * scaled - 1 : 2 * scaled));
    } else {
      this.count(1);
      this.double(value);
    }
  }

  /** The nearest number of 16 significant bits, in three bytes. @param {number} value */
  rounded(value) {
    this.view.setFloat32(0, value);
    const bits = this.view.getUint32(0);
    // Half of what is cut off, so that it rounds; infinity is not reached from below 1e38.
    this.view.setUint32(0, Math.abs(value) < 1e38 ? bits + 128 : bits);
    for (let k = 0; k < 3; k++) this.byte(this.view.getUint8(k));
  }

  /** @param {ArrayLike<number>} bits */
  flags(bits) {
    for (let k = 0; k < bits.length; k += 8) {
      let byte = 0;
      for (let b = 0; b < 8 && k + b < bits.length; b++) byte |= (bits[k + b] ? 1 : 0) << b;
      this.byte(byte);
    }
  }

  /** @param {string} text */
  text(text) {
    const bytes = new TextEncoder().encode(text);
    this.count(bytes.length);
    for (const byte of bytes) this.byte(byte);
  }

  /** @param {LabeledPoint[]} points */
  points(points) {
    this.count(points.length);
    const onGrid = points.every(([x, y]) => [x, y].every((v) => Math.abs(v) < 32 && Number.isInteger(v * GRID)));
    const nBits = 32 - Math.clz32(Math.max(0, ...points.map(([, , label]) => label)));
    this.byte((onGrid ? 128 : 0) | nBits);
    for (let bit = 0; bit < nBits; bit++) this.flags(points.map(([, , label]) => (label >> bit) & 1));
    for (const [x, y] of points) {
      for (const value of [x, y]) {
        if (!onGrid) this.double(value);
        else {
          const whole = value * GRID + 32768;
          this.byte(whole >> 8);
          this.byte(whole);
        }
      }
    }
  }
}

/** Reads what `Writer` wrote, within limits. */
export class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = 0;
  }

  byte() {
    if (this.at >= this.view.byteLength) throw new LinkError("the link ends too early");
    return this.view.getUint8(this.at++);
  }

  /** @param {number} most */
  count(most) {
    let value = 0;
    let factor = 1;
    for (let k = 0; k < 8; k++) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      factor *= 128;
      if (byte < 128) {
        if (value > most) throw new LinkError(`the link has ${value} where at most ${most} can be`);
        return value;
      }
    }
    throw new LinkError("the link has a number that is too long");
  }

  double() {
    if (this.at + 8 > this.view.byteLength) throw new LinkError("the link ends too early");
    const value = this.view.getFloat64(this.at);
    this.at += 8;
    return finite(value);
  }

  number() {
    const code = this.count(Number.MAX_SAFE_INTEGER);
    if (code % 2) return this.double();
    const half = code / 2;
    return (half % 2 ? -(half + 1) / 2 : half / 2) / 10000;
  }

  rounded() {
    const bits = this.byte() * 2 ** 24 + this.byte() * 2 ** 16 + this.byte() * 2 ** 8;
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, bits);
    return finite(view.getFloat32(0));
  }

  /** @param {number} n */
  flags(n) {
    const bits = new Uint8Array(n);
    for (let k = 0; k < n; k += 8) {
      const byte = this.byte();
      for (let b = 0; b < 8 && k + b < n; b++) bits[k + b] = (byte >> b) & 1;
    }
    return bits;
  }

  text() {
    const bytes = Uint8Array.from({ length: this.count(4 * LONGEST_FORMULA) }, () => this.byte());
    return new TextDecoder().decode(bytes);
  }

  /** @template T @param {T[]} names @returns {T} */
  name(names) {
    return names[this.count(names.length - 1)];
  }

  /** @param {number} classes @param {number} most @returns {LabeledPoint[]} */
  points(classes, most) {
    const n = this.count(most);
    const form = this.byte();
    const [onGrid, nBits] = [form >= 128, form & 127];
    if (nBits > 3) throw new LinkError("the link has more classes than there can be");
    const labels = new Uint8Array(n);
    for (let bit = 0; bit < nBits; bit++) this.flags(n).forEach((set, k) => (labels[k] |= set << bit));
    /** @type {LabeledPoint[]} */
    const points = [];
    for (const label of labels) {
      if (label >= classes) throw new LinkError("the link has more classes than there can be");
      const value = () => (onGrid ? (this.byte() * 256 + this.byte() - 32768) / GRID : this.double());
      points.push([value(), value(), label]);
    }
    return points;
  }
}

/** @param {number} value */
function finite(value) {
  if (!Number.isFinite(value)) throw new LinkError("the link has a number that is not finite");
  return value;
}

/**
 * Two bytes that change with every byte before them.
 *
 * @param {ArrayLike<number>} bytes
 * @param {number} n
 */
export function checksum(bytes, n) {
  let [a, b] = [1, 0];
  for (let k = 0; k < n; k++) {
    a = (a + bytes[k]) % 65521;
    b = (b + a) % 65521;
  }
  const mixed = (a ^ (b * 31)) & 0xffff;
  return [mixed >> 8, mixed & 255];
}
