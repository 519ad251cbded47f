/**
 * The kernel machine as the fourth in a race: fitted on the server to the points of the page.
 *
 * Conventions: its setting is chosen by cross-validation on the points that are not held out. Its picture
 * is as that of a network: the middle color is where it changes its mind.
 */

import { html } from "../views/_dom.js";
import { choice } from "./controls.js";
import { paintClasses, paintRamp } from "./maps.js";
import { clearCanvas, drawCurve } from "./marks.js";
import { SIDE, makeColorRamps, refreshPoints } from "./region.js";

/** @param {import("./lab.js").App} app @param {import("./served.js").Desk} desk */
export function makeKernelCard(app, desk) {
  // The points that were asked about; others may be there when the answer comes.
  let data = desk.network.data();
  const kinds = choice("kernel", [["rbf", "RBF (closeness)"], ["polynomial", "polynomial"]], () => {});
  const region = html("canvas", { class: "region", width: SIDE, height: SIDE });
  const overlay = html("canvas", { class: "overlay" });
  const map = html("div", { class: "map still", hidden: true }, region, overlay);
  const figures = html("p", { class: "race-figures", role: "status" });
  const job = desk.makeJob("Fit a kernel machine", message, (result) => {
    map.hidden = false;
    paint(result);
    const share = (/** @type {number} */ one) => html("b", {}, `${(100 * one).toFixed(0)} %`);
    figures.replaceChildren(share(result.train_accuracy), " of the training points right", ...(result.held_accuracy === null ? [] : [", ", share(result.held_accuracy), " of the held out"]), `. ${result.n_vectors} points carry it; ${result.setting}.`);
  });
  const element = html("section", { class: "card kernel-card", "aria-labelledby": "kernel-title" },
    html("h2", { id: "kernel-title" }, "Kernel machine"),
    html("p", { class: "about" }, "No network: it compares each place with the points that carry it. Fitted on the server, at once rather than by epochs."),
    html("div", { class: "row" }, kinds.element), job.element, map, figures);

  function message() {
    data = desk.classPoints();
    const { X, labels, held, dims, window } = data;
    return { ask: "kernel", X: [...X], labels: [...labels], held: [...held], dims, window: [...window], kernel: kinds.select.value };
  }

  /** @param {{ plane: number[] }} result */
  function paint({ plane }) {
    const { signed, classes, colors } = makeColorRamps(app.colors());
    const context = /** @type {CanvasRenderingContext2D} */ (region.getContext("2d"));
    const values = Float64Array.from(plane, (value) => value / 100);
    if (data.dims === 1) {
      const { width, height, ratio } = clearCanvas(region);
      drawCurve(context, values, [0, 1], [width, height], 2.2 * ratio, colors);
    } else {
      region.width = region.height = SIDE;
      const image = new ImageData(SIDE, SIDE);
      const pixels = new Uint32Array(image.data.buffer);
      if (data.nClasses > 2) paintClasses(pixels, Array.from({ length: data.nClasses }, (_, k) => Float64Array.from(plane, (code) => (code === k ? 1 : 0))), classes);
      else paintRamp(pixels, values, signed, 0, 1);
      context.putImageData(image, 0, 0);
    }
    refreshPoints(overlay, data, colors, null);
  }
  return { element };
}
