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
      font: 16px/1.5 system-ui, sans-serif; color-scheme: light dark; }
    * { box-sizing: border-box; font: inherit; }
    button { cursor: pointer; border: 0; border-radius: .75rem; padding: .6rem 1rem; background: var(--colour); color: var(--text); }
    button:focus-visible, textarea:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
    .plain { background: none; color: inherit; text-decoration: underline; text-align: start; padding: .3rem .5rem; }
    .panel { inline-size: min(24rem, calc(100vw - 2rem)); block-size: min(36rem, calc(100vh - 2rem)); display: flex;
      flex-direction: column; border-radius: 1rem; overflow: hidden; background: #fff; color: #1c1917;
      box-shadow: 0 10px 40px rgb(0 0 0 / 30%); }
    .panel[hidden], .launch[hidden] { display: none; }
    header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: .6rem .6rem .6rem 1rem;
      background: var(--colour); color: var(--text); }
    h2 { margin: 0; font-weight: 600; }
    .log { flex: 1; overflow-y: auto; padding: 1rem; display: flex; flex-direction: column; gap: .75rem; }
    .log p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
    .asked { align-self: flex-end; max-inline-size: 85%; padding: .5rem .75rem; border-radius: .75rem; background: #e7e5e4;
      color: #1c1917; }
    .sources { margin: .25rem 0 0; padding-inline-start: 1.5rem; font-size: 13px; opacity: .85; }
    form { display: flex; gap: .5rem; padding: .75rem; border-block-start: 1px solid #d6d3d1; }
    textarea { flex: 1; resize: none; border: 1px solid #78716c; border-radius: .75rem; padding: .5rem .75rem;
      background: transparent; color: inherit; }
    small { display: block; padding: 0 .75rem .6rem; font-size: 12px; opacity: .8; }
    @media (prefers-color-scheme: dark) { .panel { background: #1c1917; color: #fafaf9; } .asked { background: #44403c; color: #fafaf9; } }
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

  function show(settings) {
    const host = element("div");
    const root = host.attachShadow({ mode: "open" });
    host.style.setProperty("--colour", settings.colour);
    host.style.setProperty("--text", textOn(settings.colour));
    const log = element("div", { className: "log", role: "log", tabIndex: 0 });
    log.setAttribute("aria-live", "polite");
    log.setAttribute("aria-label", settings.assistant);
    const box = element("textarea", { rows: 2, maxLength: 4000, required: true });
    box.setAttribute("aria-label", texts.question);
    const send = element("button", { type: "submit", textContent: texts.ask });
    const form = element("form", {}, box, send);
    const close = element("button", { type: "button", textContent: "×" });
    close.setAttribute("aria-label", texts.close);
    const title = element("h2", { textContent: settings.assistant, id: "title" });
    const panel = element(
      "section",
      { className: "panel", hidden: true },
      element("header", {}, title, close),
      log,
      form,
    );
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-labelledby", "title");
    panel.append(element("small", { textContent: texts.machine }));
    const launch = element("button", { className: "launch", type: "button", textContent: texts.open });
    launch.setAttribute("aria-expanded", "false");
    root.append(element("style", { textContent: STYLE }), panel, launch);

    let chat = null;
    let answering = null;

    const toggle = (open) => {
      panel.hidden = !open;
      launch.hidden = open;
      launch.setAttribute("aria-expanded", String(open));
      (open ? box : launch).focus();
    };
    const say = (className, text) => {
      const line = element("p", { className, textContent: text });
      log.append(line);
      line.scrollIntoView({ block: "nearest" });
      return line;
    };
    const showSources = (line, citations) => {
      const shown = [...new Map(citations.map((one) => [`${one.document_name}\n${one.page}`, one])).values()];
      if (!shown.length) return;
      const names = shown.map(({ document_name, page }) =>
        page ? `${document_name}, ${texts.page} ${page}` : document_name,
      );
      line.after(
        element("ol", { className: "sources" }, ...names.map((name) => element("li", { textContent: name }))),
      );
    };

    async function ask(question) {
      say("asked", question);
      const line = say("answer", "…");
      answering = new AbortController();
      send.textContent = texts.stop;
      const citations = [];
      let written = "";
      let ended = false;
      try {
        const response = await fetch(`${address}/answers/stream`, {
          method: "POST",
          credentials: "omit",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(chat ? { question, chat } : { question }),
          signal: answering.signal,
        });
        if (!response.ok) {
          line.textContent = [409, 429].includes(response.status) ? texts.busy : texts.failed;
          return;
        }
        for await (const [name, data] of eventsOf(response)) {
          if (name === "started") chat = data.chat;
          if (name === "text") line.textContent = written += data.text;
          if (name === "citation") citations.push(data);
          if (name === "ended") ended = data.state === "done";
        }
        if (!ended) say("answer", texts.broken);
      } catch {
        if (!answering.signal.aborted)
          line.textContent = written ? `${written}\n\n${texts.broken}` : texts.failed;
        else if (!written) line.remove();
      } finally {
        showSources(line, citations);
        answering = null;
        send.textContent = texts.ask;
      }
    }

    launch.addEventListener("click", () => toggle(true));
    close.addEventListener("click", () => toggle(false));
    panel.addEventListener("keydown", (event) => event.key === "Escape" && toggle(false));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (answering) {
        answering.abort();
        return;
      }
      const question = box.value.trim();
      if (!question) return;
      box.value = "";
      void ask(question);
    });
    if (settings.greeting) say("answer", settings.greeting);
    for (const question of settings.example_questions) {
      const example = element("button", { className: "plain", type: "button", textContent: question });
      example.addEventListener("click", () => !answering && void ask(question));
      log.append(example);
    }
    document.body.append(host);
  }

  // A page where the widget does not answer, or an assistant that is away, shows nothing at all.
  fetch(address, { credentials: "omit" })
    .then((response) => (response.ok ? response.json() : null))
    .then((settings) => settings && show(settings))
    .catch(() => {});
})();
