/**
 * A formula that a person types, such as sin(2x) or y > x^2, read without evaluating any text as code.
 *
 * Conventions: inputs are x and y, also written x1 and x2. A comparison makes classes: 1 where it holds.
 */

/** @type {Record<string, (value: number) => number>} */
const FUNCTIONS = {
  ...{ sin: Math.sin, cos: Math.cos, tan: Math.tan, exp: Math.exp, log: Math.log, ln: Math.log, sqrt: Math.sqrt, abs: Math.abs },
  ...{ floor: Math.floor, sign: Math.sign, tanh: Math.tanh, step: (z) => (z >= 0 ? 1 : 0), relu: (z) => Math.max(z, 0) },
  ...{ sigmoid: (z) => 1 / (1 + Math.exp(-z)) },
};
/** @type {Record<string, number>} */
const CONSTANTS = { pi: Math.PI, π: Math.PI, e: Math.E };
/** @type {Record<string, number>} */
const INPUT_PLACES = { x: 0, x1: 0, y: 1, x2: 1 };
const TOKEN = /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)|([a-zπ]+[12]?)|(<=|>=|[-+*/^()<>]))/iy;

/** Longest formula, in characters. */
export const LONGEST_FORMULA = 80;

/** @typedef {(x: number, y: number) => number} Value */
/** @typedef {{ of: Value, dims: number, isClass: boolean }} Formula */

/**
 * Read a formula.
 *
 * @param {string} text
 * @returns {Formula | { error: string }}
 */
export function readFormula(text) {
  if (text.length > LONGEST_FORMULA) return { error: `A formula has at most ${LONGEST_FORMULA} characters.` };
  const plain = text.replace(/[−–]/g, "-").replace(/[·×∗]/g, "*").replace(/\*\*/g, "^").replace(/≤/g, "<=").replace(/≥/g, ">=").replace(/[₁₂]/g, (c) => (c === "₁" ? "1" : "2")).replace(/²/g, "^2").replace(/³/g, "^3");
  /** @type {string[]} */
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (plain.slice(TOKEN.lastIndex).trim()) {
    const [at, found] = [TOKEN.lastIndex, TOKEN.exec(plain)];
    if (!found) return { error: `“${plain.slice(at).trim().slice(0, 12)}” is not understood; write it as in sin(2x) or y > x^2.` };
    tokens.push(found[0].trim().toLowerCase());
  }
  if (!tokens.length) return { error: "Write a formula such as sin(2x), or y > x^2 for two classes." };
  let at = 0;
  let dims = 1;
  /** What is wrong, once something is. */
  let error = "";

  /** @param {string} said @returns {Value} */
  const fail = (said) => {
    error ||= said;
    at = tokens.length;
    return () => NaN;
  };

  /** @returns {Value} */
  function sum() {
    let left = product();
    while (tokens[at] === "+" || tokens[at] === "-") {
      const [a, isMinus] = [left, tokens[at++] === "-"];
      const b = product();
      left = isMinus ? (x, y) => a(x, y) - b(x, y) : (x, y) => a(x, y) + b(x, y);
    }
    return left;
  }

  /** @returns {Value} */
  function product() {
    let left = signed();
    for (;;) {
      const a = left;
      if (tokens[at] === "/") {
        at++;
        const b = signed();
        left = (x, y) => a(x, y) / b(x, y);
      } else if (tokens[at] === "*" || /^[\w(π.]/.test(tokens[at] ?? "")) {
        if (tokens[at] === "*") at++;
        const b = signed();
        left = (x, y) => a(x, y) * b(x, y);
      } else return left;
    }
  }

  /** @returns {Value} */
  function signed() {
    if (tokens[at] === "+" || tokens[at] === "-") {
      const isMinus = tokens[at++] === "-";
      const a = signed();
      return isMinus ? (x, y) => -a(x, y) : a;
    }
    const base = atom();
    if (tokens[at] !== "^") return base;
    at++;
    const power = signed();
    return (x, y) => base(x, y) ** power(x, y);
  }

  /** @returns {Value} */
  function atom() {
    const token = tokens[at++];
    if (token === undefined) return fail("The formula ends too early.");
    if (/^[\d.]/.test(token)) {
      const number = Number(token);
      return () => number;
    }
    if (token === "(") return closed();
    if (Object.hasOwn(INPUT_PLACES, token)) {
      if (INPUT_PLACES[token] === 0) return (x) => x;
      dims = 2;
      return (_, y) => y;
    }
    if (Object.hasOwn(CONSTANTS, token)) return () => CONSTANTS[token];
    if (!Object.hasOwn(FUNCTIONS, token)) return fail(`“${token}” is not understood; functions are ${Object.keys(FUNCTIONS).join(", ")}.`);
    if (tokens[at++] !== "(") return fail(`A bracket is missing after ${token}, as in ${token}(x).`);
    const [inner, apply] = [closed(), FUNCTIONS[token]];
    return (x, y) => apply(inner(x, y));
  }

  /** @returns {Value} */
  function closed() {
    const inner = sum();
    return tokens[at++] === ")" || error ? inner : fail("A closing bracket is missing.");
  }

  const left = sum();
  const compare = tokens[at];
  const isClass = /^[<>]/.test(compare ?? "");
  if (isClass) at++;
  const right = isClass ? sum() : left;
  if (!error && at < tokens.length) fail(`“${tokens[at]}” is not understood here.`);
  if (!error && dims === 2 && !isClass) fail("A curve is a formula of x alone; write y > x^2 for two classes.");
  if (error) return { error };
  const isMore = compare?.[0] === ">";
  return { of: isClass ? (x, y) => ((isMore ? left(x, y) > right(x, y) : left(x, y) < right(x, y)) ? 1 : 0) : left, dims, isClass };
}
