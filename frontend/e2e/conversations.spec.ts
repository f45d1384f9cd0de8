/** Two people in two browsers: what one does the other sees, once and in order, whatever the network does. */
import { chromium, type Locator, type Page } from "@playwright/test";
import { CHROMIUM_ARGS } from "../playwright.config";
import { graveFaults } from "./support/axe";
import { FlakyNetwork } from "./support/flaky-network";
import { picture } from "./support/picture";
import { API } from "./support/platform";
import { type Conversation, call, write } from "./support/team";
import { expect, test } from "./support/test";

const log = (page: Page) => page.getByRole("log").first();
const messages = (page: Page) => log(page).getByRole("article");
const message = (page: Page, text: string) => messages(page).filter({ hasText: text });
const field = (page: Page) => page.getByRole("textbox", { name: /^Message to/ });
const row = (page: Page, { title }: Conversation) =>
  page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: new RegExp(title) });

async function goTo(page: Page, { id, title }: Conversation): Promise<void> {
  await page.goto(`/conversations/?id=${id}`);
  await expect(page.getByRole("heading", { level: 2, name: title })).toBeVisible();
  await expect(log(page)).toBeVisible();
}

async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await field(page).press("Enter");
  await expect(field(page)).toHaveValue("");
}

/** Presses one of the buttons that a message shows when one is at it. */
async function act(target: Locator, name: string): Promise<void> {
  await target.hover();
  await target.getByRole("button", { name, exact: true }).click();
}

/** The texts in the order in which they stand. */
const texts = (page: Page) =>
  log(page)
    .locator("article p:not(:has(time))")
    .filter({ hasNotText: /^Seen by/ })
    .allInnerTexts();

test("what one writes the other sees: messages, edits, reactions, threads, typing, who is here", async ({
  open,
  group,
  team,
}) => {
  const [ada, grace] = await Promise.all([(await open("ada")).newPage(), (await open("grace")).newPage()]);
  await goTo(ada, group);
  await grace.goto("/conversations/");
  await expect(row(grace, group)).toContainText("Nothing was written yet.");

  await say(ada, "Good **morning** <b>all</b>");
  await expect(row(grace, group)).toContainText("Ada Lovelace: Good morning <b>all</b>");
  await expect(row(grace, group)).toContainText("1 unread message");
  await expect(grace.getByRole("link", { name: /1 conversation with new messages/ })).toBeVisible();

  await row(grace, group).click();
  await expect(message(grace, "Good morning")).toContainText("<b>all</b>");
  await expect(message(grace, "Good morning").locator("strong")).toHaveText("morning");
  await expect(row(grace, group)).not.toContainText("unread");
  await expect(message(ada, "Good morning")).toContainText("Seen by Grace Hopper");

  await field(grace).pressSequentially("I am");
  await expect(ada.getByText("Grace Hopper is writing …")).toBeVisible();
  await field(grace).press("Shift+Enter");
  await field(grace).pressSequentially("here, @ada");
  await expect(grace.getByRole("option", { name: "Ada Lovelace" })).toBeVisible();
  await field(grace).press("Enter");
  await expect(field(grace)).toHaveValue("I am\nhere, @Ada Lovelace ");
  await field(grace).press("Enter");
  await expect(message(ada, "here,")).toContainText("@Ada Lovelace");
  await expect(ada.getByText("Grace Hopper is writing …")).toHaveCount(0);

  const answer = message(ada, "here,");
  await act(answer, "Add a reaction");
  await ada.getByRole("dialog", { name: "Emoji" }).getByRole("button", { name: "🎉" }).click();
  await expect(message(grace, "here,").getByRole("button", { name: "🎉 1 by Ada Lovelace" })).toBeVisible();
  await message(grace, "here,").getByRole("button", { name: /🎉/ }).click();
  await expect(answer.getByRole("button", { name: /🎉 2 by .*Grace Hopper/ })).toBeVisible();

  await act(message(ada, "Good morning"), "Edit");
  await ada.getByRole("textbox", { name: "Edit the message" }).fill("Good evening");
  await ada.keyboard.press("Enter");
  await expect(message(grace, "Good evening")).toContainText("(edited)");

  await act(message(grace, "Good evening"), "Reply in a thread");
  const thread = grace.getByRole("complementary", { name: "Thread" });
  await thread.getByRole("textbox", { name: "Reply …" }).fill("It is noon");
  await grace.keyboard.press("Enter");
  await expect(thread.getByRole("article").filter({ hasText: "It is noon" })).toBeVisible();
  await expect(message(ada, "Good evening").getByRole("button", { name: /1 reply/ })).toBeVisible();
  await expect(message(ada, "It is noon")).toHaveCount(0);

  await act(message(ada, "Good evening"), "Delete");
  await ada.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(log(grace).getByText("This message was deleted.")).toBeVisible();

  const direct = await call<{ id: string }>(ada.request, team.ada, "POST", "/v1/conversations", {
    kind: "direct",
    member_ids: [team.ids.grace],
  });
  await ada.goto(`/conversations/?id=${direct.id}`);
  await expect(ada.getByRole("heading", { level: 2, name: "Grace Hopper" })).toBeVisible();
  await expect(ada.locator("header p").filter({ hasText: "Here" })).toBeVisible();
});

