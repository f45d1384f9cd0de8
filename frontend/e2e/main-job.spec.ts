/** The main job: from the landing page to a stack on a machine of its own. */
import type { Page } from "@playwright/test";
import { type Hands, keyboard, mouse } from "./support/hands";
import { DECLINED_CARD, GOOD_CARD, newEmail, PASSWORD, signIn, signUp } from "./support/platform";
import { expect, test } from "./support/test";

const PHASES = 8;
const LONG = { timeout: 60_000 };
const title = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });

async function signUpAsStranger(page: Page, hands: Hands): Promise<void> {
  await page.goto("/");
  await hands.press(page.getByRole("link", { name: "Start your trial" }).first());
  await expect(title(page, "Start your trial")).toBeVisible();
  await hands.type(page.getByLabel("Your name"), "Ada Lovelace");
  await hands.type(page.getByLabel("Company"), "Bäcker & Söhne");
  await hands.type(page.getByLabel("E-mail"), newEmail());
  await hands.type(page.getByLabel("Password", { exact: true }), PASSWORD);
  await hands.press(page.getByRole("button", { name: "Build my stack" }));
}

/** Sees the phases, at any moment of the construction, and then the address. */
async function watchUntilLive(page: Page): Promise<string> {
  await page.waitForURL("**/onboarding/?deployment=*");
  await expect(title(page, "Your stack is live")).toBeVisible(LONG);
  const link = page.getByRole("link", { name: "Open your website" });
  await expect(link).toBeVisible();
  return (await link.getAttribute("href")) ?? "";
}

/** The stack's address leads to the sandbox's edge, by a name that every browser resolves to this machine. */
async function expectAnswer(page: Page, address: string): Promise<void> {
  const visitor = await page.context().newPage();
  const answer = await visitor.goto(address);
  expect(answer?.status()).toBe(200);
  await visitor.close();
}

async function choose(page: Page, hands: Hands, plan: string): Promise<void> {
  await hands.press(page.getByRole("button", { name: `Choose ${plan}` }));
  await expect(page.getByRole("heading", { name: "Pay by card" })).toBeVisible();
}

async function pay(page: Page, hands: Hands, card: string): Promise<void> {
  await hands.type(page.getByLabel("Card number"), card);
  await hands.type(page.getByLabel("Month"), "12");
  await hands.type(page.getByLabel("Year"), "2034");
  await hands.type(page.getByLabel("CVC"), "123");
  await hands.press(page.getByRole("button", { name: /^Subscribe and pay/ }));
}

/** Where the plans know who is here. */
async function toPlans(page: Page): Promise<void> {
  await page.goto("/dashboard/");
  await expect(page.getByRole("heading", { name: "Plan", exact: true })).toBeVisible();
  await page.goto("/plans/");
}

async function mainJob(page: Page, hands: Hands): Promise<void> {
  await signUpAsStranger(page, hands);
  await watchUntilLive(page);
  await hands.press(page.getByRole("link", { name: "To the overview" }));
  await expect(title(page, "Overview")).toBeVisible();
  await hands.press(page.getByRole("main").getByRole("link", { name: /plan/i }).first());
  await expect(title(page, "Plans and prices")).toBeVisible();
  await choose(page, hands, "Business");
  await pay(page, hands, GOOD_CARD);
  await page.waitForURL("**/onboarding/?deployment=*", LONG);
  const phases = page.getByRole("list", { name: "The eight phases" }).getByRole("listitem");
  await expect(phases).toHaveCount(PHASES);
  const address = await watchUntilLive(page);
  await expectAnswer(page, address);
  await hands.press(page.getByRole("link", { name: "Billing" }));
  await expect(page.getByRole("main")).toContainText("Business");
}

test("by mouse: a stranger gets a trial, pays, and sees the stack move to its own machine", async ({
  page,
}) => {
  await mainJob(page, mouse());
});

test("by keyboard alone: the same", async ({ page }) => {
  await mainJob(page, keyboard(page));
});

test("a declined card says so and lets one try again", async ({ page, context }) => {
  await signUp(context);
  await toPlans(page);
  await choose(page, mouse(), "Starter");
  await pay(page, mouse(), DECLINED_CARD);
  await expect(page.getByRole("alert")).toContainText("Nothing was charged");
  await pay(page, mouse(), GOOD_CARD);
  await page.waitForURL("**/onboarding/?deployment=*", LONG); // the payment was heard of
  await page.goto("/billing/");
  await expect(page.getByRole("main")).toContainText("Starter");
});

test("who leaves the payment is told that nothing was paid, and can go on", async ({
  page,
  context,
  resident,
}) => {
  await signIn(context, resident);
  await toPlans(page);
  await choose(page, mouse(), "Starter");
  await page.getByRole("link", { name: "Cancel and go back" }).click();
  await expect(title(page, "Nothing was paid")).toBeVisible();
  await page.getByRole("link", { name: "Back to the plans" }).click();
  await choose(page, mouse(), "Starter");
});

test("a reload at any moment of the construction lands where one was", async ({ page, context }) => {
  await signUp(context);
  await page.goto("/onboarding/");
  await page.waitForURL("**/onboarding/?deployment=*");
  const address = page.url();
  await page.reload();
  expect(page.url()).toBe(address);
  await expect(title(page, "Your stack is live")).toBeVisible(LONG);
  await page.reload();
  await expect(title(page, "Your stack is live")).toBeVisible();
});

test("bad input is shown at its field, also in German, and keeps what was typed", async ({
  page,
  resident,
}) => {
  await page.goto("/de/signup/");
  await page.getByRole("button", { name: "Meinen Stack aufbauen" }).click();
  await expect(page.locator("[aria-invalid=true]")).toHaveCount(4);
  await page.getByLabel("E-Mail").fill(resident.email);
  await page.getByLabel("Ihr Name").fill("Ada");
  await page.getByLabel("Unternehmen").fill("Zweite GmbH");
  await page.getByLabel("Passwort", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Meinen Stack aufbauen" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("E-Mail")).toHaveValue(resident.email);
});
