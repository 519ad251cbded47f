/**
 * Making elements: the little that views need instead of a framework.
 *
 * Conventions: text is always set as text, never as markup, so names from a person's data are safe.
 */

/**
 * Fill an element with attributes and children.
 *
 * @template {Element} T
 * @param {T} element
 * @param {Record<string, string | number | boolean | null | undefined>} attributes absent if
 *   false, null or undefined
 * @param {(Node | string)[]} children
 * @returns {T}
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * Make an HTML element.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * Make an SVG element.
 *
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/**
 * Draw now, and again whenever the element's width changes.
 *
 * @param {HTMLElement} el
 * @param {(width: number) => void} draw
 * @returns {() => void} stops it
 */
export function drawToWidth(el, draw) {
  let drawn = 0;
  const update = () => {
    const width = Math.round(el.clientWidth) || 640;
    if (width === drawn) return;
    drawn = width;
    draw(width);
  };
  update();
  const observer = new ResizeObserver(update);
  observer.observe(el);
  return () => observer.disconnect();
}

/**
 * Make a button that plays a sound, and stops whatever else is played in an element.
 *
 * @param {string} sound address of the sound
 * @param {string} name what is heard
 * @param {HTMLElement} el
 * @returns {HTMLButtonElement}
 */
export function player(sound, name, el) {
  const audio = html("audio", { src: sound, preload: "none" });
  const button = html("button", { type: "button", class: "play", "aria-label": `Play ${name}` }, "▶", audio);
  button.addEventListener("click", () => {
    for (const other of el.querySelectorAll("audio")) if (other !== audio) other.pause();
    if (!audio.paused) {
      audio.pause();
      return;
    }
    audio.currentTime = 0;
    audio.play().catch(() => button.replaceChildren("×"));
  });
  audio.addEventListener("play", () => button.classList.add("playing"));
  for (const end of ["pause", "ended"]) {
    audio.addEventListener(end, () => button.classList.remove("playing"));
  }
  return button;
}
