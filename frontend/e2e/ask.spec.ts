/** Asking: an answer streams, each citation opens its passage, the receipt says what it took, and others' documents stay closed. */
import type { Page } from "@playwright/test";
import { graveFaults } from "./support/axe";
import { picture } from "./support/picture";
import { API } from "./support/platform";
import { call } from "./support/team";
import { expect, test } from "./support/test";

const log = (page: Page) => page.getByRole("log", { name: "Questions and answers" });
const entry = (page: Page, question: string) => log(page).getByRole("article", { name: question });
const field = (page: Page) => page.getByRole("textbox", { name: /^Question to/ });

async function ask(page: Page, question: string): Promise<void> {
  await field(page).fill(question);
  await field(page).press("Enter");
  await expect(field(page)).toHaveValue("");
}

test("an answer cites its document, the citation opens the passage, and the receipt tells what it took", async ({
  open,
  bakery,
}) => {
  const context = await open("ada", { permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  await page.goto(`/ask/?assistant=${bakery.assistant.id}`);
  await expect(page.getByRole("heading", { level: 3, name: "What would you like to know?" })).toBeVisible();
  expect(await graveFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "What does a rye loaf cost?" }).click();
  const answer = entry(page, "What does a rye loaf cost?");
  await expect(answer).toContainText("4.20 euros");
  await page.waitForURL(/chat=/);
  await expect(page.getByText(/^Answer: .*4\.20 euros/)).toBeAttached();

  const mark = answer.getByRole("button", { name: "Source 1: prices.md" });
  await mark.click();
  const panel = page.getByRole("complementary", { name: "prices.md" });
  await expect(panel.locator("mark")).toContainText("4.20 euros");
  await expect(panel.getByRole("heading", { name: "prices.md" })).toBeFocused();
  await expect(panel.getByText("Prices", { exact: true })).toBeVisible();
  expect(await graveFaults(page)).toEqual([]);
  await picture(page, "ask-light");
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(mark).toBeFocused();

  await answer.getByRole("button", { name: "Receipt of this answer" }).click();
  const receipt = page.getByRole("dialog", { name: "Receipt" });
  await expect(receipt.getByText("Price of the model")).toBeVisible();
  await expect(receipt.getByText("First word after")).toBeVisible();
  expect(await graveFaults(page)).toEqual([]);
  await receipt
    .getByRole("button", { name: /prices\.md/ })
    .first()
    .click();
  await expect(panel).toBeVisible();
  await panel.getByRole("button", { name: "Close" }).click();

  await answer.getByRole("button", { name: "Copy the answer" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("[1] prices.md");
  await answer.getByRole("button", { name: "This helped" }).click();
  await answer.getByRole("button", { name: "What was good about it?" }).click();
  await page.getByRole("textbox", { name: "What was good about it?" }).fill("The very price");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(answer.getByRole("button", { name: "This helped" })).toHaveAttribute("aria-pressed", "true");

  await ask(page, "Who won the football world cup in 1954?");
  await expect(entry(page, "Who won the football world cup in 1954?")).toContainText("Not in your documents");
  await page.reload();
  await expect(answer.getByRole("button", { name: "This helped" })).toHaveAttribute("aria-pressed", "true");
  await expect(log(page).getByRole("article")).toHaveCount(2);

  await field(page).fill("And a wheat loaf?");
  await page.getByRole("button", { name: "What would it cost?" }).click();
  await expect(page.getByText(/costs nothing beyond a query/)).toBeVisible();
  await field(page).press("Enter");
  await expect(entry(page, "And a wheat loaf?")).toContainText("3.60 euros");

  const list = page.getByRole("navigation", { name: "Your chats" });
  await expect(list.getByRole("link", { name: /What does a rye loaf cost/ })).toHaveAttribute(
    "aria-current",
    "page",
  );
  await page.getByRole("button", { name: "New chat" }).first().click();
  await expect(log(page)).toHaveCount(0);
  await list.getByRole("link", { name: /What does a rye loaf cost/ }).click();
  await expect(log(page).getByRole("article")).toHaveCount(3);
  await page.getByRole("button", { name: "Delete this chat" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete this chat" }).click();
  await expect(list.getByText("What you ask is kept here")).toBeVisible();
});

test("what is closed to somebody is in no answer to them, and its passage stays closed", async ({
  open,
  bakery,
  team,
  request,
}) => {
  const question = "What is the salary of the master baker?";
  const ada = await (await open("ada")).newPage();
  await ada.goto(`/ask/?assistant=${bakery.assistant.id}`);
  await ask(ada, question);
  await expect(entry(ada, question)).toContainText("4100 euros");
  const grace = await (await open("grace")).newPage();
  await grace.goto(`/ask/?assistant=${bakery.assistant.id}`);
  await ask(grace, question);
  await expect(entry(grace, question).getByRole("button", { name: "Copy the answer" })).toBeVisible();
  await expect(entry(grace, question)).not.toContainText("4100");
  await expect(grace.getByRole("main")).not.toContainText("salaries.md");

  // A citation that one person has leads another nowhere.
  type Answers = { items: { citations: { passage_id: string; document_id: string }[] }[] };
  const chat = new URL(ada.url()).searchParams.get("chat");
  const own = await call<Answers>(request, team.ada, "GET", `/v1/chats/${chat}/answers`);
  const cited = own.items[0]?.citations[0];
  const passage = `/v1/knowledge-bases/${bakery.base.id}/documents/${cited?.document_id}/passages/${cited?.passage_id}`;
  const refused = await request.get(`${API}${passage}`, {
    headers: { Authorization: `Bearer ${team.grace.token}` },
  });
  expect(refused.status()).toBe(404);
  await grace.goto(`/ask/?assistant=${bakery.assistant.id}&chat=${chat}`);
  await expect(grace.getByText("There is no such chat of yours.")).toBeVisible();
});

test("a budget that is used up says so, and when it begins anew; who manages sets it and sees the use", async ({
  open,
  bakery,
}) => {
  const ada = await (await open("ada")).newPage();
  await ada.goto("/ai-use/");
  await expect(ada.getByRole("heading", { level: 1, name: "Use and budgets" })).toBeVisible();
  await ada.getByRole("button", { name: "Set a budget" }).click();
  const dialog = ada.getByRole("dialog", { name: "New budget" });
  await dialog.getByLabel("For").selectOption({ label: "Grace Hopper" });
  const named = { hasText: bakery.assistant.name };
  await expect(dialog.locator("optgroup[label=Assistants] option").filter(named)).toHaveCount(1);
  await expect(dialog.locator("optgroup[label=People] option").filter(named)).toHaveCount(0);
  await dialog.getByLabel("In", { exact: true }).selectOption({ label: "A day" });
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("Set a limit of questions, of the price, or of both.")).toBeVisible();
  await dialog.getByLabel("Questions at the most").fill("0");
  expect(await graveFaults(ada)).toEqual([]);
  await dialog.getByRole("button", { name: "Save" }).click();
  const budget = ada
    .getByRole("list", { name: "Budgets" })
    .getByRole("listitem")
    .filter({ hasText: "Grace Hopper" });
  await expect(budget).toContainText("of 0 questions a day");

  const grace = await (await open("grace")).newPage();
  await grace.goto(`/ask/?assistant=${bakery.assistant.id}`);
  await ask(grace, "What does a wheat loaf cost?");
  const refused = entry(grace, "What does a wheat loaf cost?");
  await expect(refused).toContainText("Your budget is used up. It begins anew on");
  await budget.getByRole("button", { name: "Delete the budget of Grace Hopper" }).click();
  await ada.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(budget).toHaveCount(0);
  await refused.getByRole("button", { name: "Ask again" }).click();
  await expect(entry(grace, "What does a wheat loaf cost?")).toContainText("3.60 euros");

  await ada.reload();
  await expect(ada.getByRole("table").filter({ hasText: "Grace Hopper" })).toBeVisible();
  await ada.getByText("Show as a table").click();
  await expect(ada.getByRole("rowheader").first()).toBeVisible();
  expect(await graveFaults(ada)).toEqual([]);
  await picture(ada, "ai-use-light", "page");
});

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

test("on a phone, in German and in the dark, one asks, opens the passage, and goes back to the chats", async ({
  open,
  bakery,
}) => {
  const page = await (await open("ada", { ...PHONE, colorScheme: "dark" })).newPage();
  await page.goto(`/de/ask/?assistant=${bakery.assistant.id}`);
  const own = page.getByRole("textbox", { name: /^Frage an/ });
  await own.fill("What does a rye loaf cost?");
  await page.getByRole("button", { name: "Fragen", exact: true }).tap();
  const mark = page.getByRole("button", { name: /^Quelle 1/ }).first();
  await expect(mark).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(740);
  expect(await graveFaults(page)).toEqual([]);
  await mark.tap();
  await expect(page.getByRole("complementary", { name: "prices.md" }).locator("mark")).toContainText(
    "4.20 euros",
  );
  expect(await graveFaults(page)).toEqual([]);
  await picture(page, "ask-german-phone");
  await page.getByRole("complementary").getByRole("button", { name: "Schließen" }).tap();
  await page.getByRole("button", { name: "Ihre Chats" }).tap();
  const chats = page.getByRole("navigation", { name: "Ihre Chats" });
  await expect(chats.getByRole("link", { name: /What does a rye loaf cost/ })).toBeVisible();
  expect(await graveFaults(page)).toEqual([]);
  await chats.getByRole("button", { name: "Schließen" }).tap();
  await expect(chats).toBeHidden();
});
