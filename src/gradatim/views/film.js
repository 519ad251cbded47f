/**
 * Films: contenders side by side while they learn.
 *
 * Conventions: `model` has `height` of a picture that is 100 wide, `points`, and `films`, each {title,
 * caption, unit ("epoch" or "pass"), counted, stills: [{epoch, loss, accuracy, regions}]}. Nothing moves until a person asks for
 * it; the slider is for the arrow keys too. It begins on the last frame.
 */

import { formatNumber, formatScore } from "./_scales.js";
import { html } from "./_dom.js";
import { regionPicture, setRegions } from "./_regions.js";

/** @typedef {{ epoch: number, loss: number | null, accuracy: number, regions: string[] }} Still */

const MILLISECONDS = 160;

/**
 * Say what a frame shows.
 *
 * @param {Still} still
 * @param {string} unit what `epoch` counts
 * @returns {string}
 */
export function describe(still, unit) {
  const loss = still.loss === null ? "" : `, loss ${formatNumber(still.loss)}`;
  return `${unit} ${still.epoch}: accuracy ${formatScore(still.accuracy)}${loss}`;
}

/**
 * @param {{ model: { get(name: string): any }, el: HTMLElement }} context
 * @returns {() => void}
 */
function render({ model, el }) {
  /** @type {{ title: string, caption: string, unit: string, counted: number, stills: Still[] }[]} */
  const films = model.get("films");
  const n = Math.max(...films.map((film) => film.stills.length));
  const panels = films.map((film) => {
    const label = `${film.title} while it learns, ${film.caption}`;
    const picture = regionPicture({
      height: model.get("height"),
      regions: [],
      points: model.get("points"),
      label,
      size: 0.9,
    });
    const readout = html("figcaption", {});
    const about = html("p", { class: "muted" }, film.caption);
    return { film, picture, readout, figure: html("figure", {}, html("h4", {}, film.title), about, picture, readout) };
  });
  const slider = html("input", { type: "range", min: 0, max: n - 1, value: n - 1, "aria-label": "Epoch" });
  const play = html("button", { type: "button" }, "Play");
  const said = html("p", { class: "readout", "aria-live": "polite" });
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  el.classList.add("gradatim-view", "film");
  el.replaceChildren(
    html("div", { class: "panels four" }, ...panels.map((panel) => panel.figure)),
    html("div", { class: "controls" }, play, slider),
    said,
  );

  /** @param {number} frame */
  function show(frame) {
    for (const { film, picture, readout } of panels) {
      const still = film.stills[Math.min(frame, film.stills.length - 1)];
      setRegions(picture, still.regions);
      readout.textContent = describe(still, film.unit);
    }
    const { epoch } = films[0].stills[Math.min(frame, films[0].stills.length - 1)];
    slider.setAttribute("aria-valuetext", `after epoch ${epoch}`);
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
    play.textContent = "Play";
    said.textContent = panels
      .map(({ film, readout }) => `${film.title}, ${readout.textContent}`)
      .join("; ");
  }

  play.addEventListener("click", () => {
    if (timer !== undefined) {
      stop();
      return;
    }
    if (Number(slider.value) >= n - 1) slider.value = "0";
    show(Number(slider.value));
    play.textContent = "Pause";
    said.textContent = "";
    timer = setInterval(() => {
      slider.value = String(Number(slider.value) + 1);
      show(Number(slider.value));
      if (Number(slider.value) >= n - 1) stop();
    }, MILLISECONDS);
  });
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
    stop();
  });
  show(n - 1);
  return () => clearInterval(timer);
}

export default { render };
