// The assistant on a website: <script src="…/widget.js" data-key="…" data-api="…" async></script>
//
// One file without dependencies, in a shadow root, so that neither the page's styles nor its own reach the other. All
// text is set as text, never as HTML. Nothing is stored on the visitor's device; the chat lasts as long as the page.
(() => {
  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement)) return;
  const { key, api } = script.dataset;
  if (!key || !api) return;
  const address = `${api.replace(/\/+$/, "")}/v1/widget/${encodeURIComponent(key)}`;

  const TEXTS = {
    en: {
      open: "Ask a question",
      close: "Close",
      ask: "Ask",
      stop: "Stop",
      question: "Your question",
      searching: "Looking into the documents …",
      sources: "Sources",
      page: "page",
      busy: "Too many questions at present. Please come back later.",
      failed: "That did not work. Please try again.",
      broken: "The answer broke off. Please ask again.",
      machine: "Answers are written by a machine from documents of this business.",
    },
    de: {
      open: "Eine Frage stellen",
      close: "Schließen",
      ask: "Fragen",
      stop: "Anhalten",
      question: "Ihre Frage",
      searching: "Die Dokumente werden durchsucht …",
      sources: "Quellen",
      page: "Seite",
      busy: "Zurzeit werden zu viele Fragen gestellt. Bitte kommen Sie später wieder.",
      failed: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
      broken: "Die Antwort brach ab. Bitte fragen Sie noch einmal.",
      machine: "Antworten schreibt eine Maschine aus Dokumenten dieses Unternehmens.",
    },
  };
  const language = (document.documentElement.lang || navigator.language || "en").slice(0, 2).toLowerCase();
  const texts = TEXTS[language] ?? TEXTS.en;

  const STYLE = `
    :host { all: initial; position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem; z-index: 2147483000;
      font: 16px/1.5 system-ui, sans-serif; color-scheme: light dark; --line: #78716c; --soft: #57534e; }
    * { box-sizing: border-box; font: inherit; }
    button { cursor: pointer; border: 0; border-radius: .75rem; padding: .6rem 1rem; min-block-size: 2.75rem;
      background: var(--colour); color: var(--text); }
    button:hover { filter: brightness(1.1); }
    /* Black within white shows on every colour. */
    :focus-visible { outline: 2px solid #000; outline-offset: 2px; box-shadow: 0 0 0 4px #fff; }
    .launch { border-radius: 2rem; padding-inline: 1.25rem; font-weight: 600; box-shadow: 0 4px 16px rgb(0 0 0 / 30%); }
    .close { padding: 0; inline-size: 2.75rem; flex: none; font-size: 1.5rem; line-height: 1; background: none; }
    .panel { inline-size: 24rem; block-size: min(36rem, calc(100dvh - 2rem)); display: flex; flex-direction: column;
      border-radius: 1rem; overflow: hidden; background: #fff; color: #1c1917; box-shadow: 0 10px 40px rgb(0 0 0 / 30%); }
    .panel[hidden], .launch[hidden] { display: none; }
    header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: .4rem .4rem .4rem 1rem;
      background: var(--colour); color: var(--text); }
    h2 { margin: 0; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .log { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 1rem; display: flex; flex-direction: column;
      gap: .75rem; overflow-wrap: anywhere; }
    .log:focus-visible { outline-offset: -4px; box-shadow: none; }
    p, ul, ol { margin: 0; } ul, ol { padding-inline-start: 1.4rem; } strong { font-weight: 600; } a { color: inherit; }
    code { font-family: ui-monospace, monospace; font-size: .9em; }
    sup { font-size: .7em; font-weight: 600; line-height: 1; padding-inline-start: .15em; }
    .asked { align-self: flex-end; max-inline-size: 85%; padding: .5rem .75rem; border-radius: .75rem;
      background: #e7e5e4; color: #1c1917; white-space: pre-wrap; }
    .answer { display: flex; flex-direction: column; gap: .4rem; }
    .note, .sources { font-size: 14px; color: var(--soft); } .sources li { margin-block: .25rem; }
    summary { cursor: pointer; font-weight: 600; padding-block: .35rem; }
    .examples { display: flex; flex-direction: column; gap: .5rem; align-items: flex-start; }
    .examples button { background: none; color: inherit; border: 1px solid var(--line); text-align: start; }
    form { display: flex; align-items: flex-end; gap: .5rem; padding: .75rem; border-block-start: 1px solid #a8a29e80; }
    textarea { flex: 1; min-inline-size: 0; resize: none; border: 1px solid var(--line); border-radius: .75rem;
      padding: .5rem .75rem; background: transparent; color: inherit; }
    small { display: block; padding: 0 .75rem .6rem; font-size: 12px; } small, ::placeholder { color: var(--soft); opacity: 1; }
    @media (max-width: 30rem) { .panel { position: fixed; inset: 0; inline-size: auto; block-size: auto; border-radius: 0; } }
    @media (prefers-color-scheme: dark) { :host { --soft: #d6d3d1; }
      .panel { background: #1c1917; color: #fafaf9; } .asked { background: #44403c; color: #fafaf9; } }
    @media print { :host { display: none; } }
  `;

  /** Black or white, whichever stands out more from a colour (WCAG 2.2, "relative luminance"). */
  const textOn = (colour) => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
    const [red, green, blue] = parts.map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
  };

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  // What is found in an answer's line: bold, code, a link, and the place of a citation, in characters that no text is
  // left with.
  const PIECE = /\*\*(.+?)\*\*|`([^`]+)`|\[([^\][]+)\]\((https?:\/\/[^\s()]+)\)|\ue000(\d+)\ue001/g;

  function inlines(written) {
    // A row of a table that is quoted alone: its cells.
    const [, cells, marks] = /^\|(.+)\|((?:\ue000\d+\ue001|\s)*)$/.exec(written.trim()) ?? [];
    const line = cells
      ? cells
          .split("|")
          .map((cell) => cell.trim())
          .join(" · ") + marks
      : written;
    const pieces = [];
    let done = 0;
    for (const { 0: whole, 1: bold, 2: code, 3: label, 4: href, 5: number, index } of line.matchAll(PIECE)) {
      pieces.push(line.slice(done, index));
      done = index + whole.length;
      if (bold) pieces.push(element("strong", {}, ...inlines(bold)));
      else if (code) pieces.push(element("code", { textContent: code.replace(/\ue000\d+\ue001/g, "") }));
      else if (href) {
        const rel = "noopener noreferrer nofollow";
        pieces.push(element("a", { href, rel, target: "_blank", textContent: label }));
      } else pieces.push(element("sup", { textContent: number }));
    }
    return [...pieces, line.slice(done)];
  }

  /** An answer's paragraphs and lists, with the numbers of its citations where they belong (`at` counts code points). */
  function blocksOf(text, citations) {
    const letters = [...text.replace(/[\ue000\ue001]/g, "\ufffd")];
    for (const { number, at } of [...citations].sort(
      (one, other) => other.at - one.at || other.number - one.number,
    ))
      letters.splice(at, 0, `\ue000${number}\ue001`);
    const blocks = [];
    for (const line of letters.join("").split("\n")) {
      const item = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/.exec(line);
      if (item) {
        const name = item[1] ? "ol" : "ul";
        const before = blocks.at(-1);
        const list = before?.localName === name ? before : element(name, item[1] ? { start: item[1] } : {});
        if (list !== before) blocks.push(list);
        list.append(element("li", {}, ...inlines(item[2])));
      } else if (line.trim()) {
        const heading = /^#{1,6}\s+(.*)$/.exec(line);
        const inner = inlines(heading ? heading[1] : line);
        blocks.push(element("p", {}, ...(heading ? [element("strong", {}, ...inner)] : inner)));
      }
    }
    return blocks;
  }

  /** The documents and pages that bear an answer out, with the words that are cited, for who opens them. */
  function sourcesOf(citations) {
    const items = citations.map(({ number, document_name, page, quote }) =>
      element("li", {
        value: number,
        textContent: `${document_name}${page ? `, ${texts.page} ${page}` : ""}: “${quote}”`,
      }),
    );
    const names = [...new Set(citations.map(({ document_name }) => document_name))].join(", ");
    return element(
      "details",
      { className: "sources" },
      element("summary", { textContent: `${texts.sources}: ${names}` }),
      element("ol", {}, ...items),
    );
  }

  /** The data of each server-sent event of a response, with its name. */
  async function* eventsOf(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let waiting = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      waiting += value;
      const blocks = waiting.split(/\r?\n\r?\n/);
      waiting = blocks.pop() ?? "";
      for (const block of blocks) {
        const lines = block.split(/\r?\n/);
        const name = lines
          .find((line) => line.startsWith("event:"))
          ?.slice(6)
          .trim();
        const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5));
        if (name && data.length) yield [name, JSON.parse(data.join("\n"))];
      }
    }
  }

  /** The elements of the widget, which are on no page yet. */
  function frameOf({ assistant, colour }) {
    const log = element("div", { className: "log", role: "log", tabIndex: 0, ariaLabel: assistant });
    const box = element("textarea", { rows: 2, maxLength: 4000, placeholder: texts.question });
    box.ariaLabel = texts.question;
    const send = element("button", { type: "submit", textContent: texts.ask });
    const form = element("form", {}, box, send);
    const close = element("button", { type: "button", className: "close", textContent: "×" });
    close.ariaLabel = texts.close;
    const head = element("header", {}, element("h2", { textContent: assistant }), close);
    const small = element("small", { textContent: texts.machine });
    const panel = element(
      "section",
      { className: "panel", hidden: true, role: "dialog" },
      head,
      log,
      form,
      small,
    );
    panel.ariaLabel = assistant;
    const launch = element("button", { className: "launch", type: "button", textContent: texts.open });
    const host = element("div");
    host.style.setProperty("--colour", colour);
    host.style.setProperty("--text", textOn(colour));
    const root = host.attachShadow({ mode: "open" });
    // No element, which a website's Content-Security-Policy may forbid.
    root.adoptedStyleSheets = [new CSSStyleSheet()];
    root.adoptedStyleSheets[0].replaceSync(STYLE);
    root.append(panel, launch);
    return { host, panel, launch, log, form, box, send, close };
  }

  /** Asks and shows what is answered; `stop` ends the answer that is being written, and says whether there was one. */
  function conversation({ log, send }) {
    let chat = null;
    let answering = null;

    const toEnd = () => log.scrollTo(0, log.scrollHeight);
    const say = (className, ...children) => {
      const said = element("div", { className }, ...children);
      log.append(said);
      toEnd();
      return said;
    };
    const post = (question, signal) =>
      fetch(`${address}/answers/stream`, {
        method: "POST",
        credentials: "omit",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(chat ? { question, chat } : { question }),
        signal,
      });

    /** Writes the answer as it comes; says whether it came to its end. */
    async function write(response, answer, citations) {
      let written = "";
      for await (const [name, data] of eventsOf(response)) {
        if (name === "started") chat = data.chat;
        if (name === "text") written += data.text;
        if (name === "citation") citations.push(data);
        if (name === "ended") return data.state === "done";
        if (!written) continue;
        const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
        answer.replaceChildren(...blocksOf(written, citations));
        if (isAtEnd) toEnd();
      }
      return false;
    }

    async function ask(question) {
      log.querySelector(".examples")?.remove();
      say("asked", question);
      const answer = say("answer", element("p", { className: "note", textContent: texts.searching }));
      const isEmpty = () => answer.querySelector(".note") !== null;
      const note = (text) => {
        if (isEmpty()) answer.replaceChildren();
        answer.append(element("p", { className: "note", textContent: text }));
      };
      answering = new AbortController();
      const { signal } = answering;
      const citations = [];
      send.textContent = texts.stop;
      log.ariaBusy = "true"; // so that a screen reader says the answer as a whole
      try {
        const response = await post(question, signal);
        if (!response.ok) note([409, 429].includes(response.status) ? texts.busy : texts.failed);
        else if (!(await write(response, answer, citations))) note(texts.broken);
        if ([400, 404].includes(response.status)) chat = null; // it has gone meanwhile: the next question begins another
      } catch {
        if (!signal.aborted) note(isEmpty() ? texts.failed : texts.broken);
        else if (isEmpty()) answer.remove();
      } finally {
        if (citations.length) answer.append(sourcesOf(citations));
        toEnd();
        answering = null;
        send.textContent = texts.ask;
        log.ariaBusy = "false";
      }
    }
    const stop = () => {
      answering?.abort();
      return answering !== null;
    };
    return { ask, stop, say, isBusy: () => answering !== null };
  }

  function show(settings) {
    const frame = frameOf(settings);
    const { host, panel, launch, form, box, close } = frame;
    const { ask, stop, say, isBusy } = conversation(frame);
    const toggle = (open) => {
      panel.hidden = !open;
      launch.hidden = open;
      (open ? box : launch).focus();
    };
    launch.addEventListener("click", () => toggle(true));
    close.addEventListener("click", () => toggle(false));
    panel.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the page's own shortcuts are not meant
      if (event.key === "Escape") toggle(false);
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!isBusy()) form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const question = box.value.trim();
      if (stop() || !question) return;
      box.value = "";
      void ask(question);
    });
    if (settings.greeting) say("answer", element("p", { textContent: settings.greeting }));
    const examples = settings.example_questions.map((textContent) => {
      const example = element("button", { type: "button", textContent });
      example.addEventListener("click", () => {
        box.focus();
        void ask(textContent);
      });
      return example;
    });
    if (examples.length) say("examples", ...examples);
    document.body.append(host);
  }

  /** A script in the head may run before there is a body. */
  const body = () =>
    new Promise((resolve) => {
      if (document.body) resolve();
      else document.addEventListener("DOMContentLoaded", resolve, { once: true });
    });

  // Where the widget does not answer, or the assistant is away, visitors see nothing; who made the page is told.
  fetch(address, { credentials: "omit" })
    .then(async (response) => {
      const told = await response.json();
      if (!response.ok) throw new Error(told.detail);
      await body();
      show(told);
    })
    // biome-ignore lint/suspicious/noConsole: the console is the only place that the page's visitors do not see
    .catch((error) => console.warn(`The assistant is not shown: ${error.message}`));
})();
