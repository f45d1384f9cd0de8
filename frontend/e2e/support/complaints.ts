/** What a page may not do, whatever a test does with it: log an error, throw, or offend its own policy. */
import type { BrowserContext, ConsoleMessage } from "@playwright/test";

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
