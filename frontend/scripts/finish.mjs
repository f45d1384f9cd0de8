// Finishes the export: a Content-Security-Policy with the hash of each inline script in every page, and a brotli
// twin of every text file, for hosts that serve one.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const OUT = fileURLToPath(new URL("../out", import.meta.url));
const COMPRESSED = new Set([".html", ".js", ".css", ".svg", ".txt", ".json", ".xml", ".webmanifest"]);
// The API's address is known only when the app runs (`/config.json`): the host's header names it exactly. Files are
// fetched from, and sent to, a store of another name.
const ELSEWHERE = "https: http://127.0.0.1:* http://localhost:*";
const CONNECT = `'self' ${ELSEWHERE} wss: ws://127.0.0.1:* ws://localhost:*`;

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

function policy(html) {
  const hashes = new Set();
  for (const [, attributes, code] of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)) {
    if (!/\bsrc=/.test(attributes) && code)
      hashes.add(`'sha256-${createHash("sha256").update(code).digest("base64")}'`);
  }
  return [
    "default-src 'none'",
    `script-src 'self' ${[...hashes].join(" ")}`,
    "style-src 'self'",
    `img-src 'self' data: ${ELSEWHERE}`,
    "font-src 'self'",
    `connect-src ${CONNECT}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ].join("; ");
}

function refuseInlineStyle(path, html) {
  const body = html.replace(/<script\b[\s\S]*?<\/script>/g, "");
  const found = body.match(/<[a-z]+[^>]*\sstyle="|<style\b/i);
  if (found)
    throw new Error(`${path} holds an inline style, which the policy refuses: ${found[0].slice(0, 120)}`);
}

for (const path of [...files(OUT)].filter((path) => path.endsWith(".html"))) {
  const html = readFileSync(path, "utf8");
  refuseInlineStyle(path, html);
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy(html)}"/>`;
  if (!html.includes("<head>")) throw new Error(`${path} has no <head> to put the policy in`);
  writeFileSync(path, html.replace("<head>", `<head>${meta}`));
}
for (const path of [...files(OUT)].filter((path) => COMPRESSED.has(extname(path)))) {
  const options = {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: statSync(path).size },
  };
  writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path), options));
}
