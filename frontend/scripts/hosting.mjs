// Writes hosting/ for each kind of host from hosting/headers.json and the cache rules below; with --check, only says whether it is fresh.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const FOLDER = new URL("../hosting/", import.meta.url);
const SECURITY = JSON.parse(readFileSync(new URL("headers.json", FOLDER), "utf8"));
const FOR_EVER = "public, max-age=31536000, immutable";
const ASK_FIRST = "no-cache";
const rules = [
  { path: "/*", source: "/(.*)", pattern: "**/*", headers: { ...SECURITY, "Cache-Control": ASK_FIRST } },
  {
    path: "/_next/static/*",
    source: "/_next/static/(.*)",
    pattern: "/_next/static/**/*",
    headers: { "Cache-Control": FOR_EVER },
  },
];

/** `_headers` of Cloudflare Pages and Netlify: a later rule adds to an earlier one, so its header is detached first. */
function plain() {
  const block = ({ path, headers }, first) =>
    [
      path,
      ...(first ? [] : ["  ! Cache-Control"]),
      ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`),
    ].join("\n");
  return `${rules.map((rule, at) => block(rule, at === 0)).join("\n\n")}\n`;
}

function vercel() {
  const list = (headers) => Object.entries(headers).map(([key, value]) => ({ key, value }));
  return json({
    trailingSlash: true,
    headers: rules.map(({ source, headers }) => ({ source, headers: list(headers) })),
  });
}

/** `customHttp.yml` of AWS Amplify Hosting; JSON is YAML. */
function amplify() {
  const list = (headers) => Object.entries(headers).map(([key, value]) => ({ key, value }));
  return json({ customHeaders: rules.map(({ pattern, headers }) => ({ pattern, headers: list(headers) })) });
}

/** For `aws cloudfront create-response-headers-policy`; what caches for how long is metadata of the objects in S3. */
function cloudfront() {
  const custom = new Set(["Permissions-Policy", "Cross-Origin-Opener-Policy"]);
  const items = Object.entries(SECURITY)
    .filter(([name]) => custom.has(name))
    .map(([Header, Value]) => ({ Header, Value, Override: true }));
  return json({
    Name: "stackpro-web",
    SecurityHeadersConfig: {
      ContentSecurityPolicy: { ContentSecurityPolicy: SECURITY["Content-Security-Policy"], Override: true },
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: SECURITY["X-Frame-Options"], Override: true },
      ReferrerPolicy: { ReferrerPolicy: SECURITY["Referrer-Policy"], Override: true },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 63072000, IncludeSubdomains: true, Override: true },
    },
    CustomHeadersConfig: { Quantity: items.length, Items: items },
  });
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const wanted = {
  _headers: plain(),
  "vercel.json": vercel(),
  "customHttp.yml": amplify(),
  "cloudfront.json": cloudfront(),
};
for (const [name, text] of Object.entries(wanted)) {
  const file = new URL(name, FOLDER);
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    console.error(`hosting/${name} is stale: run \`node scripts/hosting.mjs\`.`);
    process.exitCode = 1;
  }
}
