/** The test of this suite: whatever it does, no page may log an error, throw, or offend its own policy. */
import { type BrowserContext, test as base, type ConsoleMessage, expect } from "@playwright/test";
import { type Owner, signUp } from "./platform";

export { expect };

/** The browser itself logs every answer from 400 on, expected or not. */
const BY_THE_BROWSER = /^Failed to load resource:/;

export class Complaints {
  readonly found: string[] = [];
  private readonly allowed: RegExp[] = [BY_THE_BROWSER];

  watch(context: BrowserContext): void {
    context.on("console", (message) => this.note(message));
    context.on("weberror", (error) => this.found.push(`threw: ${error.error().stack ?? error.error()}`));
  }

  /** For a test that provokes them. */
  allow(text: RegExp): void {
    this.allowed.push(text);
  }

  private note(message: ConsoleMessage): void {
    const text = message.text();
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (!this.allowed.some((each) => each.test(text))) {
      this.found.push(`${message.type()}: ${text} (${message.page()?.url()})`);
    }
  }
}

type Fixtures = { complaints: Complaints };
/** `resident` is somebody with a stack, for all tests of one worker that change nothing of it. */
type WorkerFixtures = { resident: Owner };

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
  resident: [
    async ({ browser }, use) => {
      const context = await browser.newContext();
      await use(await signUp(context));
      await context.close();
    },
    { scope: "worker" },
  ],
});