test("a network that is cut again and again loses nothing, doubles nothing, and keeps the order", async ({
  open,
  group,
  launchOptions,
}) => {
  const network = await FlakyNetwork.before(Number(new URL(API).port));
  const rule = `--host-resolver-rules=MAP 127.0.0.1:${new URL(API).port} 127.0.0.1:${network.port}`;
  const far = await chromium.launch({ ...launchOptions, args: [...CHROMIUM_ARGS, rule] });
  try {
    const [ada, grace] = await Promise.all([
      (await open("ada", {}, far)).newPage(),
      (await open("grace")).newPage(),
    ]);
    await Promise.all([goTo(ada, group), goTo(grace, group)]);
    const written: string[] = [];
    for (let round = 0; round < 6; round++) {
      const one = `Far ${round}`;
      const other = `Near ${round}`;
      written.push(one, other);
      if (round % 3 === 2) network.remove();
      else network.cut();
      await Promise.all([say(ada, one), say(grace, other)]);
      if (round % 3 === 2) await expect(ada.getByText("The connection is interrupted.")).toBeVisible();
      network.mend();
    }
    for (const page of [ada, grace]) {
      for (const text of written) await expect(message(page, text)).toHaveCount(1, { timeout: 40_000 });
      await expect(log(page).getByText("Is being sent …")).toHaveCount(0, { timeout: 40_000 });
    }
    await expect.poll(() => texts(ada), { timeout: 20_000 }).toEqual(await texts(grace));
    const seen = await texts(grace);
    expect([...seen].sort()).toEqual([...written].sort());
    const own = (name: string) => seen.filter((text) => text.startsWith(name));
    expect(own("Far")).toEqual(written.filter((text) => text.startsWith("Far")));
    await ada.reload();
    await expect.poll(() => texts(ada)).toEqual(seen);
  } finally {
    await far.close();
    await network.close();
  }
});

test("what is written offline is kept, said to be kept, and sent once when the network is back", async ({
  open,
  group,
}) => {
  const context = await open("ada");
  const ada = await context.newPage();
  const grace = await (await open("grace")).newPage();
  await Promise.all([goTo(ada, group), goTo(grace, group)]);
  await context.setOffline(true);
  await expect(ada.getByText("You are offline. What you write is kept here")).toBeVisible();
  await say(ada, "Written in a tunnel");
  await say(ada, "and another");
  await expect(message(ada, "Written in a tunnel")).toContainText("Is being sent …");
  await expect(message(grace, "Written in a tunnel")).toHaveCount(0);
  await say(grace, "Meanwhile above");
  await context.setOffline(false);
  await expect(message(grace, "and another")).toHaveCount(1);
  await expect(message(ada, "Meanwhile above")).toHaveCount(1);
  await expect(log(ada).getByText("Is being sent …")).toHaveCount(0);
  await expect(ada.getByText("You are offline. What you write")).toHaveCount(0);
  expect(await texts(grace)).toEqual(["Meanwhile above", "Written in a tunnel", "and another"]);
  expect(await texts(ada)).toEqual(await texts(grace));
});

