// Builds the widget: one small loader with a stable name, and behind it hashed chunks that only
// a visitor who comes near the launcher ever fetches. Fails when it outgrows its limits.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCE = join(HERE, "src");
const OUTPUT = join(HERE, "dist");

const LOADER_LIMIT_BYTES = 3 * 1024;
const WHOLE_GOAL_BYTES = 15 * 1024;
/** Where it stands above the goal, this keeps it from drifting further away. */
const WHOLE_LIMIT_BYTES = 20 * 1024;

/** Style sheets become minified strings, to be adopted by the shadow root. */
const styleSheetsAsText = {
  name: "style-sheets-as-text",
  setup(pluginBuild) {
    pluginBuild.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), {
        loader: "css",
        minify: true,
      });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const shared = {
  bundle: true,
  minify: true,
  target: ["es2022"],
  legalComments: "none",
  plugins: [styleSheetsAsText],
  write: false,
};

async function buildPanel() {
  return build({
    ...shared,
    entryPoints: { panel: join(SOURCE, "panel.ts") },
    format: "esm",
    splitting: true,
    outdir: OUTPUT,
    entryNames: "chat-widget.[name]-[hash]",
    chunkNames: "chat-widget.[name]-[hash]",
  });
}

async function buildLoader(panelFile) {
  return build({
    ...shared,
    entryPoints: { "chat-widget": join(SOURCE, "loader.ts") },
    format: "iife",
    outdir: OUTPUT,
    define: { PANEL_FILE: JSON.stringify(panelFile) },
  });
}

const nameOf = (file) => file.path.slice(OUTPUT.length + 1);
const weigh = (files) => files.reduce((sum, file) => sum + gzipSync(file.contents).length, 0);
const isLocale = (file) => /\.[a-z]{2}-/.test(nameOf(file));

const panel = await buildPanel();
const panelFile = panel.outputFiles
  .map(nameOf)
  .find((name) => name.startsWith("chat-widget.panel-"));
const loader = await buildLoader(panelFile);

await rm(OUTPUT, { recursive: true, force: true });
await mkdir(OUTPUT, { recursive: true });
const files = [...loader.outputFiles, ...panel.outputFiles];
for (const file of files) {
  await writeFile(file.path, file.contents);
  console.log(`${String(gzipSync(file.contents).length).padStart(6)} B gzip  ${nameOf(file)}`);
}

// A visitor speaks one language, so of the tables of words only the heaviest counts.
const locales = files.filter(isLocale).map((file) => weigh([file]));
const whole = weigh(files.filter((file) => !isLocale(file))) + Math.max(0, ...locales);
const own = weigh(loader.outputFiles);
console.log(`loader ${own} B of ${LOADER_LIMIT_BYTES}, all ${whole} B (goal ${WHOLE_GOAL_BYTES})`);
if (own > LOADER_LIMIT_BYTES || whole > WHOLE_LIMIT_BYTES) {
  console.error("The widget has outgrown its limits.");
  process.exitCode = 1;
}
