/** axe-core in the page. It is evaluated by the debugger, which the page's Content-Security-Policy does not hinder. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// What `preload` fetches anew, the style sheets above all, only rules look at that are not run.
const RUN = "axe.run({ resultTypes: ['violations'], preload: false })";
const GRAVE = new Set(["serious", "critical"]);

/** What is serious or critical on the page, one line each. */
export async function graveFaults(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(SOURCE);
  const results = (await page.evaluate(RUN)) as AxeResults;
  return results.violations
    .filter(({ impact }) => GRAVE.has(impact ?? ""))
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${help}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`),
    );
}