test("a long history opens at what is new, goes back to its beginning, and to the latest", async ({
  open,
  group,
  team,
  request,
}) => {
  for (let count = 1; count <= 130; count++) await write(request, team.grace, group.id, `Line ${count}.`);
  await call(request, team.ada, "PUT", `/v1/conversations/${group.id}/read`, {
    seq: (await write(request, team.ada, group.id, "So far")).seq,
  });
  for (let count = 131; count <= 260; count++) await write(request, team.grace, group.id, `Line ${count}.`);
  const ada = await (await open("ada")).newPage();
  await goTo(ada, group);
  await expect(log(ada).getByText("New", { exact: true })).toBeInViewport();
  await expect(message(ada, "Line 131.")).toBeInViewport();
  await expect(message(ada, "Line 260.")).toHaveCount(0);

  await expect
    .poll(
      async () => {
        await log(ada).evaluate((box) => box.scrollTo({ top: 0 }));
        return log(ada).getByText("This is the beginning of the conversation.").count();
      },
      { timeout: 30_000 },
    )
    .toBe(1);
  await log(ada).evaluate((box) => box.scrollTo({ top: 0 }));
  await expect(message(ada, "Line 1.")).toBeInViewport();
  expect(await messages(ada).count()).toBeLessThanOrEqual(250);

  await ada.getByRole("button", { name: "Latest messages" }).click();
  await expect(message(ada, "Line 260.")).toBeInViewport();
  await expect(row(ada, group)).not.toContainText("unread");
  await write(request, team.grace, group.id, "Line 261.");
  await expect(message(ada, "Line 261.")).toBeInViewport();
});

test("a draft waits, a file is sent, and a word is found again", async ({ open, group, team, request }) => {
  const ada = await (await open("ada")).newPage();
  await goTo(ada, group);
  await field(ada).fill("Half a thou");
  await field(ada).blur();
  await ada.waitForResponse(
    (answer) => answer.url().includes("/draft") && answer.request().method() === "PUT",
  );
  await ada.reload();
  await expect(field(ada)).toHaveValue("Half a thou");

  await field(ada).fill("See the offer");
  const chooser = ada.waitForEvent("filechooser");
  await ada.getByRole("button", { name: "Attach files" }).click();
  await (await chooser).setFiles({
    name: "offer.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("asparagus quiche"),
  });
  await expect(ada.getByRole("button", { name: "Remove offer.txt" })).toBeVisible();
  await expect(ada.getByRole("progressbar")).toHaveCount(0);
  await field(ada).press("Enter");
  const grace = await (await open("grace")).newPage();
  await goTo(grace, group);
  const download = grace.waitForEvent("download");
  await message(grace, "See the offer").getByRole("button", { name: "Download offer.txt" }).click();
  expect((await download).suggestedFilename()).toBe("offer.txt");

  const word = `rhubarb${Date.now()}`;
  await write(request, team.grace, group.id, `Nobody forgets the ${word}.`);
  await expect(message(ada, word)).toHaveCount(1);
  await ada.goto("/conversations/");
  await ada.getByRole("searchbox", { name: "Search conversations" }).fill(word);
  const found = ada.getByRole("region", { name: "Messages" }).getByRole("link");
  await expect(found).toContainText(word);
  await found.click();
  await expect(message(ada, word)).toBeInViewport();
});

test("the bell counts, tells and leads there, and is quiet where one does not want it", async ({
  open,
  group,
  team,
  request,
}) => {
  const grace = await (await open("grace")).newPage();
  await grace.goto("/account/");
  const bell = grace.getByRole("button", { name: /^Notifications/ });
  await expect(bell).toBeVisible();
  const mentions = grace.getByRole("checkbox", { name: "Somebody mentions you" });
  await expect(mentions).toBeChecked();
  await bell.click();
  const list = grace.getByRole("dialog", { name: "Notifications" });
  await expect(list.getByRole("link", { name: /You were added to/ }).first()).toBeVisible();
  await grace.keyboard.press("Escape");
  await expect(bell).toHaveAccessibleName("Notifications");
  await write(request, team.ada, group.id, `Look at this, <@${team.ids.grace}>`);
  await expect(bell).toHaveAccessibleName("Notifications, 1 new");
  await bell.click();
  await list.getByRole("link", { name: `Ada Lovelace mentioned you in ${group.title}.` }).click();
  await expect(message(grace, "Look at this")).toContainText("@Grace Hopper");
  await expect(bell).toHaveAccessibleName("Notifications");
});

