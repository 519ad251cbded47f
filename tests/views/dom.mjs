// The little of a document that views touch, so that they can be drawn without a browser.

class FakeElement {
  constructor(tagName) {
    this.tagName = tagName;
    this.attributes = new Map();
    this.childNodes = [];
    this.listeners = new Map();
    this.clientWidth = globalThis.fakeWidth ?? 800;
    this.style = { setProperty: (name, value) => this.attributes.set(`style:${name}`, value) };
    this.classList = {
      add: (...names) => this.#classes([...this.#names(), ...names]),
      remove: (...names) => this.#classes(this.#names().filter((name) => !names.includes(name))),
      contains: (name) => this.#names().includes(name),
    };
  }
  #names() {
    return (this.getAttribute("class") ?? "").split(" ").filter(Boolean);
  }
  #classes(names) {
    this.setAttribute("class", [...new Set(names)].join(" "));
  }
  setAttribute(name, value) {
    this.attributes.set(name, String(value));
  }
  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }
  removeAttribute(name) {
    this.attributes.delete(name);
  }
  append(...nodes) {
    this.childNodes.push(...nodes);
  }
  prepend(...nodes) {
    this.childNodes.unshift(...nodes);
  }
  replaceChildren(...nodes) {
    this.childNodes = nodes;
  }
  addEventListener(type, listener) {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }
  emit(type, event = {}) {
    const whole = { preventDefault() {}, ...event };
    for (const listener of this.listeners.get(type) ?? []) listener(whole);
  }
  click() {
    this.emit("click");
  }
  focus() {
    document.activeElement = this;
    this.emit("focus");
  }
  getBoundingClientRect() {
    return { left: 0, top: 0, width: this.clientWidth, height: 200 };
  }
  get textContent() {
    return this.childNodes.map((n) => (typeof n === "string" ? n : n.textContent)).join("");
  }
  set textContent(text) {
    this.childNodes = [text];
  }
  /** All descendants that have a tag name or, after a dot, a class. */
  all(selector) {
    const matches = (element) =>
      selector.startsWith(".")
        ? element.classList.contains(selector.slice(1))
        : element.tagName === selector;
    return this.childNodes
      .filter((node) => typeof node !== "string")
      .flatMap((node) => [...(matches(node) ? [node] : []), ...node.all(selector)]);
  }
  querySelectorAll(selector) {
    return this.all(selector);
  }
}

/** Make a fresh document and return an empty element in it. */
export function makeElement(width = 800) {
  globalThis.fakeWidth = width;
  globalThis.document = {
    activeElement: null,
    createElement: (tag) => new FakeElement(tag),
    createElementNS: (_, tag) => new FakeElement(tag),
  };
  globalThis.ResizeObserver = class {
    observe() {}
    disconnect() {}
  };
  return new FakeElement("div");
}

/** Draw a view from plain values. */
export function draw(view, values, width = 800) {
  const el = makeElement(width);
  view.render({ model: { get: (name) => values[name] }, el });
  return el;
}
