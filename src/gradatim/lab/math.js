/**
 * Symbols as the page sets them, and as a screen reader says them.
 *
 * Conventions: a symbol is a name and an index, such as w and 1, or h and 1,2.
 */

import { html } from "../views/_dom.js";

/** @typedef {{ spoken: string, nodes: () => Node[] }} Label */

/**
 * @param {string} letter
 * @param {string} [index]
 * @param {string} [spoken]
 * @returns {Label}
 */
export function symbol(letter, index = "", spoken = "") {
  return {
    spoken: spoken || `${letter} ${index.replace(",", " ")}`.trim(),
    nodes: () => [html("i", {}, letter), ...(index ? [html("sub", {}, index)] : [])],
  };
}

const LOW = "₀₁₂₃₄₅₆₇₈₉";

/** Write an index in small low digits: x1 as x₁, h1_2 as h₁,₂. @param {string} name */
export function lowered(name) {
  return name.replace(/(?<=[a-z])[\d_]+$/, (digits) => digits.replace(/\d/g, (d) => LOW[Number(d)]).replace("_", "‚"));
}

/** What the functions are called for reading. @type {Record<string, string>} */
export const FUNCTION_TITLES = {
  ...{ identity: "identity", sign: "sign", heaviside: "step", logistic: "sigmoid", tanh: "tanh", relu: "ReLU" },
  ...{ leaky_relu: "leaky ReLU", elu: "ELU", gelu: "GELU", silu: "SiLU", softplus: "softplus", softmax: "softmax" },
};
