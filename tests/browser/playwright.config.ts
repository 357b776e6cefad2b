// How the browser tests run: one real Chromium, no retries, nothing but loopback.
//
// FRONTDESK_URL   a running front desk; with it the whole trip is driven as well.
// CHROMIUM_PATH   the browser to use; without it Debian's, else Playwright's own.

import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const DEBIAN_CHROMIUM = "/usr/bin/chromium";

const executablePath =
  process.env.CHROMIUM_PATH || (existsSync(DEBIAN_CHROMIUM) ? DEBIAN_CHROMIUM : undefined);

const frontdesk = process.env.FRONTDESK_URL;

export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 30_000,
  expect: { timeout: 8_000 },
  reporter: [["list"], ["./count.ts"]],
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    viewport: { width: 1280, height: 860 },
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "widget", testDir: "widget" },
    ...(frontdesk
      ? [{ name: "trip", testMatch: "trip/*.spec.ts", use: { baseURL: frontdesk } }]
      : []),
  ],
});
