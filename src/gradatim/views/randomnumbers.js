/**
 * Random numbers as Python draws them, so that a page and a test of the library see the same points.
 *
 * Conventions: everything is inside `randomNumbers`, which refers to nothing outside of itself: its text
 * becomes a part of a worker's source, as that of the engine.
 */

/** Make what draws; called once per page and once per worker. */
export function randomNumbers() {
  /**
   * The Mersenne Twister as Python's `random.Random(seed)` seeds and reads it: the same numbers.
   *
   * M. Matsumoto, T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform
   * pseudo-random number generator", ACM Transactions on Modeling and Computer Simulation 8(1), 1998.
   *
   * @param {number} seed a whole number from 0 to 2^53 - 1
   */
  function makeRandom(seed) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`the seed must be a whole number from 0 to 2^53 - 1, not ${seed}`);
    }
    const state = new Uint32Array(624);
    let at = 624;
    /** @type {number | null} */
    let spare = null;
    const high = Math.floor(seed / 2 ** 32);
    mixSeed(state, high > 0 ? [seed >>> 0, high] : [seed >>> 0]);

    /** @param {number} k number of bits, from 1 to 32 */
    function bits(k) {
      if (at === 624) {
        twist(state);
        at = 0;
      }
      let x = state[at++];
      x ^= x >>> 11;
      x ^= (x << 7) & 0x9d2c5680;
      x ^= (x << 15) & 0xefc60000;
      x ^= x >>> 18;
      return x >>> (32 - k);
    }

    /** A number in [0, 1), of 53 bits. */
    function uniform() {
      const upper = bits(27);
      return (upper * 67108864 + bits(26)) / 9007199254740992;
    }

    /** A normal number of mean 0 and variance 1, as `random.gauss`: two at a time. */
    function normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const angle = uniform() * 2 * Math.PI;
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      spare = Math.sin(angle) * radius;
      return Math.cos(angle) * radius;
    }

    /** A whole number below n, each as likely. @param {number} n from 1 to 2^32 - 1 */
    function below(n) {
      const k = 32 - Math.clz32(n);
      let value = bits(k);
      while (value >= n) value = bits(k);
      return value;
    }

    /** The numbers below n in an order as `random.shuffle` leaves them. @param {number} n */
    function order(n) {
      const places = new Uint32Array(n);
      for (let i = 1; i < n; i++) places[i] = i;
      for (let i = n - 1; i > 0; i--) {
        const j = below(i + 1);
        const last = places[i];
        places[i] = places[j];
        places[j] = last;
      }
      return places;
    }

    return { bits, uniform, normal, below, order };
  }

  /**
   * Fill the twister's state from a key.
   *
   * @param {Uint32Array} state
   * @param {number[]} key
   */
  function mixSeed(state, key) {
    state[0] = 19650218;
    for (let i = 1; i < 624; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    let i = 1;
    for (let k = 0; k < 624; k++) {
      const j = k % key.length;
      state[i] = (state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), 1664525)) + key[j] + j;
      i = next(i);
    }
    for (let k = 0; k < 623; k++) {
      state[i] = (state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), 1566083941)) - i;
      i = next(i);
    }
    state[0] = 0x80000000;

    /** @param {number} place */
    function next(place) {
      if (place < 623) return place + 1;
      state[0] = state[623];
      return 1;
    }
  }

  /** @param {Uint32Array} state */
  function twist(state) {
    for (let i = 0; i < 624; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
      state[i] = state[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
  }

  return { makeRandom };
}
