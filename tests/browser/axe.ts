// What axe finds: the breaches of WCAG and of good practice in a part of a page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Each breach with where it is, but for the rules that are spared. Evaluated by the browser's own tools, so a page's policy does not matter. */
export async function breaches(
  page: Page,
  part = "html",
  spared: string[] = [],
): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(
    async ([part, spared]) => {
      const rules = Object.fromEntries(
        (spared as string[]).map((rule) => [rule, { enabled: false }]),
      );
      const { violations } = await (globalThis as any).axe.run(part, { rules });
      return violations.flatMap(({ id, help, nodes }: any) =>
        nodes.map(({ html }: any) => `${id}: ${help}: ${html.slice(0, 200)}`),
      );
    },
    [part, spared] as const,
  );
}
