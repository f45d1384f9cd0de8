/** A bad network: the API silent, gone, slow and back; a stream that is cut. */
import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import { CHROMIUM_ARGS } from "../playwright.config";
import { Complaints } from "./support/complaints";
import { FlakyNetwork } from "./support/flaky-network";
import { API, signIn, signUp, WEB } from "./support/platform";
import { expect, test as plain } from "./support/test";

const port = Number(new URL(API).port);
const title = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

type Bad = { network: FlakyNetwork; far: BrowserContext; tab: Page };

/** A browser whose way to the API leads over a network of the test; everything else, and every name, is as it was. */
const test = plain.extend<Bad>({
  network: async ({ page: _ }, use) => {
    const network = await FlakyNetwork.before(port);
    await use(network);
    await network.close();
  },
  far: async ({ network, launchOptions }, use) => {
    const rule = `--host-resolver-rules=MAP 127.0.0.1:${port} 127.0.0.1:${network.port}`;
    const browser: Browser = await chromium.launch({ ...launchOptions, args: [...CHROMIUM_ARGS, rule] });
    const context = await browser.newContext({ baseURL: WEB, locale: "en-GB", timezoneId: "Europe/Berlin" });
    const complaints = new Complaints();
    complaints.allow(/blocked by CORS policy|^WebSocket connection to/); // Chromium says so of an answer that never came.
    complaints.watch(context);
    await use(context);
    await browser.close();
    expect(complaints.found).toEqual([]);
  },
  tab: async ({ far }, use) => use(await far.newPage()),
});

test("an API that is gone is told of, keeps the session, and needs no reload when it is back", async ({
  network,
  far,
  tab,
  resident,
}) => {
  await signIn(far, resident);
  network.remove();
  await tab.goto("/dashboard/");
  await expect(tab.getByText("StackPro cannot be reached right now.")).toBeVisible();
  network.mend();
  await expect(title(tab, "Overview")).toBeVisible();
  await expect(tab.getByText("Bäcker & Söhne").first()).toBeVisible();
});

test("an API that takes requests and never answers is told of, and needs no reload when it answers", async ({
  network,
  far,
  tab,
  resident,
}) => {
  await signIn(far, resident);
  network.silence();
  await tab.goto("/dashboard/");
  await expect(tab.getByText("StackPro cannot be reached right now.")).toBeVisible({ timeout: 40_000 });
  network.mend();
  await expect(title(tab, "Overview")).toBeVisible({ timeout: 40_000 });
  await expect(tab.getByText("Bäcker & Söhne").first()).toBeVisible();
});

test("an API that is gone while one works is told of above what was there", async ({
  network,
  far,
  tab,
  resident,
}) => {
  await signIn(far, resident);
  await tab.goto("/dashboard/");
  await expect(title(tab, "Overview")).toBeVisible();
  network.remove();
  await tab.getByRole("link", { name: "Account" }).click();
  await expect(
    tab
      .getByRole("main")
      .getByText(/does not answer|cannot be reached/)
      .first(),
  ).toBeVisible();
  network.mend();
  await expect(tab.getByText("This device")).toBeVisible({ timeout: 40_000 });
});

test("a slow API shows places in the size of what comes, and nothing jumps", async ({
  network,
  far,
  tab,
  resident,
}) => {
  await signIn(far, resident);
  network.slow(600);
  await tab.addInitScript(() => {
    const kept = window as unknown as { shift: number };
    kept.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[])
        if (!entry.hadRecentInput) kept.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await tab.goto("/dashboard/");
  await expect(title(tab, "Overview")).toBeVisible();
  await expect(tab.getByText("Bäcker & Söhne").first()).toBeVisible();
  // Good by https://web.dev/articles/cls
  expect(await tab.evaluate(() => (window as unknown as { shift: number }).shift)).toBeLessThan(0.1);
});

test("a stream that is cut goes on where it was, with nothing lost", async ({ network, far, tab }) => {
  await signUp(far);
  const resumed: string[] = [];
  far.on("request", (request) => {
    const last = request.headers()["last-event-id"];
    if (last !== undefined) resumed.push(last);
  });
  const lines = tab.getByRole("log").getByRole("paragraph");
  await tab.goto("/onboarding/");
  await tab.waitForURL("**/onboarding/?deployment=*");
  const id = new URL(tab.url()).searchParams.get("deployment");
  await tab.goto(`/deployments/view/?id=${id}`);
  await expect(lines.nth(3)).toBeVisible();
  network.cut();
  await expect(tab.getByText("Succeeded").first()).toBeVisible({ timeout: 60_000 });
  const followed = await lines.allInnerTexts();
  await tab.reload();
  await tab.getByRole("button", { name: "Show the log" }).click();
  await expect(lines.nth(followed.length - 1)).toBeVisible();
  expect(followed).toEqual(await lines.allInnerTexts());
  expect(resumed).not.toEqual([]);
});
