/** A construction that fails: said in plain words, with what to do, and mended by a click. */
import { expect as check } from "@playwright/test";
import { picture } from "./support/picture";
import { CLOUD, signUp } from "./support/platform";
import { expect, test } from "./support/test";

const COMPANY = "Unlucky Bakery";
const HOSTILE = `<img src=x onerror="document.title='owned'">`;

test("a failed construction says why and what to do, and a retry builds the stack", async ({
  page,
  context,
}) => {
  const faults = `${CLOUD}/_sandbox/faults`;
  const fault = { action: "CreateRule", mode: "fail_always", match: "unlucky-bakery", code: HOSTILE };
  check((await context.request.post(faults, { data: fault })).ok()).toBe(true);
  try {
    await signUp(context, COMPANY);
    await page.goto("/onboarding/");
    await page.waitForURL("**/onboarding/?deployment=*");
    const id = new URL(page.url()).searchParams.get("deployment");
    await page.goto(`/deployments/view/?id=${id}`);
    await expect(page.getByText("Failed, taken back").first()).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole("log").getByText("Way from the address to the stack").first()).toBeVisible();
    await picture(page, "deployment-failed", "page");
    // What AWS called it stays text, wherever it is shown.
    expect(await page.title()).not.toContain("owned");
    expect(await page.locator("main img").count()).toBe(0);
  } finally {
    await context.request.delete(faults);
  }
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Succeeded").first()).toBeVisible({ timeout: 60_000 });
});
