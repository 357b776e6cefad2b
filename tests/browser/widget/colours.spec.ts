// Whatever two colours the owner picks, by day and by night: what stands on them can be read.
// Measured on what the browser made of the style sheets, by the contrast of WCAG 2.2.

import { expect, test } from "../fixtures.ts";

const STEPS = [0, 51, 102, 153, 204, 255];

const CUBE = STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b) => [r, g, b])));

for (const colorScheme of ["light", "dark"] as const) {
  test(`every colour of the cube can be read, ${colorScheme}`, async ({ page, desk, chat }) => {
    await page.emulateMedia({ colorScheme });
    await chat.start(desk);
    const unreadable = await page.evaluate((cube) => {
      const host = document.querySelector("frontdesk-chat") as HTMLElement;
      const root = host.shadowRoot as ShadowRoot;
      const [palette] = root.adoptedStyleSheets;
      const rule = palette?.cssRules[0] as CSSStyleRule;
      // The owner's two colours stand first in the tenant's own rule.
      const [primary, secondary] = rule.style;
      const panel = root.querySelector(".panel") as HTMLElement;
      const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
      const pixel = (colour: string): number[] => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
      };
      const luminance = (colour: string) => {
        const [r, g, b] = pixel(colour).map((part) => {
          const level = part / 255;
          return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4;
        }) as [number, number, number];
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const contrast = (one: string, other: string) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [
          number,
          number,
        ];
        return (light + 0.05) / (dark + 0.05);
      };
      const add = (tag: string, name: string, to: Element) => {
        const node = document.createElement(tag);
        node.className = name;
        to.append(node);
        return node;
      };
      const log = root.querySelector(".log") as HTMLElement;
      const row = add("div", "row visitor", log);
      const bubble = add("div", "bubble", row);
      const answer = add("div", "bubble", add("div", "row assistant", log));
      const head = add("div", "card-head", add("section", "card", log));
      const link = add("a", "", log);
      const chip = add("button", "chip", log);
      const primaryButton = add("button", "primary", log);
      const style = (node: Element) => getComputedStyle(node);
      const found: string[] = [];
      for (const colour of cube) {
        const css = `rgb(${colour.join(" ")})`;
        for (const name of [primary!, secondary!]) rule.style.setProperty(name, css);
        const pairs: [string, string, string][] = [
          ["head", style(root.querySelector(".head")!).color, css],
          ["primary button", style(primaryButton).color, style(primaryButton).backgroundColor],
          ["visitor's bubble", style(bubble).color, style(bubble).backgroundColor],
          ["link on the ground", style(link).color, style(log).backgroundColor],
          ["link in an answer", style(link).color, style(answer).backgroundColor],
          ["link on the panel", style(link).color, style(panel).backgroundColor],
          ["head of a card", style(head).color, style(head).backgroundColor],
          ["chip", style(chip).color, style(chip).backgroundColor],
        ];
        for (const [what, text, ground] of pairs) {
          const ratio = contrast(text, ground);
          if (ratio < 4.5) found.push(`${what} ${css}: ${text} on ${ground} ${ratio.toFixed(2)}`);
        }
      }
      return found;
    }, CUBE);
    expect(unreadable).toEqual([]);
  });
}
