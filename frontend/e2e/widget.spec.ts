/** An assistant on a website of another origin, brought there by one tag, under as strict a policy as a website may have. */
import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIRequestContext } from "@playwright/test";
import { graveFaults } from "./support/axe";
import { addDocument, PRICES } from "./support/knowledge";
import { picture } from "./support/picture";
import { API, type Owner, WEB } from "./support/platform";
import { call } from "./support/team";
import { expect, test as plain } from "./support/test";

type Website = { origin: string; shows: (tag: string) => void };
const POLICY = `default-src 'none'; script-src ${WEB}; connect-src ${API}`;

const test = plain.extend<{ website: Website; other: Website }>({
  website: async ({ page: _ }, use) => onWebsite(use),
  other: async ({ page: _ }, use) => onWebsite(use),
});

async function onWebsite(use: (website: Website) => Promise<void>): Promise<void> {
  let shown = "";
  const server: Server = createServer((_, answer) => {
    answer.setHeader("Content-Type", "text/html").setHeader("Content-Security-Policy", POLICY);
    answer.end(
      `<!doctype html><html lang="en"><head><title>Our shop</title>${shown}</head><body><h1>Our shop</h1></body></html>`,
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await use({
    origin,
    shows: (tag) => {
      shown = tag;
    },
  });
  server.close();
}

/** The tag of a widget on this origin, of an assistant that knows what is open to everyone. */
async function tagFor(request: APIRequestContext, ada: Owner, origin: string): Promise<string> {
  const name = `Shop ${randomUUID().slice(0, 8)}`;
  const base = await call<{ id: string }>(request, ada, "POST", "/v1/knowledge-bases", { name });
  await addDocument(request, ada, base.id, "prices.md", PRICES, { audience: "everyone" });
  const assistant = await call<{ id: string }>(request, ada, "POST", "/v1/assistants", {
    name,
    knowledge_base_ids: [base.id],
    example_questions: ["What does a rye loaf cost?"],
  });
  const { key } = await call<{ key: string }>(request, ada, "POST", "/v1/assistant-widgets", {
    assistant_id: assistant.id,
    name,
    greeting: "Good morning!",
    origins: [origin],
    visitor_hourly: 2,
  });
  return `<script src="${WEB}/widget.js" data-key="${key}" data-api="${API}" async></script>`;
}

test("visitors ask, see where the answer stands, hear what is not known, and are told when it is too much", async ({
  page,
  request,
  team,
  website,
  other,
  complaints,
}) => {
  const tag = await tagFor(request, team.ada, website.origin);
  website.shows(tag);
  await page.goto(website.origin);
  const launch = page.getByRole("button", { name: "Ask a question" });
  await launch.click();
  const widget = page.getByRole("dialog", { name: /^Shop/ });
  const field = widget.getByRole("textbox", { name: "Your question" });
  await expect(field).toBeFocused();
  await expect(widget).toContainText("Good morning!");
  expect(await graveFaults(page)).toEqual([]);
  await widget.getByRole("button", { name: "What does a rye loaf cost?" }).click();
  await expect(widget.getByRole("log")).toContainText("4.20 euros");
  await widget.getByText("Sources: prices.md").click();
  await expect(widget.getByRole("listitem").filter({ hasText: "prices.md: “" })).toBeVisible();
  expect(await graveFaults(page)).toEqual([]);
  await picture(page, "widget");

  await field.fill("Who won the football world cup in 1954?");
  await field.press("Enter");
  await expect(widget).toContainText("I did not find this in the documents that I know.");
  await expect(widget.getByRole("button", { name: "Ask", exact: true })).toBeVisible(); // not "Stop" any more
  await field.fill("And a wheat loaf?");
  await field.press("Enter");
  await expect(widget).toContainText("Too many questions at present. Please come back later.");
  await page.setViewportSize({ width: 390, height: 740 });
  expect(await widget.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 740 });
  await page.keyboard.press("Escape");
  await expect(widget).toHaveCount(0);
  await expect(launch).toBeFocused();

  // A page of another website shows nothing; the reason is for who made it.
  complaints.allow(/^The assistant is not shown: .*not answer on pages of this website/);
  other.shows(tag);
  const told = page.waitForEvent("console", (message) => message.text().startsWith("The assistant"));
  await page.goto(other.origin);
  await told;
  await expect(page.getByRole("button")).toHaveCount(0);
});
