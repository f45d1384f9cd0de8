import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { closingOf } from "@/packages/realtime";

type Code = { code: number; advice: "retry" | "stop"; wait_seconds: number };
const DOCUMENT = new URL("../../../tests/contracts/asyncapi.json", import.meta.url);
const document = JSON.parse(readFileSync(DOCUMENT, "utf8")) as {
  channels: { realtime: { "x-close-codes": Code[] } };
};
const codes = document.channels.realtime["x-close-codes"];

/** The client never hears the 1000 that it sends itself; what else sends one has not said that it is to stop. */
const OTHERWISE: Readonly<Record<number, string>> = { 1000: "retry", 4401: "renew", 4419: "renew" };

it.each(codes)(
  "does after a close with $code what the protocol advises",
  ({ code, advice, wait_seconds }) => {
    expect(closingOf(code)).toEqual({ advice: OTHERWISE[code] ?? advice, waitMs: wait_seconds * 1000 });
  },
);
