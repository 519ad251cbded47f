/**
 * A unit in numbers: every product, the sum, the output, the slopes; each weight can be typed or cut.
 *
 * Conventions: numbers are those of the chosen point, computed by the engine. A slope is that of the loss
 * by a weight in the last step of training.
 */

import { html } from "../views/_dom.js";
import { button, choice, numberInput, setNumber, shown } from "./controls.js";
import { FUNCTION_TITLES, UNIT_FUNCTIONS, lowered } from "./math.js";
import { engineLayers } from "./model.js";
import { INPUTS, computeInputs } from "./problems.js";

/**
 * @param {import("./lab.js").App} app
 * @param {import("./network.js").Board} board
 */
export function makeUnitCard(app, board) {
  const net = () => app.state.net;
  /** @type {{ layer: number, unit: number } | null} */
  let chosen = null;
  const title = html("h2", { id: "unit-title" });
  const body = html("div", {});
  const element = html("section", { class: "card unit-card", "aria-labelledby": "unit-title" }, title, body);
  /** @type {(() => void) | null} */
  let refreshRows = null;

  /** @param {number} layer from 0 @param {number} unit @param {number} [edge] whose field gets the focus */
  function choose(layer, unit, edge) {
    chosen = { layer, unit };
    build();
    const field = edge === undefined ? null : body.querySelectorAll("tbody input[type=number]")[edge];
    if (field instanceof HTMLInputElement) {
      field.focus();
      field.select();
    }
  }

  function build() {
    refreshRows = null;
    if (!chosen) {
      title.textContent = "A unit in numbers";
      body.replaceChildren(html("p", { class: "about" }, "Choose a unit or an edge of the network: you see what the unit computes for the chosen point, and can change every weight, cut edges, or give the unit another function."));
      return;
    }
    const { layer, unit } = chosen;
    const all = board.names();
    const mine = board.layers()[layer];
    const isLast = layer === net().activations.length - 1;
    title.textContent = `Unit ${lowered(all[layer + 1][unit])} in numbers`;
    const rows = Array.from({ length: mine.nIn + 1 }, (_, i) => makeRow(mine, layer, unit, i, all));
    const functions = choice("function", isLast && mine.nOut > 1 ? [["softmax", "softmax"]] : UNIT_FUNCTIONS, (value) => {
      const activations = net().activations.map((units, k) => units.map((name, o) => (k === layer && o === unit ? value : name)));
      board.changeActivations(activations);
    });
    functions.set(mine.activations[unit]);
    const result = html("p", { class: "steps" });
    const head = html("tr", {}, ...["from", "weight", "× value", "= product", "slope"].map((text) => html("th", { scope: "col" }, text)), html("th", { scope: "col" }, html("span", { class: "sr" }, "edge")));
    body.replaceChildren(
      html("div", { class: "table-scroll" }, html("table", {}, html("thead", {}, head), html("tbody", {}, ...rows.map(({ element }) => element)))),
      result, html("div", { class: "row" }, functions.element, ...(board.playable().length ? [button("Hear its strongest points", hearStrongest)] : [])),
      html("p", { class: "hint" }, "For the point under the ring in the picture. The slope is that of the loss in the last step of training: the weight moves against it."));
    refreshRows = () => {
      const found = values();
      if (!found) return;
      functions.set(net().activations[layer][unit]);
      rows.forEach(({ show }) => show(found));
      const { z, a } = found;
      result.replaceChildren(`sum ${shown(z, 3)}, `, `${FUNCTION_TITLES[net().activations[layer][unit]]} of it `, html("b", {}, shown(a, 3)));
    };
    refreshRows();
  }

  /** Play the points for which the chosen unit's output is the largest. */
  function hearStrongest() {
    if (!chosen) return;
    const { layer, unit } = chosen;
    const { X, dims } = board.data();
    const network = app.engine.makeNetwork(engineLayers(net(), board.inputPlaces().length));
    const { a } = app.engine.forward(network, computeInputs(X, dims, board.inputPlaces()));
    const value = (/** @type {number} */ row) => a[layer + 1][row * net().activations[layer].length + unit];
    board.listen(`Where ${lowered(board.names()[layer + 1][unit])} is strongest, of the points with a sound`, board.playable().sort((p, q) => value(q) - value(p)));
  }

  /** What the chosen unit computes at the probe. */
  function values() {
    if (!chosen) return null;
    const network = app.engine.makeNetwork(engineLayers(net(), board.inputPlaces().length));
    const x = computeInputs(Float64Array.from(board.probe().slice(0, board.data().dims)), board.data().dims, board.inputPlaces());
    const room = app.engine.forward(network, x);
    const { layer, unit } = chosen;
    return { below: room.a[layer], z: room.z[layer][unit], a: room.a[layer + 1][unit] };
  }

  /**
   * @param {import("./maps.js").MappedLayer} mine
   * @param {number} layer
   * @param {number} unit
   * @param {number} i place of the source; the last is w0
   * @param {string[][]} all
   */
  function makeRow({ nIn, nOut, start }, layer, unit, i, all) {
    const isBias = i === nIn;
    const at = isBias ? start + nOut * nIn + unit : start + unit * nIn + i;
    const name = isBias ? "1" : lowered(layer === 0 ? INPUTS[board.inputPlaces()[i]].shown : all[layer][i]);
    const input = numberInput(isBias ? "w0" : `Weight from ${all[layer][i]}`, (value) => board.setWeight(at, value));
    input.addEventListener("focus", app.remember);
    const [value, product, slope] = [html("td"), html("td"), html("td")];
    const cut = isBias ? null : html("input", { type: "checkbox", "aria-label": `Edge from ${all[layer][i]}`, title: "cut the edge" });
    cut?.addEventListener("change", () => {
      app.remember();
      net().edges[at] = cut.checked ? 1 : 0;
      net().parameters[at] = cut.checked ? 0.5 : 0;
      board.edgeChanged();
    });
    const element = html("tr", {}, html("th", { scope: "row" }, name), html("td", {}, input), value, product, slope, html("td", {}, ...(cut ? [cut] : [])));
    /** @param {{ below: Float64Array }} values */
    const show = ({ below }) => {
      const w = net().parameters[at];
      if (cut) cut.checked = net().edges[at] === 1;
      input.disabled = cut !== null && net().edges[at] === 0;
      if (document.activeElement !== input) setNumber(input, w);
      value.textContent = isBias ? "" : shown(below[i], 3);
      product.textContent = shown(isBias ? w : w * below[i], 3);
      const report = board.report();
      slope.textContent = report?.gradient?.length === net().parameters.length && report.steps ? shown(report.gradient[at], 4) : "–";
    };
    return { element, show };
  }

  function clear() {
    chosen = null;
    build();
  }

  build();
  return { element, choose, clear, build, refresh: () => refreshRows?.(), chosen: () => chosen };
}
