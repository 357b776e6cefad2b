// Measures what loading the widget costs the demo page and prints it beside the goals; asserts
// nothing. First the browser's own clock of the page's thread, then Lighthouse.
//
// CHROMIUM_PATH   the browser to use. ARGS: `--quick` leaves Lighthouse out.

import { chromium } from "@playwright/test";
import { serve } from "./site.mjs";

const RUNS = 12;
const SLOWDOWN = 4;
/** After the load: long enough for the configuration to come and the launcher to be drawn. */
const SETTLE_MS = 1500;
const LIGHTHOUSE_RUNS = 5;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

const executablePath = process.env.CHROMIUM_PATH || undefined;

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/** Milliseconds of script and of all tasks, by the clock of the page's thread. */
async function cost(browser, address) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await page.goto(address, { waitUntil: "load" });
  await page.waitForTimeout(SETTLE_MS);
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name) => 1000 * metrics.find((metric) => metric.name === name).value;
  const found = { script: of("ScriptDuration"), task: of("TaskDuration") };
  await context.close();
  return found;
}

async function clocks(url) {
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const runs = { widget: [], empty: [] };
  for (let run = 0; run <= RUNS; run += 1) {
    for (const page of run % 2 ? ["empty", "widget"] : ["widget", "empty"]) {
      const found = await cost(browser, `${url}/${page}`);
      // The first round warms the browser up.
      if (run > 0) runs[page].push(found);
    }
  }
  await browser.close();
  for (const what of ["script", "task"]) {
    const [widget, empty] = ["widget", "empty"].map((page) => median(runs[page].map((run) => run[what])));
    const more = (widget - empty).toFixed(1);
    console.log(`${what}: ${more} ms over a page with an empty script (${widget.toFixed(1)} − ${empty.toFixed(1)}); goal ≤ 30 ms`);
  }
}

async function lighthouses(url) {
  const [{ default: lighthouse }, { launch }] = await Promise.all([
    import("lighthouse"),
    import("chrome-launcher"),
  ]);
  const chrome = await launch({
    ...(executablePath ? { chromePath: executablePath } : {}),
    chromeFlags: ["--headless=new", ...FLAGS],
  });
  const scores = { widget: [], none: [] };
  const shifts = [];
  for (let run = 0; run < LIGHTHOUSE_RUNS; run += 1) {
    for (const page of run % 2 ? ["none", "widget"] : ["widget", "none"]) {
      const options = { port: chrome.port, onlyCategories: ["performance"], logLevel: "error" };
      const { lhr } = await lighthouse(`${url}/${page}`, options);
      scores[page].push(100 * lhr.categories.performance.score);
      if (page === "widget") shifts.push(lhr.audits["cumulative-layout-shift"].numericValue);
    }
  }
  chrome.kill();
  const [widget, none] = [median(scores.widget), median(scores.none)];
  console.log(`Lighthouse, performance: ${widget} with the widget, ${none} without; goal: 1 point apart at most`);
  console.log(`Lighthouse, layout shift with the widget: ${Math.max(...shifts)}; goal 0`);
}

const site = await serve();
await clocks(site.url);
if (!process.argv.includes("--quick")) await lighthouses(site.url);
await site.stop();
