// Builds the widget: one small loader with a stable name, and behind it hashed chunks that only
// a visitor who comes near the launcher ever fetches. Fails when either outgrows its budget.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCE = join(HERE, "src");
const OUTPUT = join(HERE, "dist");

const LOADER_BUDGET_BYTES = 3 * 1024;
const WHOLE_BUDGET_BYTES = 15 * 1024;

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
const isLocale = (file) => /\.(de|es|fr)-/.test(nameOf(file));

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

// A visitor speaks one language: besides the built-in English, at most the heaviest table is fetched.
const locales = files.filter(isLocale).map((file) => weigh([file]));
const whole = weigh(files.filter((file) => !isLocale(file))) + Math.max(0, ...locales);
const loaderBytes = weigh(loader.outputFiles);
console.log(
  `loader ${loaderBytes} of ${LOADER_BUDGET_BYTES} B, all ${whole} of ${WHOLE_BUDGET_BYTES} B`,
);
if (loaderBytes > LOADER_BUDGET_BYTES || whole > WHOLE_BUDGET_BYTES) {
  console.error("The widget has outgrown its budget.");
  process.exitCode = 1;
}
