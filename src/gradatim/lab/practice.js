/**
 * Exercises: the questions that the page brings along, checked and explained here.
 *
 * Conventions: the questions are elements that the library wrote into the page; their answers are exact
 * numbers as text. A part has one attempt; a question is right if all of its parts are. Numbers may be
 * typed 0.5, .5, 1/2, 50e-2 or 0,5.
 */

import { html } from "../views/_dom.js";
import { button } from "./controls.js";

/** @typedef {{ answer: string | null, tolerance: string, slips: { value: string, says: string }[], choices: { right: boolean, says: string }[] }} PracticePart */

/**
 * Read a number that a person typed.
 *
 * @param {string} typed
 * @param {any} engine
 * @returns {{ n: bigint, d: bigint } | null}
 */
export function readNumber(typed, engine) {
  const plain = typed.replace(/\s+/g, "").replace(/^[−–]/, "-").replace(/(\d),(\d)/, "$1.$2").replace(/^([+-]?),(\d)/, "$1.$2");
  if (!plain || plain.length > 60) return null;
  try {
    return engine.toFraction(plain);
  } catch {
    return null;
  }
}

/**
 * Whether two fractions are at most so far apart.
 *
 * @param {{ n: bigint, d: bigint }} a
 * @param {{ n: bigint, d: bigint }} b
 * @param {{ n: bigint, d: bigint }} distance
 */
export function isNear(a, b, distance) {
  const top = a.n * b.d - b.n * a.d;
  return (top < 0n ? -top : top) * distance.d <= distance.n * a.d * b.d;
}

/**
 * Judge what was typed for a part: right or not, and which slip leads there.
 *
 * @param {PracticePart} part
 * @param {string} typed
 * @param {any} engine
 * @returns {{ right: boolean, says: string } | null} null if it is no number
 */
export function judge(part, typed, engine) {
  const value = readNumber(typed, engine);
  if (value === null || part.answer === null) return null;
  const tolerance = engine.toFraction(part.tolerance);
  if (isNear(value, engine.toFraction(part.answer), tolerance)) return { right: true, says: "" };
  const slip = part.slips.find((one) => isNear(value, engine.toFraction(one.value), tolerance));
  return { right: false, says: slip?.says ?? "" };
}

/**
 * @param {import("./lab.js").App} app
 * @param {HTMLElement} element with the questions, as the library wrote them
 */
export function makePracticeView(app, element) {
  /** @type {PracticePart[][]} */
  const parts = app.lesson.practice ?? [];
  const questions = [...element.querySelectorAll("article")];
  /** Of each question: null while it is open, then the share of its parts that were right. @type {(number | null)[]} */
  const credits = questions.map(() => null);
  const score = html("p", { class: "score", role: "status" });
  const count = html("span", { class: "muted" });
  let at = 0;

  const back = button("Back", () => go(at - 1));
  const on = button("Next question", () => go(at + 1));
  element.append(html("div", { class: "row practice-foot" }, back, on, count, score));

  questions.forEach((question, k) => {
    const form = html("form", { class: "parts", novalidate: true });
    const labels = [...question.querySelectorAll(".part")];
    const fields = parts[k].map((part, i) => makeField(labels[i], part));
    const check = html("button", { type: "submit", class: "primary" }, "Check");
    const giveUp = button("Show the answer", () => finish(true));
    const verdict = html("p", { class: "verdict", role: "status" });
    const solution = /** @type {HTMLElement} */ (question.querySelector(".solution"));
    form.append(...fields.map(({ row }) => row), html("div", { class: "row" }, check, giveUp), verdict);
    question.insertBefore(form, solution);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      finish(false);
    });

    /** @param {boolean} givenUp */
    function finish(givenUp) {
      if (credits[k] !== null) return;
      const judged = fields.map(({ judgeIt }) => judgeIt());
      const open = judged.findIndex((one) => one === null);
      if (open >= 0 && !givenUp) {
        verdict.textContent = "Something is still open, or is no number; write it like 0.5, 1/2 or -3.";
        fields[open].focus();
        return;
      }
      const right = judged.filter((one) => one?.right).length;
      credits[k] = givenUp ? 0 : right / judged.length;
      fields.forEach(({ close }, i) => close(givenUp ? null : judged[i]));
      verdict.textContent = givenUp ? "The way to the answer:" : right === judged.length ? "Right." : "Not right. The way to the answer:";
      verdict.className = `verdict ${credits[k] === 1 ? "right" : "wrong"}`;
      solution.hidden = false;
      check.disabled = true;
      giveUp.disabled = true;
      show();
      report(judged.map((one) => one?.right ?? false));
    }
  });

  /**
   * @param {Element} label what is asked for, with the choices where there are some
   * @param {PracticePart} part
   */
  function makeField(label, part) {
    const said = html("span", { class: "said" });
    const row = html("div", { class: "part-row" });
    if (!part.choices.length) {
      const input = html("input", { type: "text", inputmode: "text", autocomplete: "off", size: 10, "aria-label": `Answer: ${label.textContent?.trim() || "number"}` });
      row.append(label, input, said);
      return {
        row,
        focus: () => input.focus(),
        judgeIt: () => judge(part, input.value, app.engine),
        close: (/** @type {{ right: boolean, says: string } | null} */ found) => {
          input.disabled = true;
          mark(row, said, found);
        },
      };
    }
    const inputs = [...label.querySelectorAll("input")];
    row.append(label, said);
    return {
      row,
      focus: () => inputs[0].focus(),
      judgeIt: () => {
        const chosen = inputs.findIndex((input) => input.checked);
        return chosen < 0 ? null : { right: part.choices[chosen].right, says: part.choices[chosen].says };
      },
      close: (/** @type {{ right: boolean, says: string } | null} */ found) => {
        for (const input of inputs) input.disabled = true;
        mark(row, said, found);
      },
    };
  }

  /** @param {HTMLElement} row @param {HTMLElement} said @param {{ right: boolean, says: string } | null} found */
  function mark(row, said, found) {
    if (!found) return;
    row.classList.add(found.right ? "right" : "wrong");
    said.textContent = found.right ? "✓ right" : `✗ ${found.says || "not right"}`;
  }

  /** Tell an embedding page, such as a learning platform, what was answered. @param {boolean[]} answer */
  function report(answer) {
    app.tell({ state: app.encoded(), question: at + 1, answer, score: credits });
  }

  /** @param {number} to */
  function go(to) {
    at = Math.min(Math.max(to, 0), questions.length - 1);
    show();
    const heading = questions[at].querySelector("h2");
    if (heading instanceof HTMLElement) heading.focus();
  }

  function show() {
    questions.forEach((question, k) => (question.hidden = k !== at));
    back.disabled = at === 0;
    on.disabled = at === questions.length - 1;
    count.textContent = `Question ${at + 1} of ${questions.length}`;
    const done = credits.filter((credit) => credit !== null);
    const total = done.reduce((/** @type {number} */ sum, credit) => sum + (credit ?? 0), 0);
    score.textContent = done.length ? `${Number(total.toFixed(2))} of ${done.length} right` : "";
  }
  return { element, draw: show, isEmpty: !questions.length };
}
