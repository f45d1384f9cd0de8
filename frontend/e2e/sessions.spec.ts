/** One person in two tabs: renewal, sign-out, and what a foreign page or a thief would try. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { API, newEmail, PASSWORD, signIn, WEB } from "./support/platform";
import { expect, test } from "./support/test";

const signedIn = (page: Page) => expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
const heading = (page: Page) => page.getByRole("heading", { level: 1 });

/** Until the tab has an access token: the frame of the room is there before. */
async function dashboardIn(page: Page): Promise<void> {
  const told = page.waitForResponse((answer) => answer.url() === `${API}/v1/dashboard` && answer.ok());
  await page.goto("/dashboard/");
  await expect(heading(page)).toBeVisible();
  await signedIn(page);
  await told;
}

/** Counts the renewals that both tabs ask for. */
function renewals(page: Page): { count: number } {
  const seen = { count: 0 };
  page.context().on("request", (request) => {
    if (request.url() === `${API}/v1/auth/refresh` && request.method() === "POST") seen.count++;
  });
  return seen;
}

test("two tabs that refresh at once do not sign each other out", async ({ page, context, resident }) => {
  await signIn(context, resident);
  const other = await context.newPage();
  await Promise.all([dashboardIn(page), dashboardIn(other)]);
  for (let round = 0; round < 3; round++) {
    await Promise.all([page.reload(), other.reload()]);
    await Promise.all([expect(heading(page)).toBeVisible(), expect(heading(other)).toBeVisible()]);
  }
  expect(new URL(page.url()).pathname).toBe("/dashboard/");
  expect(new URL(other.url()).pathname).toBe("/dashboard/");
});

test("both tabs live on after their access token has expired, by one renewal", async ({
  page,
  context,
  resident,
}) => {
  await signIn(context, resident);
  const other = await context.newPage();
  // Of both tabs: one context has one clock.
  await context.clock.install();
  await Promise.all([dashboardIn(page), dashboardIn(other)]);
  const seen = renewals(page);
  await context.clock.setSystemTime(Date.now() + 9.5 * 60_000);
  for (const tab of [page, other]) {
    const answered = tab.waitForResponse((answer) => answer.url() === `${API}/v1/auth/sessions`);
    await tab.getByRole("link", { name: "Account" }).click();
    expect((await answered).status()).toBe(200);
  }
  expect(seen.count).toBe(1);
});

test("a sign-out in one tab signs out the other", async ({ page, context, resident }) => {
  await signIn(context, resident);
  const other = await context.newPage();
  await dashboardIn(page);
  await dashboardIn(other);
  await page.getByRole("button", { name: "Sign out" }).click();
  for (const tab of [page, other]) {
    await tab.waitForURL("**/login/?next=*");
    await expect(tab.getByRole("heading", { name: "Sign in" })).toBeVisible();
  }
  await page.goto("/billing/");
  await page.waitForURL("**/login/?next=*");
});

test("a session that was ended elsewhere leads to the sign-in, and back to where one was", async ({
  page,
  context,
  resident,
}) => {
  const owner = await signIn(context, resident);
  await dashboardIn(page);
  await context.request.delete(`${API}/v1/auth/sessions`, {
    headers: { Authorization: `Bearer ${owner.token}` },
  });
  await page.goto("/billing/");
  await page.waitForURL("**/login/?next=*");
  await page.getByLabel("E-mail").fill(owner.email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/billing/");
  await expect(heading(page)).toBeVisible();
});

test("no script, storage or address holds a token", async ({ page, context, resident }) => {
  const requested: string[] = [];
  context.on("request", (request) => requested.push(request.url()));
  await signIn(context, resident);
  await dashboardIn(page);
  const kept = await page.evaluate(() => ({
    local: JSON.stringify({ ...localStorage }),
    session: JSON.stringify({ ...sessionStorage }),
    cookies: document.cookie,
    address: location.href,
  }));
  const cookie = (await context.cookies(`${API}/v1/auth/refresh`)).find(
    ({ name }) => name === "stackpro_session",
  );
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/v1/auth" });
  const secret = cookie?.value ?? "?";
  for (const text of [...Object.values(kept), ...requested]) {
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  }
  expect(kept.cookies).toBe("");
});

test("a foreign page can neither renew nor end the session", async ({
  page,
  context,
  resident,
  complaints,
}) => {
  complaints.allow(/blocked by CORS policy/);
  await signIn(context, resident);
  const foreign = createServer((_, answer) =>
    answer.setHeader("Content-Type", "text/html").end("<p>evil</p>"),
  );
  await new Promise<void>((listening) => foreign.listen(0, "127.0.0.1", listening));
  try {
    // Another port of the same name is the same site: the cookie is sent, only the origin tells.
    await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
    const outcomes = await page.evaluate(async (api) => {
      const send = (path: string, init: RequestInit) =>
        fetch(`${api}${path}`, { method: "POST", credentials: "include", body: "{}", ...init }).then(
          (answer) => `read ${answer.status}`,
          () => "refused",
        );
      const json = { "Content-Type": "application/json", "X-CSRF-Protection": "1" };
      return [
        await send("/v1/auth/refresh", { headers: json }),
        await send("/v1/auth/logout", { headers: json }),
        await send("/v1/auth/refresh", { mode: "no-cors" }),
        await send("/v1/auth/logout", { mode: "no-cors" }),
      ];
    }, API);
    expect(outcomes.slice(0, 2)).toEqual(["refused", "refused"]);
  } finally {
    foreign.close();
  }
  const forged = await context.request.post(`${API}/v1/auth/refresh`, {
    headers: { Origin: "https://evil.example", "X-CSRF-Protection": "1" },
    data: {},
  });
  expect([forged.status(), (await forged.json()).code]).toEqual([403, "csrf_refused"]);
  await dashboardIn(page);
});

test("no other page may show the app in a frame", async ({ page, complaints }) => {
  complaints.allow(/frame-ancestors|X-Frame-Options|Refused to (display|frame)|Framing/);
  const outer = createServer((_, answer) =>
    answer.setHeader("Content-Type", "text/html").end(`<iframe src="${WEB}/login/" name="inner"></iframe>`),
  );
  await new Promise<void>((listening) => outer.listen(0, "127.0.0.1", listening));
  try {
    await page.goto(`http://127.0.0.1:${(outer.address() as AddressInfo).port}/`);
    await expect.poll(() => page.frame("inner")?.url()).toMatch(/^chrome-error:/);
  } finally {
    outer.close();
  }
});

test("a script in the company's name stays text, wherever it came from", async ({
  page,
  context,
  resident,
}) => {
  const company = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
  await signIn(context, resident);
  // The API refuses such a name; this is an answer as from a name of older days.
  await context.route(`${API}/v1/{me,dashboard}`, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replaceAll("Bäcker & Söhne", () =>
      JSON.stringify(company).slice(1, -1),
    );
    await route.fulfill({ response: answer, body });
  });
  for (const path of ["/dashboard/", "/account/", "/billing/"]) {
    await page.goto(path);
    await expect(page.getByText(company).first()).toBeVisible();
    expect(await page.title()).not.toContain("owned");
  }
  await context.unrouteAll({ behavior: "ignoreErrors" }); // an answer may be on its way still
});

test("a wrong password says so in the reader's language", async ({ page }) => {
  await page.goto("/de/login/");
  await page.getByLabel("E-Mail").fill(newEmail());
  await page.getByLabel("Passwort", { exact: true }).fill("nicht das richtige");
  await page.getByRole("main").getByRole("button", { name: "Anmelden" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("passen nicht");
});
