/**
 * Points that can be heard: which, how each looks as a wave and by its frequencies.
 *
 * Conventions: sounds travel in the page, some of every class. A spectrogram goes up to half the sample
 * rate, 60 decibels from its loudest place to the paper.
 */

import { html } from "../views/_dom.js";
import { button, css } from "./controls.js";
import { clearCanvas } from "./marks.js";

const FRAME = 512;
const DECIBELS = 60;
const MOST_OFFERED = 8;
/** Decoded as this many samples per second. */
const RATE = 16000;

/**
 * Transform complex numbers in place, as many as a power of two.
 *
 * J. W. Cooley, J. W. Tukey, "An algorithm for the machine calculation of complex Fourier series",
 * Mathematics of Computation 19, 1965.
 *
 * @param {Float64Array} re
 * @param {Float64Array} im
 */
export function fft(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j], im[i], im[j]] = [re[j], re[i], im[j], im[i]];
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const [c, s] = [Math.cos((-2 * Math.PI * k) / size), Math.sin((-2 * Math.PI * k) / size)];
      for (let a = k; a < n; a += size) {
        const b = a + half;
        const [x, y] = [re[b] * c - im[b] * s, re[b] * s + im[b] * c];
        [re[b], im[b]] = [re[a] - x, im[a] - y];
        [re[a], im[a]] = [re[a] + x, im[a] + y];
      }
    }
  }
}

/**
 * Powers by time and frequency.
 *
 * @param {Float32Array} samples
 * @param {number} columns
 * @returns {Float64Array[]} one of FRAME / 2 powers per column
 */
export function spectrogram(samples, columns) {
  return Array.from({ length: columns }, (_, c) => {
    const start = Math.round(((c + 0.5) / columns) * samples.length - FRAME / 2);
    const re = Float64Array.from({ length: FRAME }, (_, k) => (samples[start + k] ?? 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * k) / FRAME)));
    const im = new Float64Array(FRAME);
    fft(re, im);
    return re.subarray(0, FRAME / 2).map((value, k) => value * value + im[k] * im[k]);
  });
}

/**
 * @param {import("./lab.js").App} app
 * @param {import("./network.js").Board} board
 */
export function makeListenCard(app, board) {
  /** @type {Record<string, { name: string, uri: string }>} */
  const sounds = app.lesson.table?.sounds ?? {};
  const audio = new Audio();
  /** @type {Float32Array} */
  let samples = new Float32Array(0);
  let playing = -1;
  const about = html("p", { class: "about" });
  const list = html("div", { class: "chips" });
  const heard = html("p", { class: "hint", role: "status" });
  const [wave, frequencies] = ["waveform", "spectrogram"].map((name) => html("canvas", { class: name, role: "img" }));
  const cursor = html("div", { class: "cursor", "aria-hidden": "true" });
  const pictures = html("div", { class: "sound-pictures", hidden: true }, wave, frequencies, cursor);
  const element = html("section", { class: "card listen", "aria-labelledby": "listen-title" }, html("h2", { id: "listen-title" }, "Listen"), about, list, heard, pictures);
  audio.addEventListener("play", follow);

  /** Places of the points that can be played. */
  const playable = () => (app.state.data.source === "lesson" ? Object.keys(sounds).map(Number) : []);

  /** @param {number} row */
  function className(row) {
    const { classes, labels, targets, yScale } = board.data();
    return targets ? String(Number((yScale.center + yScale.spread * targets[row]).toPrecision(4))) : classes[labels[row]];
  }

  /**
   * Offer points to be played.
   *
   * @param {string} title what they have in common
   * @param {number[]} rows the best first
   */
  function offer(title, rows) {
    const able = new Set(playable());
    const found = rows.filter((row) => able.has(row)).slice(0, MOST_OFFERED);
    about.textContent = found.length ? title : `${title}: none of them has its sound in this page.`;
    list.replaceChildren(...found.map((row) => button(`▶ ${sounds[row].name}`, () => play(row))));
    if (found.length) play(found[0]);
  }

  /** @param {number} row */
  function play(row) {
    const { name, uri } = sounds[row];
    const said = `${name}, ${className(row)}`;
    playing = row;
    audio.src = uri;
    audio.play().then(() => (heard.textContent = said), () => (heard.textContent = `${name} cannot be played here`));
    const bytes = Uint8Array.from(atob(uri.slice(uri.indexOf(",") + 1)), (c) => c.charCodeAt(0));
    new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes.buffer).then((decoded) => {
      if (playing !== row) return;
      samples = decoded.getChannelData(0);
      pictures.hidden = false;
      draw();
      wave.setAttribute("aria-label", `Waveform of ${said}, ${decoded.duration.toFixed(2)} seconds`);
      frequencies.setAttribute("aria-label", `Spectrogram of ${said}, up to ${RATE / 2000} kHz`);
    }, () => (pictures.hidden = true));
  }

  function follow() {
    cursor.style.left = `${(100 * audio.currentTime) / (audio.duration || 1)}%`;
    if (!audio.paused && !audio.ended) requestAnimationFrame(follow);
  }

  function draw() {
    if (!samples.length || pictures.hidden) return;
    const { positive, paper, ink } = app.colors();
    const { context, width, height } = clearCanvas(wave);
    context.fillStyle = css(positive);
    for (let x = 0; x < width; x++) {
      const part = samples.subarray(Math.floor((x / width) * samples.length), Math.floor(((x + 1) / width) * samples.length) + 1);
      const [low, high] = part.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [0, 0]);
      context.fillRect(x, (height / 2) * (1 - high), 1, Math.max((height / 2) * (high - low), 1));
    }
    const columns = spectrogram(samples, 200);
    const loudest = Math.max(...columns.map((one) => Math.max(...one)), 1e-12);
    const image = new ImageData(200, FRAME / 2);
    columns.forEach((powers, x) => powers.forEach((power, k) => {
      const share = Math.min(Math.max(1 + (10 * Math.log10(power / loudest + 1e-30)) / DECIBELS, 0), 1);
      const at = 4 * ((FRAME / 2 - 1 - k) * 200 + x);
      for (let c = 0; c < 3; c++) image.data[at + c] = paper[c] + (ink[c] - paper[c]) * share;
      image.data[at + 3] = 255;
    }));
    [frequencies.width, frequencies.height] = [200, FRAME / 2];
    /** @type {CanvasRenderingContext2D} */ (frequencies.getContext("2d")).putImageData(image, 0, 0);
  }

  /** After the points have changed: one of each class to begin with. */
  function rebuild() {
    const rows = playable();
    element.hidden = !rows.length;
    pictures.hidden = true;
    if (!rows.length) return;
    about.textContent = "Ringed points can be heard: click them. Here is one of each class; a cell of “Which class is taken for which” and a unit offer others.";
    const { labels } = board.data();
    const firsts = rows.filter((row, k) => rows.findIndex((other) => labels[other] === labels[row]) === k);
    list.replaceChildren(...firsts.slice(0, MOST_OFFERED).map((row) => button(`▶ ${className(row)}`, () => play(row))));
  }

  return { element, offer, play, playable, rebuild, draw };
}
