// Writes lib/api/schema.d.ts from the gateway's OpenAPI document; with --check, only says whether it is fresh.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const DOCUMENT = new URL("../../tests/contracts/openapi/merged.json", import.meta.url);
const CLIENT = new URL("../lib/api/schema.d.ts", import.meta.url);
const HEAD = "// Generated from the gateway's OpenAPI document by `make client`. Do not edit.\n";

const text =
  HEAD +
  astToString(await openapiTS(JSON.parse(readFileSync(DOCUMENT, "utf8")), { defaultNonNullable: false }));
if (process.argv.includes("--check")) {
  if (readFileSync(CLIENT, "utf8") !== text) {
    console.error("lib/api/schema.d.ts is stale: run `make client`.");
    process.exit(1);
  }
} else {
  writeFileSync(CLIENT, text);
}
