/**
 * The lab in a notebook: the page in a frame, its state beside it as the widget's.
 *
 * Conventions: anywidget's contract. The page tells every change of its state, and takes one that it is
 * sent; it is the same page as a file, with its own policy.
 */

/** @param {{ model: any, el: HTMLElement }} given */
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.title = "gradatim lab";
  frame.srcdoc = model.get("page");
  Object.assign(frame.style, { width: "100%", height: `${model.get("height")}px`, border: "0" });
  let last = "";
  let isKnown = false;

  /** @param {string} state */
  function send(state) {
    last = state;
    frame.contentWindow?.postMessage({ gradatim: 1, set: state }, "*");
  }

  /** @param {MessageEvent} event */
  function takeMessage({ source, data }) {
    if (source !== frame.contentWindow || data?.gradatim !== 1 || typeof data.state !== "string") return;
    const wanted = model.get("state");
    const isFirst = !isKnown;
    isKnown = true;
    // What the notebook has kept comes before what the page begins with.
    if (isFirst && wanted && wanted !== data.state) send(wanted);
    else {
      last = data.state;
      model.set("state", data.state);
      if (typeof data.equation === "string") model.set("equation", data.equation);
      model.save_changes();
    }
  }

  function changed() {
    const wanted = model.get("state");
    if (isKnown && wanted && wanted !== last) send(wanted);
  }

  window.addEventListener("message", takeMessage);
  model.on("change:state", changed);
  el.append(frame);
  return () => {
    window.removeEventListener("message", takeMessage);
    model.off("change:state", changed);
  };
}

export default { render };
