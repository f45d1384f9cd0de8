/** Every page in every dress: light, dark, German, on a phone; without a grave fault of accessibility. */
import { type BrowserContext, expect as check, type Page } from "@playwright/test";
import { graveFaults } from "./support/axe";
import { picture } from "./support/picture";
import { type Owner, read, signIn } from "./support/platform";
import { expect, test } from "./support/test";

type Room = { name: string; path: string };
const PUBLIC: Room[] = [
  { name: "landing", path: "/" },
  { name: "plans", path: "/plans/" },
  { name: "signup", path: "/signup/" },
  { name: "login", path: "/login/" },
  { name: "invitation", path: "/invitation/" },
  { name: "not-found", path: "/nowhere/" },
];
const KNOWING: Room[] = [
  { name: "ask-empty", path: "/ask/" },
  { name: "knowledge-empty", path: "/knowledge/" },
  { name: "assistants-empty", path: "/assistants/" },
  { name: "assistant-templates", path: "/assistants/new/" },
  { name: "assistant-new", path: "/assistants/new/?template=bakery_restaurant" },
  { name: "ai-use-empty", path: "/ai-use/" },
];
const WORKING: Room[] = [
  { name: "dashboard", path: "/dashboard/" },
  { name: "conversations-empty", path: "/conversations/" },
  { name: "deployments", path: "/deployments/" },
  { name: "deployment", path: "/deployments/view/?id={id}" },
  { name: "onboarding", path: "/onboarding/?deployment={id}" },
  { name: "billing", path: "/billing/" },
  { name: "account", path: "/account/" },
  { name: "team", path: "/team/" },
  { name: "checkout-success", path: "/checkout/success/?session_id=cs_test_1" },
  { name: "checkout-cancel", path: "/checkout/cancel/" },
  { name: "forbidden", path: "/forbidden/" },
];
/** Touch and overlaid scrollbars, as phones have them. */
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const DESKTOP = { viewport: { width: 1280, height: 800 } };

type Dress = {
  name: string;
  /** The page is loaded in the first, and turned to each. */
  schemes: readonly ("light" | "dark")[];
  device: typeof PHONE | typeof DESKTOP;
  prefix: string;
  /** Whether it is turned from right to left, too. */
  isTurned: boolean;
};
const DRESSES: Dress[] = [
  { name: "on a desk", schemes: ["light", "dark"], device: DESKTOP, prefix: "", isTurned: true },
  { name: "phone", schemes: ["light"], device: PHONE, prefix: "", isTurned: false },
  { name: "german-phone", schemes: ["dark"], device: PHONE, prefix: "/de", isTurned: false },
];

/** What comes from the API has come: no skeleton is left, and nothing moves any more. */
async function settled(page: Page): Promise<void> {
  await check(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await check(page.locator("main .animate-pulse")).toHaveCount(0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    const finite = document
      .getAnimations()
      .filter((each) => each.effect?.getTiming().iterations !== Infinity);
    await Promise.all(finite.map((each) => each.finished.catch(() => undefined)));
  });
}

/** What is wider than its place: the page than the screen, or something than the box that it stands in. */
const overflowing = (page: Page) =>
  page.evaluate(() => {
    const isPoking = (box: Element) =>
      box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX === "visible";
    return [document.documentElement, ...document.querySelectorAll("main section, main li, main div")]
      .filter((box) => (box === document.documentElement ? box.scrollWidth > box.clientWidth : isPoking(box)))
      .map((box) => box.outerHTML.slice(0, 160));
  });

async function look(page: Page, rooms: readonly Room[], dress: Dress): Promise<void> {
  const { schemes, device, prefix, isTurned } = dress;
  for (const { name, path } of rooms) {
    await test.step(`${name}, ${dress.name}`, async () => {
      await page.emulateMedia({ colorScheme: schemes[0] ?? null });
      await page.goto(name === "not-found" ? path : `${prefix}${path}`);
      await settled(page);
      expect.soft(await overflowing(page), `too wide on ${name}`).toEqual([]);
      if (name !== "not-found")
        expect(await page.locator("html").getAttribute("lang")).toBe(prefix ? "de" : "en");
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
        await settled(page);
        await picture(page, `${name}-${device === DESKTOP ? colorScheme : dress.name}`, "page");
        expect.soft(await graveFaults(page), `accessibility of ${name}, ${colorScheme}`).toEqual([]);
      }
      if (isTurned) await turn(page, name);
    });
  }
}

/** Read from right to left, nothing is out of its place. No language of the app is written so yet; its pages are ready. */
async function turn(page: Page, name: string): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.dir = "rtl";
  });
  await settled(page);
  await picture(page, `${name}-right-to-left`, "page");
  expect.soft(await overflowing(page), `too wide on ${name}, from right to left`).toEqual([]);
}

/** What is behind the sign-in is looked at by somebody whose stack stands. */
async function signedIn(context: BrowserContext, resident: Owner, rooms: readonly Room[]): Promise<Room[]> {
  const owner = await signIn(context, resident);
  const first = async () => {
    type Items = { items: { id: string; status: string }[] };
    return (await read<Items>(context.request, owner, "/v1/deployments")).items[0];
  };
  await check.poll(async () => (await first())?.status, { timeout: 30_000 }).toBe("succeeded");
  const id = (await first())?.id ?? "";
  return rooms.map(({ name, path }) => ({ name, path: path.replace("{id}", id) }));
}

for (const dress of DRESSES) {
  test.describe(dress.name, () => {
    test.use(dress.device);

    test("before the sign-in", async ({ page }) => {
      await look(page, PUBLIC, dress);
    });

    test("behind the sign-in", async ({ page, context, resident }) => {
      await look(page, await signedIn(context, resident, WORKING), dress);
    });

    test("the assistant's rooms", async ({ page, context, resident }) => {
      await look(page, await signedIn(context, resident, KNOWING), dress);
    });
  });
}

test("the theme that was chosen is kept, and shows before the first paint", async ({ page }) => {
  await page.goto("/");
  await page.getByLabel("Theme").selectOption("dark");
  await page.goto("/login/", { waitUntil: "commit" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("the other language is the same page, with its parameters", async ({ page }) => {
  await page.goto("/login/?next=%2Fbilling%2F");
  await page.getByRole("link", { name: "Deutsch" }).click();
  await page.waitForURL("**/de/login/?next=%2Fbilling%2F");
  await expect(page.getByRole("heading", { level: 1, name: "Anmelden" })).toBeVisible();
});
