/** The owner invites somebody, who comes by the mail's link in another browser; then both see each other. */
import type { Page } from "@playwright/test";
import { graveFaults } from "./support/axe";
import { mailTo } from "./support/mailbox";
import { newEmail, PASSWORD, signUp } from "./support/platform";
import { expect, test } from "./support/test";

/** The link of the mail; `before` is one that was sent earlier. */
async function invite(page: Page, email: string, before = "#"): Promise<string> {
  await page.goto("/team/");
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("radio", { name: /Administrator/ }).check();
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByText(`Sent to ${email}.`)).toBeVisible();
  const linkOf = ({ text }: { text: string }) => /http\S+#\S+/.exec(text)?.[0] ?? "";
  const link = linkOf(
    await mailTo(page.request, email, (mail) => linkOf(mail) !== "" && linkOf(mail) !== before),
  );
  expect(link).toMatch(/\/invitation\/#[\w-]{43}$/);
  return link;
}

const person = (page: Page, name: string) =>
  page.getByRole("region", { name: "People" }).getByRole("listitem").filter({ hasText: name });

test("an invitation, from the mail to the team", async ({ page, context, browser, complaints }) => {
  await signUp(context, "Kite Works");
  const email = newEmail();
  const link = await invite(page, email);
  await expect(page.getByText("2 of 3 places taken")).toBeVisible();

  const elsewhere = await browser.newContext();
  complaints.watch(elsewhere);
  const requested: string[] = [];
  elsewhere.on("request", (request) => requested.push(request.url()));
  const guest = await elsewhere.newPage();
  await guest.goto(link);
  await expect(guest.getByRole("heading", { name: "Join Kite Works" })).toBeVisible();
  expect(await graveFaults(guest)).toEqual([]);
  await expect(guest.getByLabel("E-mail")).toHaveValue(email);
  await guest.getByLabel("Your name").fill("Grace Hopper");
  await guest.getByLabel("Password", { exact: true }).fill("short");
  await guest.getByRole("button", { name: "Join" }).click();
  await expect(guest.getByText("Use at least 10 characters", { exact: false }).first()).toBeVisible();
  await guest.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await guest.getByRole("button", { name: "Join" }).click();
  await guest.waitForURL("**/dashboard/");
  const token = link.split("#")[1] ?? "?";
  expect(requested.filter((address) => address.includes(token))).toEqual([]);

  await guest.getByRole("link", { name: "Team" }).click();
  await expect(person(guest, "Ada Lovelace")).toContainText("Owner");
  await page.reload();
  await expect(person(page, "Grace Hopper")).toContainText(email);
  await expect(page.getByText("Nobody is invited at the moment.")).toBeVisible();
  for (const each of [page, guest]) expect(await graveFaults(each)).toEqual([]);

  await page.getByLabel("Role of Grace Hopper").selectOption("viewer");
  await expect(page.getByText("Grace Hopper has the new role", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Remove Grace Hopper" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(person(page, "Grace Hopper")).toHaveCount(0);

  await guest.goto(link);
  await expect(guest.getByText("This invitation is not valid, or not any more")).toBeVisible();
  await elsewhere.close();
});

test("somebody with an account joins by its password, and a withdrawn link is void", async ({
  page,
  context,
  browser,
  resident,
}) => {
  await signUp(context, "Kite Works");
  const link = await invite(page, resident.email);
  const elsewhere = await browser.newContext();
  const guest = await elsewhere.newPage();
  await guest.goto(link);
  await expect(guest.getByText("You have an account with this address.", { exact: false })).toBeVisible();
  await guest.getByLabel("Password of your account").fill("wrong horse 4711");
  await guest.getByRole("button", { name: "Join" }).click();
  await expect(guest.getByText("do not match", { exact: false })).toBeVisible();

  await page.getByRole("button", { name: `Withdraw the invitation of ${resident.email}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Withdraw" }).click();
  await expect(page.getByText("Withdrawn.")).toBeVisible();
  await guest.getByLabel("Password of your account").fill(PASSWORD);
  await guest.getByRole("button", { name: "Join" }).click();
  await expect(guest.getByText("This invitation is not valid, or not any more")).toBeVisible();

  await guest.goto(await invite(page, resident.email, link));
  await guest.getByLabel("Password of your account").fill(PASSWORD);
  await guest.getByRole("button", { name: "Join" }).click();
  await guest.waitForURL("**/dashboard/");
  await expect(guest.getByText("Kite Works").first()).toBeVisible();
  await elsewhere.close();
});
