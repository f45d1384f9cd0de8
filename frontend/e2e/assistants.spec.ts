/** Assistants: made from a template, tried out, changed, compared, taken up again, measured, and put on a website. */
import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { graveFaults } from "./support/axe";
import { picture } from "./support/picture";
import { expect, test } from "./support/test";

const part = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Parts of the assistant" }).getByRole("link", { name });

test("an assistant, from a template to its second version and back", async ({ open, bakery }) => {
  const page = await (await open("ada")).newPage();
  const name = `Counter ${randomUUID().slice(0, 8)}`;
  await page.goto("/assistants/");
  await page.getByRole("link", { name: "New assistant" }).click();
  await page.getByRole("link", { name: "Bakery or restaurant" }).click();
  await expect(page.getByText("Menu with prices")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("checkbox", { name: bakery.base.name }).check();
  await page.getByLabel("Longest answer, in tokens").fill("7");
  await page.getByRole("button", { name: "Create assistant" }).click();
  await expect(page.getByText("Enter a whole number from 50 to 4000.", { exact: false })).toBeVisible();
  await page.getByLabel("Longest answer, in tokens").fill("500");
  expect(await graveFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Create assistant" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText("Questions and documents stay on this platform.")).toBeVisible();

  const trial = page.getByRole("region", { name: "Try it out" });
  const field = trial.getByRole("textbox", { name: `Question to ${name}` });
  await field.fill("What does a rye loaf cost?");
  await field.press("Enter");
  await expect(trial.getByRole("article")).toContainText("4.20 euros");
  await trial.getByRole("button", { name: "Source 1: prices.md" }).click();
  await expect(page.getByRole("dialog", { name: "prices.md" }).locator("mark")).toContainText("4.20 euros");
  await page.keyboard.press("Escape");
  expect(await graveFaults(page)).toEqual([]);

  await expect(page.getByRole("button", { name: "Save as a new version" })).toBeDisabled();
  await page.getByLabel("Instructions").fill("You answer in rhymes.");
  await expect(trial.getByText("This asks what is saved.", { exact: false })).toBeVisible();
  await page.getByRole("radio", { name: /Formal/ }).check();
  await page.getByRole("button", { name: "Save as a new version" }).click();
  await expect(page.getByText("Saved: version 2 answers from now on.")).toBeVisible();
  await trial.getByLabel("Version").selectOption("1");
  await expect(trial.getByRole("article")).toHaveCount(0);

  await part(page, "Versions").click();
  await expect(page.getByText("Changed: instructions and tone.")).toBeVisible();
  await expect(page.getByRole("insertion")).toContainText("rhymes.");
  await expect(page.getByText("Friendly → Formal")).toBeVisible();
  expect(await graveFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Take up again: version 1" }).click();
  await expect(page.getByText("Version 1 answers from now on.")).toBeVisible();
  await page.goto("/ask/");
  await expect(page.getByRole("navigation", { name: "Your chats" })).not.toContainText("rye loaf");

  await page.goto("/assistants/");
  await page.getByRole("link", { name: `Set up ${name}` }).click();
  await expect(page.getByText("Version 1 answers.")).toBeVisible();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL("**/assistants/");
  await expect(page.getByRole("heading", { level: 2, name })).toHaveCount(0);
});

test("a version is measured by questions, and an assistant is put on a website by one tag", async ({
  open,
  bakery,
}) => {
  const page = await (await open("ada")).newPage();
  await page.goto(`/assistants/one/?id=${bakery.assistant.id}&part=quality`);
  await page.getByLabel("Question", { exact: true }).fill("What does a wheat loaf cost?");
  await page.getByLabel("The words").fill("3.60 euros");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByLabel("Question", { exact: true }).fill("Who painted the Mona Lisa?");
  await page.getByLabel("Expected").selectOption({ label: "That it says it does not know" });
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("list", { name: "Questions" }).getByRole("listitem")).toHaveCount(2);
  await page.getByRole("button", { name: "Evaluate" }).click();
  const run = page.getByRole("list", { name: "Evaluations" }).getByRole("listitem").first();
  await expect(run).toContainText("Expected words", { timeout: 30_000 });
  await expect(run).toContainText("100%");
  await run.getByText("Every question").click();
  await expect(run.getByText("Passed")).toHaveCount(2);
  expect(await graveFaults(page)).toEqual([]);

  await part(page, "Website").click();
  await page.getByRole("button", { name: "Add a widget" }).click();
  const dialog = page.getByRole("dialog", { name: "New widget" });
  await dialog.getByLabel("Name", { exact: true }).fill("Shop");
  await dialog.getByLabel("Websites").fill("example.com/shop");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("Write at least one address", { exact: false })).toBeVisible();
  await dialog.getByLabel("Websites").fill("https://WWW.example.com/");
  expect(await graveFaults(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Save" }).click();
  const widget = page.getByRole("list", { name: "Widgets" }).getByRole("listitem");
  await expect(widget).toContainText("On https://www.example.com");
  await expect(widget).toContainText(/<script src="http.*\/widget\.js" data-key="[\w-]+" data-api="http/);
  await widget.getByRole("button", { name: "Delete the widget Shop" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("This assistant is on no website yet.")).toBeVisible();
});

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

test("on a phone, in German and in the dark, an assistant has no grave fault in any part", async ({
  open,
  bakery,
}) => {
  const page = await (await open("ada", { ...PHONE, colorScheme: "dark" })).newPage();
  for (const name of ["set_up", "versions", "quality", "website"]) {
    await page.goto(`/de/assistants/one/?id=${bakery.assistant.id}&part=${name}`);
    await expect(page.getByRole("heading", { level: 1, name: bakery.assistant.name })).toBeVisible();
    await expect(page.locator("main .animate-pulse")).toHaveCount(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(await graveFaults(page), name).toEqual([]);
    await picture(page, `assistant-${name}-german-phone`, "page");
  }
});
