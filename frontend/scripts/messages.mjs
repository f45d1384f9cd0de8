// Fails when the languages differ in their files, their keys, or the values that a text is filled with.
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../messages/", import.meta.url);
const [first, ...others] = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort((one) => (one === "en" ? -1 : 1));

function texts(language) {
  const found = new Map();
  for (const file of readdirSync(new URL(`${language}/`, FOLDER))
    .filter((name) => name.endsWith(".json"))
    .sort()) {
    collect(
      found,
      file.replace(".json", ""),
      JSON.parse(readFileSync(new URL(`${language}/${file}`, FOLDER), "utf8")),
    );
  }
  return found;
}

function collect(found, path, value) {
  if (typeof value === "string") found.set(path, argumentsOf(value));
  else for (const [key, inner] of Object.entries(value)) collect(found, `${path}.${key}`, inner);
}

/** Names in braces, and of tags: what the code must give the text. A word that a plural chooses is no name. */
function argumentsOf(text) {
  const names = [
    ...text.matchAll(/(?<!\b(?:zero|one|two|few|many|other) )\{\s*([a-z_]+)\s*[,}]|<([a-z]+)>/gi),
  ].map((match) => match[1] ?? `<${match[2]}>`);
  return [...new Set(names)].sort().join(",");
}

const wanted = texts(first);
const faults = others.flatMap((language) => {
  const found = texts(language);
  return [
    ...[...wanted.keys()].filter((key) => !found.has(key)).map((key) => `${language} lacks ${key}`),
    ...[...found.keys()]
      .filter((key) => !wanted.has(key))
      .map((key) => `${language} has ${key}, ${first} has not`),
    ...[...found]
      .filter(([key, names]) => wanted.has(key) && wanted.get(key) !== names)
      .map(([key]) => `${language} fills ${key} otherwise than ${first}`),
  ];
});
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