test("one begins conversations, renames, leaves, joins and archives them", async ({ open }) => {
  const [ada, grace] = await Promise.all([(await open("ada")).newPage(), (await open("grace")).newPage()]);
  await Promise.all([ada.goto("/conversations/"), grace.goto("/conversations/")]);
  const title = `Plan ${Date.now()}`;
  await ada.getByRole("button", { name: "New conversation" }).click();
  const dialog = ada.getByRole("dialog", { name: "New conversation" });
  await dialog.getByText("Group", { exact: true }).click();
  await dialog.getByLabel("Name of the group").fill(title);
  await dialog.getByLabel("Everybody of the business may join").check();
  await dialog.getByRole("button", { name: "Grace Hopper" }).click();
  expect(await graveFaults(ada)).toEqual([]);
  await dialog.getByRole("button", { name: "Begin" }).click();
  await expect(ada.getByRole("heading", { level: 2, name: title })).toBeVisible();
  await expect(row(grace, { id: "", title })).toBeVisible();
  await row(grace, { id: "", title }).click();

  await ada.getByRole("button", { name: "About this conversation" }).click();
  const about = ada.getByRole("complementary", { name: "About this conversation" });
  await about.getByLabel("Name", { exact: true }).fill(`${title}, second`);
  await about.getByRole("button", { name: "Rename" }).click();
  await expect(grace.getByRole("heading", { level: 2, name: `${title}, second` })).toBeVisible();
  expect(await graveFaults(ada)).toEqual([]);
  await about.getByRole("button", { name: "Remove Grace Hopper" }).click();
  await expect(grace.getByText("There is no such conversation.")).toBeVisible();
  await expect(row(grace, { id: "", title })).toHaveCount(0);

  await grace.getByRole("button", { name: "Open groups" }).click();
  await grace.getByRole("button", { name: `Join ${title}, second` }).click();
  await expect(grace.getByRole("heading", { level: 2, name: `${title}, second` })).toBeVisible();
  await expect(about.getByText("Grace Hopper")).toBeVisible();
  await about.getByRole("button", { name: "Archive" }).click();
  await expect(grace.getByText("This conversation is archived.", { exact: false })).toBeVisible();
  await expect(field(grace)).toHaveCount(0);
  await grace.goto("/conversations/");
  await expect(grace.getByRole("list", { name: "Your conversations" })).not.toContainText(title);
  await grace.getByRole("button", { name: "Archive" }).click();
  await row(grace, { id: "", title }).click();
  await expect(grace.getByRole("heading", { level: 2, name: `${title}, second` })).toBeVisible();
});

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

test("on a phone, list and conversation are two views; in German too, with no grave fault", async ({
  open,
  group,
  team,
  request,
}) => {
  await write(
    request,
    team.grace,
    group.id,
    "Hello from the **desk**: https://example.com/a-rather-long-address-of-a-page",
  );
  const ada = await (await open("ada", { ...PHONE, colorScheme: "dark" })).newPage();
  await ada.goto("/de/conversations/");
  const link = ada.getByRole("link", { name: new RegExp(group.title) });
  await expect(link).toBeVisible();
  await expect(ada.getByRole("textbox", { name: /^Nachricht an/ })).toHaveCount(0);
  expect(await graveFaults(ada)).toEqual([]);
  await picture(ada, "conversations-german-phone");
  await link.tap();
  const own = ada.getByRole("textbox", { name: `Nachricht an ${group.title}` });
  await expect(own).toBeVisible();
  await expect(link).toBeHidden();
  await own.fill("Grüße von unterwegs");
  await ada.getByRole("button", { name: "Senden" }).tap();
  await expect(message(ada, "Grüße von unterwegs")).toHaveCount(1);
  expect(await ada.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(await graveFaults(ada)).toEqual([]);
  await picture(ada, "conversation-german-phone");
  await message(ada, "Hello from the").tap();
  await ada.getByRole("button", { name: "In einem Thread antworten" }).tap();
  await expect(ada.getByRole("textbox", { name: "Antworten …" })).toBeVisible();
  await ada.getByRole("button", { name: "Schließen" }).tap();
  await ada.getByRole("link", { name: "Alle Unterhaltungen" }).tap();
  await expect(link).toBeVisible();
});

test("the keyboard alone reads, reacts and writes; light and dark have no grave fault", async ({
  open,
  group,
  team,
  request,
}) => {
  await write(request, team.grace, group.id, "First");
  await write(request, team.grace, group.id, "Second");
  const ada = await (await open("ada")).newPage();
  await goTo(ada, group);
  await expect(field(ada)).toBeVisible();
  await messages(ada).last().focus();
  await ada.keyboard.press("ArrowUp");
  await expect(message(ada, "First")).toBeFocused();
  await ada.keyboard.press("Tab");
  await ada.keyboard.press("Enter");
  await expect(message(ada, "First").getByRole("button", { name: "👍 1 by you" })).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await ada.emulateMedia({ colorScheme: scheme });
    expect(await graveFaults(ada), scheme).toEqual([]);
    await picture(ada, `conversations-${scheme}`);
  }
});
