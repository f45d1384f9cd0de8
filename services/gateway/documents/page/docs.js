// Renders /openapi.json. Everything is put in as text, never as markup, so that a description cannot become a program.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
  return element;
}

function resolve(api, node) {
  let found = node;
  for (let depth = 0; found && found.$ref && depth < 10; depth += 1) {
    found = found.$ref.slice(2).split("/").reduce((at, key) => at?.[key.replace(/~1/g, "/").replace(/~0/g, "~")], api);
  }
  return found ?? {};
}

function typeName(api, schema) {
  if (!schema) return "any";
  const name = schema.$ref ? schema.$ref.split("/").pop() : null;
  const known = resolve(api, schema);
  const choices = known.anyOf ?? known.oneOf;
  if (choices) return choices.map((choice) => typeName(api, choice)).join(" | ");
  if (known.const !== undefined) return JSON.stringify(known.const);
  if (known.enum) return known.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (known.type === "array") return `${typeName(api, known.items)}[]`;
  return name ?? [known.type ?? "any", known.format && `(${known.format})`].filter(Boolean).join(" ");
}

const LIMITS = ["minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "pattern", "default"];

function limits(schema) {
  return LIMITS.filter((key) => schema[key] !== undefined).map((key) => `${key} ${JSON.stringify(schema[key])}`).join(", ");
}

function inner(api, schema) {
  const known = resolve(api, schema);
  if (known.type === "array") return inner(api, known.items);
  const choices = (known.anyOf ?? known.oneOf ?? []).filter((choice) => choice.type !== "null");
  if (choices.length === 1) return inner(api, choices[0]);
  return known;
}

function schemaTree(api, schema, seen = []) {
  const known = inner(api, schema);
  const fields = Object.entries(known.properties ?? {});
  if (!fields.length || seen.includes(known)) return null;
  return make("ul", { class: "schema" }, fields.map(([name, field]) => {
    const bounds = limits(resolve(api, field));
    return make("li", {},
      make("code", {}, name), " ", make("span", { class: "quiet" }, typeName(api, field)),
      known.required?.includes(name) ? " required" : "", bounds ? ` · ${bounds}` : "",
      field.description ? ` · ${field.description}` : "",
      schemaTree(api, field, [...seen, known]));
  }));
}

function exampleOf(api, media) {
  const schema = resolve(api, media.schema);
  const named = Object.values(media.examples ?? {})[0];
  const found = media.example ?? named?.value ?? schema.examples?.[0] ?? schema.example;
  return found === undefined ? null : make("pre", {}, JSON.stringify(found, null, 2));
}

function content(api, body) {
  return Object.entries(body?.content ?? {}).map(([type, media]) => make("div", {},
    make("p", { class: "quiet" }, `${type}: `, make("code", {}, typeName(api, media.schema))),
    schemaTree(api, media.schema), exampleOf(api, media)));
}

function parametersTable(api, parameters) {
  if (!parameters.length) return null;
  return [make("h3", {}, "Parameters"), make("table", {}, parameters.map((given) => {
    const parameter = resolve(api, given);
    return make("tr", {},
      make("td", {}, make("code", {}, parameter.name), parameter.required ? " required" : ""),
      make("td", { class: "quiet" }, `${parameter.in}, ${typeName(api, parameter.schema)} ${limits(parameter.schema ?? {})}`),
      make("td", {}, parameter.description ?? ""));
  }))];
}

function operationBlock(api, path, method, operation, shared) {
  const body = resolve(api, operation.requestBody);
  const secured = (operation.security ?? api.security ?? []).length > 0;
  return make("details", { class: "operation", id: operation.operationId },
    make("summary", {},
      make("span", { class: `method ${method}` }, method.toUpperCase()), make("span", { class: "path" }, path),
      make("span", {}, operation.summary ?? "")),
    make("div", {},
      operation.deprecated ? make("p", {}, make("strong", {}, "Deprecated.")) : null,
      ...(operation.description ?? "").split(/\n\s*\n/).map((text) => make("p", {}, text)),
      make("p", { class: "quiet" }, `${operation.operationId}${secured ? " · needs an access token" : ""}`),
      parametersTable(api, [...shared, ...(operation.parameters ?? [])]),
      operation.requestBody ? make("h3", {}, "Body") : null, content(api, body),
      make("h3", {}, "Answers"),
      Object.entries(operation.responses ?? {}).map(([status, given]) => {
        const answer = resolve(api, given);
        return make("div", {}, make("p", {}, make("strong", {}, status), ` ${answer.description ?? ""}`), content(api, answer));
      })));
}

function byTag(api) {
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths ?? {})) {
    for (const method of METHODS.filter((name) => item[name])) {
      const tag = item[method].tags?.[0] ?? "other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({ path, method, operation: item[method], shared: item.parameters ?? [] });
    }
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

function render(api) {
  const page = document.getElementById("document");
  const contents = document.getElementById("contents");
  page.replaceChildren(make("h1", {}, `${api.info.title} API`),
    ...api.info.description.split(/\n\s*\n/).map((text) => make("p", {}, text)),
    make("p", {}, make("a", { href: "/openapi.json" }, "OpenAPI document")));
  for (const [tag, entries] of byTag(api)) {
    page.append(make("h2", {}, tag), ...entries.map(
      ({ path, method, operation, shared }) => operationBlock(api, path, method, operation, shared)));
    contents.append(make("section", {}, make("h2", {}, tag), entries.map(({ path, method, operation }) =>
      make("a", { href: `#${operation.operationId}` }, operation.summary ?? `${method.toUpperCase()} ${path}`))));
  }
  openLinked();
}

function openLinked() {
  const linked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (linked) { linked.open = true; linked.scrollIntoView(); }
}

function filter(text) {
  const wanted = text.trim().toLowerCase();
  for (const block of document.querySelectorAll(".operation")) block.hidden = !block.textContent.toLowerCase().includes(wanted);
  for (const link of document.querySelectorAll("nav a")) {
    link.hidden = document.getElementById(link.getAttribute("href").slice(1))?.hidden ?? false;
  }
}

async function start() {
  document.getElementById("filter").addEventListener("input", (event) => filter(event.target.value));
  window.addEventListener("hashchange", openLinked);
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`the document answered ${answer.status}`);
  render(await answer.json());
}

start().catch((error) => document.getElementById("document").replaceChildren(
  make("p", {}, `The document cannot be shown: ${error.message}. Try again in a moment.`)));
