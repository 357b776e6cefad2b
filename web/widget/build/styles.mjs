// Turns style sheets into minified text for the shadow root to adopt, and gives their custom
// properties short names, the same in every file of one build.

import { readFile } from "node:fs/promises";
import { transform } from "esbuild";

const PROPERTY = /--[a-z][a-z-]+/g;

/** Style sheets as text. `seen` collects the custom properties that they name. */
export function styleSheetsAsText(seen) {
  return {
    name: "style-sheets-as-text",
    setup(build) {
      build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const { code } = await transform(text, { loader: "css", minify: true });
        for (const [name] of code.matchAll(PROPERTY)) seen.add(name);
        // The values of custom properties stay as they were written, but for these spaces.
        const tight = code.trim().replace(/ ([*/]) |([,:]) /g, "$1$2");
        return { contents: tight, loader: "text" };
      });
    },
  };
}

/** Shortens the custom properties in built code. The names are the widget's own, so that no rule of the page sets them by chance. */
export function shortened(code, seen) {
  // A name that is only put together when it runs would not be found here.
  if (code.includes("--${")) throw new Error("a custom property has no name until it runs");
  const short = new Map([...seen].sort().map((name, at) => [name, `--fd${at.toString(36)}`]));
  return code.replace(PROPERTY, (name) => short.get(name) ?? name);
}
