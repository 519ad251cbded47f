/**
 * Asking the server of a served page: one message, one answer, both checked.
 *
 * Conventions: the schema of all messages comes with the page. An answer that does not fit it is an
 * error, never half of one. A server that was started anew is greeted again; what it was working on is
 * lost, and said.
 */

/** What cannot be answered, in one sentence. */
export class AskError extends Error {}

/** Tries, one second apart, to reach a server that does not answer while it works. */
const TRIES = 60;

/** @typedef {Record<string, any>} Schema */

/**
 * Say where a value does not fit its schema; nothing where it does.
 *
 * @param {Schema} parts all named schemas
 * @param {any} value
 * @param {Schema} form
 * @param {string} [where]
 * @returns {string}
 */
export function misfit(parts, value, form, where = "message") {
  if (form.$ref) return misfit(parts, value, parts[form.$ref.split("/").pop()], where);
  if (form.anyOf) {
    const tag = form.discriminator?.propertyName;
    const kind = tag && value !== null && typeof value === "object" && Object.hasOwn(value, tag) ? value[tag] : "";
    const chosen = typeof kind === "string" && Object.hasOwn(form.discriminator?.mapping ?? {}, kind) && form.discriminator.mapping[kind];
    if (chosen) return misfit(parts, value, { $ref: chosen }, where);
    return !tag && form.anyOf.some((/** @type {Schema} */ one) => !misfit(parts, value, one, where)) ? "" : `${where} is of no known kind`;
  }
  if (form.enum) return form.enum.includes(value) ? "" : `${where} is none of ${form.enum.join(", ")}`;
  const isRight = { string: typeof value === "string", number: Number.isFinite(value), integer: Number.isInteger(value), boolean: typeof value === "boolean", null: value === null, array: Array.isArray(value), object: typeof value === "object" && value !== null && !Array.isArray(value) };
  if (form.type && !isRight[/** @type {keyof typeof isRight} */ (form.type)]) return `${where} is no ${form.type}`;
  return misfitOfParts(parts, value, form, where) || outOfBounds(value, form, where);
}

/** @param {Schema} parts @param {any} value @param {Schema} form @param {string} where */
function misfitOfParts(parts, value, form, where) {
  if (form.type === "array") {
    for (const [k, one] of value.entries()) {
      const wrong = form.items ? misfit(parts, one, form.items, `${where}[${k}]`) : "";
      if (wrong) return wrong;
    }
  }
  if (form.type !== "object") return "";
  for (const name of form.required ?? []) if (!Object.hasOwn(value, name)) return `${where} lacks ${name}`;
  for (const [name, one] of Object.entries(value)) {
    const known = form.properties && Object.hasOwn(form.properties, name) ? form.properties[name] : null;
    if (!known && form.additionalProperties === false) return `${where} has an unknown ${name}`;
    const wrong = known ? misfit(parts, one, known, `${where}.${name}`) : "";
    if (wrong) return wrong;
  }
  return "";
}

/** @param {any} value @param {Schema} form @param {string} where */
function outOfBounds(value, form, where) {
  const size = form.type === "string" || form.type === "array" ? value.length : value;
  const [low, high] = [form.minimum ?? form.minLength ?? form.minItems ?? -Infinity, form.maximum ?? form.maxLength ?? form.maxItems ?? Infinity];
  return typeof size === "number" && (size < low || size > high) ? `${where} is out of bounds` : "";
}

/**
 * What speaks with the server.
 *
 * @param {Schema} parts all named schemas
 * @param {(about: any) => void} welcomed told what the server's collection is, also after a restart
 */
export function makeClient(parts, welcomed) {
  let session = "";

  /** @param {Record<string, any>} message */
  async function exchange(message) {
    const wrong = misfit(parts, message, parts.Ask);
    if (wrong) throw new AskError(`This cannot be asked: ${wrong}.`);
    let response;
    try {
      response = await fetch("ask", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(message) });
    } catch {
      throw new AskError("The server does not answer; is it still running?");
    }
    return read(response);
  }

  /** @param {Response} response */
  async function read(response) {
    let answer;
    try {
      answer = await response.json();
    } catch {
      throw new AskError("The server has too many pages to answer; try again.");
    }
    const wrong = misfit(parts, answer, parts.Answer);
    if (wrong) throw new AskError(`The server's answer is not understood: ${wrong}.`);
    return answer;
  }

  async function greet() {
    const answer = await exchange({ ask: "hello" });
    if (answer.answer === "refusal") throw new AskError(sentence(answer.says));
    session = answer.session;
    welcomed(answer.about);
  }

  /**
   * Ask, and greet the server first where it does not know this page.
   *
   * @param {Record<string, any>} message without its session
   */
  async function ask(message) {
    if (!session) await greet();
    let answer = await exchange({ ...message, session });
    if (answer.code === "unknown" && message.ask !== "watch" && message.ask !== "stop") {
      await greet();
      answer = await exchange({ ...message, session });
    }
    if (answer.code === "unknown") throw new AskError("The server was started anew, and this was lost; ask again.");
    if (answer.answer === "refusal") throw new AskError(sentence(answer.says));
    return answer;
  }

  /**
   * Have a job done.
   *
   * @param {Record<string, any>} message
   * @param {(state: any) => void} tell how far it is
   * @returns {Promise<any>} its last state
   */
  async function work(message, tell) {
    const { job } = await ask(message);
    let [state, seen, tries] = [/** @type {any} */ (null), 0, 0];
    for (;;) {
      try {
        state = await ask({ ask: "watch", job, seen });
        tries = 0;
      } catch (error) {
        if (!(error instanceof AskError) || !error.message.includes("does not answer") || ++tries > TRIES) throw error;
        tell({ job, state: "working", doing: "the server does not answer; trying again", share: null });
        await new Promise((resolve) => setTimeout(resolve, 1000));
        continue;
      }
      seen = state.seen;
      tell(state);
      if (!["waiting", "working"].includes(state.state)) return state;
    }
  }

  /** @param {string} name @param {Blob} file */
  async function send(name, file) {
    if (!session) await greet();
    const query = new URLSearchParams({ session, name });
    let response;
    try {
      response = await fetch(`files?${query}`, { method: "POST", body: file });
    } catch {
      throw new AskError("The server does not answer; is it still running?");
    }
    if (response.status !== 204) throw new AskError(sentence((await read(response)).says ?? "The file was refused"));
  }

  return { ask, work, send, greet };
}

/**
 * Return what a server says as a sentence of a page. The lines that point into an equation are left out,
 * and a formula or the name of a file at the beginning stays as it is.
 *
 * @param {string} says
 */
export function sentence(says) {
  const said = says.replace(/\n[^\n]*\n *\^\s*$/, "");
  const begins = /^(?:a |\p{L}[\p{L}-]+(?![\p{L}\d_.(^*/+-]))/u.test(said) ? said.charAt(0).toUpperCase() : said.charAt(0);
  return `${begins}${said.slice(1)}${/[.!?]$/.test(said) ? "" : "."}`;
}
