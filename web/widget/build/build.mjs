// Builds the widget: one small loader with a stable name, and behind it a panel for each language,
// hashed, of which a visitor who comes near the launcher fetches one, and the bubble that may speak
// first. Fails when it outgrows its limits.

import { createHash } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";
import { ownNames } from "./names.mjs";
import { shortened, styleSheetsAsText } from "./styles.mjs";

const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCE = join(HERE, "src");
const OUTPUT = join(HERE, "dist");

const LOADER_LIMIT_BYTES = 3 * 1024;
const WHOLE_GOAL_BYTES = 15 * 1024;
/** Where it stands above the goal, this keeps it from drifting further away. */
const WHOLE_LIMIT_BYTES = 19.5 * 1024;

const own = await ownNames(SOURCE);
const properties = new Set();
let mangleCache = {};

/** Bundles one entry into one script; `language` is the only table of words in it. */
async function bundle(entry, format, language, define = {}) {
  const built = await build({
    entryPoints: [join(SOURCE, entry)],
    bundle: true,
    minify: true,
    target: ["es2022"],
    format,
    define,
    legalComments: "none",
    write: false,
    mangleProps: new RegExp(`^(${own.join("|")})$`),
    mangleCache,
    plugins: [styleSheetsAsText(properties), wordsOf(language)],
  });
  mangleCache = built.mangleCache;
  return built.outputFiles[0].text;
}

/** The table of words that the source names in English is that of the language. */
function wordsOf(language) {
  return {
    name: "words-of-one-language",
    setup(pluginBuild) {
      pluginBuild.onResolve({ filter: /\/locales\/en\.ts$/ }, () => ({
        path: join(SOURCE, `locales/${language}.ts`),
      }));
    },
  };
}

/** What esbuild leaves on the table: sequences, conditions and names chosen for compression. */
async function squeezed(code, module) {
  const { code: smaller } = await minify(code, {
    module,
    ecma: 2020,
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true, keep_fargs: false },
    mangle: true,
    format: { ascii_only: false },
  });
  return shortened(smaller, properties);
}

const hash = (text) => {
  const digits = BigInt(`0x${createHash("sha256").update(text).digest("hex")}`).toString(36);
  return digits.slice(0, 8).toUpperCase();
};
const gzipped = (text) => gzipSync(text).length;

const languages = (await readdir(join(SOURCE, "locales"))).map((file) => file.slice(0, 2)).sort();
const bundles = [];
for (const language of languages)
  bundles.push([language, await bundle("panel.ts", "esm", language)]);

const files = new Map();
const panels = {};
const loaderDefine = () => ({ PANELS: JSON.stringify(panels) });
const bubble = await squeezed(await bundle("nudge.ts", "esm", "en"), true);
panels.nudge = `nudge-${hash(bubble)}`;
files.set(`chat-widget.${panels.nudge}.js`, bubble);
// A first pass of the loader, so that every file knows every custom property.
await bundle("loader.ts", "iife", "en", loaderDefine());
for (const [language, code] of bundles) {
  const text = await squeezed(code, true);
  panels[language] = `${language}-${hash(text)}`;
  files.set(`chat-widget.${panels[language]}.js`, text);
}
files.set(
  "chat-widget.js",
  await squeezed(await bundle("loader.ts", "iife", "en", loaderDefine()), false),
);

await rm(OUTPUT, { recursive: true, force: true });
await mkdir(OUTPUT, { recursive: true });
for (const [name, text] of files) {
  await writeFile(join(OUTPUT, name), text);
  console.log(`${String(gzipped(text)).padStart(6)} B gzip  ${name}`);
}

// A visitor speaks one language, so of the panels only the heaviest counts.
const loader = gzipped(files.get("chat-widget.js"));
const panel = Math.max(
  ...languages.map((language) => gzipped(files.get(`chat-widget.${panels[language]}.js`))),
);
const whole = loader + panel + gzipped(bubble);
console.log(
  `loader ${loader} B of ${LOADER_LIMIT_BYTES}, all ${whole} B (goal ${WHOLE_GOAL_BYTES})`,
);
if (loader > LOADER_LIMIT_BYTES || whole > WHOLE_LIMIT_BYTES) {
  console.error("The widget has outgrown its limits.");
  process.exitCode = 1;
}
