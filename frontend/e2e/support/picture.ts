import type { Page } from "@playwright/test";

const ARE_WANTED = Boolean(process.env.SCREENSHOTS);

/** Keeps what the page looks like, for people: only where SCREENSHOTS is set, for it takes long and proves nothing. */
export async function picture(page: Page, name: string, extent: "screen" | "page" = "screen"): Promise<void> {
  if (ARE_WANTED) await page.screenshot({ path: `screenshots/${name}.png`, fullPage: extent === "page" });
}
