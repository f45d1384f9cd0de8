/**
 * The test of this suite, with everybody whom it knows. All fixtures of a worker are named here: tests that name others
 * would each get workers of their own, with a browser and businesses that are made anew.
 */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
} from "@playwright/test";
import { Complaints } from "./complaints";
import { type Bakery, openBakery } from "./knowledge";
import { type Owner, signIn, signUp, WEB } from "./platform";
import { type Conversation, gather, join, newGroup, type Person, type Team } from "./team";

export { expect };

type Fixtures = {
  /** What the pages of the test's own browser may not do. */
  complaints: Complaints;
  /** A group of both of the team, with nothing in it. */
  group: Conversation;
  /** A browser in which the person is signed in. */
  open: (who: Person, options?: BrowserContextOptions, browser?: Browser) => Promise<BrowserContext>;
};
/** Each for all tests of one worker, and made when the first one asks for it. */
type WorkerFixtures = {
  /** Somebody with a stack, of which no test changes anything. */
  resident: Owner;
  team: Team;
  /** The team's business knows something. */
  bakery: Bakery;
  /** One of the team's business who only reads. */
  viewer: Owner;
};

export const test = base.extend<Fixtures, WorkerFixtures>({
  complaints: [
    async ({ context }, use) => {
      const complaints = new Complaints();
      complaints.watch(context);
      await use(complaints);
      expect(complaints.found).toEqual([]);
    },
    { auto: true },
  ],
  group: async ({ request, team }, use) => use(await newGroup(request, team)),
  open: async ({ browser, team }, use) => {
    const opened: BrowserContext[] = [];
    const complaints = new Complaints();
    complaints.allow(/^WebSocket connection to/); // Chromium says so of each try while there is no network.
    complaints.allow(/blocked by CORS policy/);
    await use(async (who, options = {}, another = browser) => {
      const context = await another.newContext({
        baseURL: WEB,
        locale: "en-GB",
        timezoneId: "Europe/Berlin",
        viewport: { width: 1280, height: 800 },
        ...options,
      });
      complaints.watch(context);
      opened.push(context);
      await signIn(context, team[who]);
      return context;
    });
    await Promise.all(opened.map((context) => context.close()));
    expect(complaints.found).toEqual([]);
  },
  resident: [
    async ({ browser }, use) => {
      const context = await browser.newContext();
      await use(await signUp(context));
      await context.close();
    },
    { scope: "worker" },
  ],
  team: [
    async ({ browser }, use) => {
      const context = await browser.newContext();
      await use(await gather(context.request, await signUp(context, "Kite Works")));
      await context.close();
    },
    { scope: "worker" },
  ],
  bakery: [
    async ({ browser, team }, use) => {
      const context = await browser.newContext();
      await use(await openBakery(context.request, team.ada));
      await context.close();
    },
    { scope: "worker" },
  ],
  viewer: [
    async ({ browser, team }, use) => {
      const context = await browser.newContext();
      await use(await join(context.request, team.ada, "Edsger Dijkstra", "viewer"));
      await context.close();
    },
    { scope: "worker" },
  ],
});
