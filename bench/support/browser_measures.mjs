// What a browser measures on the web app. Runs beside the packages `lighthouse` and `puppeteer-core`; reads one JSON
// object from its argument, writes one to its output. Times are in milliseconds, scores from 0 to 100.
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const MOBILE_CPU_SLOWDOWN = 4; // As Lighthouse's mobile preset.
const ROOMS = ["Deployments", "Billing", "Account", "Overview"];
const SETTLE_MS = 500;

const asked = JSON.parse(process.argv[2]);
const browser = await puppeteer.launch({ executablePath: asked.chromium, args: asked.arguments });
try {
  if (asked.cookie) await browser.setCookie(asked.cookie);
  const measures = { audit, phaseChanges, interactions };
  process.stdout.write(JSON.stringify(await measures[asked.measure]()));
} finally {
  await browser.close();
}

async function audit() {
  const port = Number(new URL(browser.wsEndpoint()).port);
  const result = await lighthouse(asked.url, {
    port,
    onlyCategories: CATEGORIES,
    disableStorageReset: true,
    logLevel: "error",
  });
  const { categories, audits, finalDisplayedUrl } = result.lhr;
  const faults = CATEGORIES.slice(1).flatMap((name) =>
    categories[name].auditRefs
      .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
      .map(({ id }) => `${name}: ${audits[id].title}`),
  );
  return {
    ...Object.fromEntries(CATEGORIES.map((name) => [name.replace("-", "_"), (categories[name].score ?? 0) * 100])),
    url: finalDisplayedUrl,
    faults,
    largest_paint_ms: audits["largest-contentful-paint"].numericValue,
    blocking_ms: audits["total-blocking-time"].numericValue,
    shift: audits["cumulative-layout-shift"].numericValue,
  };
}

/** When the page showed each phase as done, by the clock of this machine, from when it first showed the phases. */
async function phaseChanges() {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => {
    window.shown = { since: 0, done: {} };
    const look = () => {
      const phases = [...document.querySelectorAll("ol > li")].filter((each) => each.querySelector("h3"));
      if (phases.length !== 8) return;
      const now = performance.timeOrigin + performance.now();
      window.shown.since ||= now;
      phases.forEach((phase, index) => {
        if (phase.textContent.includes("Done")) window.shown.done[index] ??= now;
      });
    };
    // Frame by frame: what is in the document at a frame is on the screen with it.
    const watch = () => {
      look();
      requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
  });
  await page.goto(asked.url);
  await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Your stack is live", { timeout: 90_000 });
  return await page.evaluate(() => window.shown);
}

/** The longest interaction of a walk through the rooms, from the press to the next paint (https://web.dev/articles/inp). */
async function interactions() {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  await page.evaluateOnNewDocument(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (entry.interactionId) window.longest = Math.max(window.longest, entry.duration);
    }).observe({ type: "event", durationThreshold: 16, buffered: true });
  });
  await page.goto(asked.url);
  await page.waitForSelector("main h1");
  await page.emulateCPUThrottling(MOBILE_CPU_SLOWDOWN);
  for (const room of ROOMS) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    await page.locator(`nav ::-p-text(${room})`).click();
    await page.waitForFunction((name) => document.querySelector("main h1")?.textContent === name, {}, room);
  }
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return { longest_ms: await page.evaluate(() => window.longest) };
}
