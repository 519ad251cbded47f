/**
 * Taking it along: a link that holds the whole state, and the network as equation, LaTeX or program.
 *
 * Conventions: a link is the page's own address and the state behind a #; what is shown is text only.
 */

import { html } from "../views/_dom.js";
import { button, choice, grouped } from "./controls.js";
import { toEquation, toLatex, toNumpy, toPython } from "./equation.js";
import { toSklearn, toSvg, toTikz } from "./exports.js";
import { writtenLayers } from "./model.js";
import { INPUTS } from "./problems.js";
import { encodeState, linkEnd } from "./state.js";

/** What a link may hide; the style sheet has a rule for each. @type {Record<string, string>} */
const HIDES = { points: "points", settings: "settings", layers: "layers and functions", loss: "loss", numbers: "unit in numbers", share: "Share" };

/** @type {Record<string, [string, string, (layers: any[], names: string[]) => string]>} */
const FORMATS = {
  equation: ["equation, for gradatim", "network.txt", toEquation],
  latex: ["LaTeX", "network.tex", toLatex],
  python: ["Python with gradatim", "network.py", toPython],
  numpy: ["Python with NumPy only", "network.py", toNumpy],
  sklearn: ["Python with scikit-learn", "network.py", toSklearn],
  tikz: ["the graph as TikZ", "graph.tex", toTikz],
  svg: ["the graph as SVG", "graph.svg", toSvg],
};

/**
 * @param {import("./lab.js").App} app
 * @param {{ inputs(): string[], pause(): void }} network
 */
export function makeShare(app, network) {
  const link = html("input", { type: "text", readonly: true, "aria-label": "Link", class: "link" });
  const size = html("span", { class: "muted" });
  const every = html("input", { type: "checkbox" });
  const alone = html("input", { type: "checkbox", checked: app.isAlone() });
  alone.addEventListener("change", show);
  const hides = Object.entries(HIDES).map(([key, title]) => {
    const box = html("input", { type: "checkbox", checked: app.hides().includes(key) });
    box.addEventListener("change", show);
    return { key, box, element: html("label", { class: "chip" }, box, html("span", {}, title)) };
  });
  const text = html("textarea", { readonly: true, rows: 9, "aria-label": "The network as text", spellcheck: "false" });
  const told = html("p", { class: "note", role: "status" });
  let format = "equation";
  const formats = choice("as", Object.entries(FORMATS).map(([key, [title]]) => [key, title]), (value) => {
    format = value;
    show();
  });
  every.addEventListener("change", show);
  const dialog = html("dialog", { class: "share", "aria-labelledby": "share-title" },
    html("div", { class: "card-head" }, html("h2", { id: "share-title" }, "Share"), button("Close", () => dialog.close())),
    html("p", { class: "about" }, "The link holds everything: points, weights, settings. Nothing is sent anywhere; whoever opens it with this page sees what you see."),
    html("div", { class: "row" }, link, button("Copy link", () => copy(link.value))),
    html("div", { class: "row" }, html("label", { class: "chip" }, every, html("span", {}, "every digit of every weight")), html("label", { class: "chip" }, alone, html("span", {}, "only this tab")), size),
    html("h3", {}, "Hide for whoever opens the link"),
    html("div", { class: "chips" }, ...hides.map(({ element }) => element)),
    html("h3", {}, "What is shown, as text"),
    html("div", { class: "row" }, formats.element, button("Copy text", () => copy(text.value)), button("Save as a file", save)),
    text, told);

  /** @param {string} value */
  async function copy(value) {
    try {
      await navigator.clipboard.writeText(value);
      told.textContent = "Copied.";
    } catch {
      // A page from a file may not use the clipboard.
      const field = value === link.value ? link : text;
      field.select();
      told.textContent = document.execCommand("copy") ? "Copied." : "Selected; copy it with Ctrl+C.";
    }
  }

  function save() {
    const address = URL.createObjectURL(new Blob([text.value], { type: "text/plain" }));
    const anchor = html("a", { href: address, download: FORMATS[format][1] });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    told.textContent = `Saved as ${FORMATS[format][1]}.`;
  }

  function show() {
    const address = location.href.split("#")[0];
    const code = encodeState(app.state, every.checked);
    const hidden = hides.filter(({ box }) => box.checked).map(({ key }) => key);
    link.value = `${address}#s=${code}${linkEnd(alone.checked, hidden)}`;
    size.textContent = `${grouped(code.length)} characters`;
    text.value = written()[0];
  }

  /** @param {string} [as] */
  function written(as = format) {
    const [, , write] = FORMATS[as];
    const { view, neuron, net } = app.state;
    if (view !== "network") {
      const n = neuron.weights.length;
      const names = ["x1", "x2"].slice(0, n);
      const layer = { nIn: n, nOut: 1, activations: [neuron.activation], weight: [neuron.weights], bias: [neuron.bias], edges: [Array(n).fill(1)] };
      return [write([layer], names)];
    }
    const names = network.inputs();
    const made = INPUTS.filter(({ name }) => names.includes(name) && !name.startsWith("x"));
    const remark = made.length ? made.map(({ name, shown }) => `${name} is ${shown}`).join(", ") : "";
    const comment = { latex: "% ", tikz: "% ", python: "# ", numpy: "# ", sklearn: "# " }[as];
    return [`${remark && comment ? `${comment}${remark}\n` : ""}${write(writtenLayers(net, names.length), names)}`];
  }

  function open() {
    network.pause();
    told.textContent = "";
    formats.set(format);
    show();
    dialog.showModal();
  }
  return { dialog, open, equation: () => written("equation")[0] };
}
