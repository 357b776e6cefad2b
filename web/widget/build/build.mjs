// Builds the widget: one small loader with a stable name, and behind it a panel for each language,
// hashed, of which a visitor who comes near the launcher fetches one; the bubble that may speak first;
// the page of the frame; and the npm package, of the same parts. Prints what each weighs and fails when it outgrows its limits.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";
import { ownNames } from "./names.mjs";
import { shortened, styleSheetsAsText } from "./styles.mjs";

const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCE = join(HERE, "src");
/** What the site serves. */
const OUTPUT = join(HERE, "dist");
/** What npm packs. */
const MODULE = join(HERE, "module");

const LOADER_LIMIT_BYTES = 3 * 1024;
const WHOLE_GOAL_BYTES = 15 * 1024;
/** Where it stands above the goal, this keeps it from drifting further away. */
const WHOLE_LIMIT_BYTES = 19 * 1024;

const own = await ownNames(SOURCE);
const properties = new Set();
let mangleCache = {};

/** Bundles one entry into one script; `language` is the only table of words in it. */
async function bundle(entry, format, language = "en", define = {}) {
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

/** What esbuild leaves on the table. Only once every style sheet was seen: the short names depend on all. */
async function squeezed(code, module) {
  const { code: smaller } = await minify(code, {
    module,
    ecma: 2020,
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true, keep_fargs: false },
  });
  return shortened(smaller, properties);
}

/** What a file's name ends with when it follows from the content. */
function hashed(name, text) {
  const digits = BigInt(`0x${createHash("sha256").update(text).digest("hex")}`).toString(36);
  return `${name}-${digits.slice(0, 8).toUpperCase()}`;
}

async function write(folder, files) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) await writeFile(join(folder, name), text);
}

const gzipped = (text) => gzipSync(text).length;

const languages = (await readdir(join(SOURCE, "locales"))).map((file) => file.slice(0, 2)).sort();
const bundles = [];
for (const each of ["frame", "nudge"]) bundles.push([each, await bundle(`${each}.ts`, "esm")]);
for (const each of languages) bundles.push([each, await bundle("panel.ts", "esm", each)]);
const entry = await bundle("package.ts", "esm");

const parts = new Map();
for (const [name, code] of bundles) parts.set(name, await squeezed(code, true));
const named = Object.fromEntries([...parts].map(([name, text]) => [name, hashed(name, text)]));
const loader = await bundle("loader.ts", "iife", "en", { PANELS: JSON.stringify(named) });

const site = new Map([["chat-widget.js", await squeezed(loader, false)]]);
for (const [name, text] of parts) site.set(`chat-widget.${named[name]}.js`, text);
site.set("chat-frame.html", await readFile(join(SOURCE, "chat-frame.html"), "utf8"));
await write(OUTPUT, site);

const modules = [...languages, "nudge"];
const imports = modules.map((each) => `${each}:()=>import("./${each}.js")`).join();
const index = (await squeezed(entry, true)).replace("PANEL_MODULES", `{${imports}}`);
await write(MODULE, [
  ["index.js", index],
  ...modules.map((each) => [`${each}.js`, parts.get(each)]),
]);
const tsc = join(HERE, "../../node_modules/.bin/tsc");
execFileSync(tsc, ["--project", join(HERE, "tsconfig.types.json")], { stdio: "inherit" });

for (const [name, text] of site) {
  console.log(`${String(gzipped(text)).padStart(6)} B gzip  ${name}`);
}
// A visitor speaks one language, so of the panels only the heaviest counts. A framed chat fetches
// the frame's part on top; a chat in the page never does.
const loaded = gzipped(site.get("chat-widget.js"));
const frame = gzipped(parts.get("frame"));
const panel = Math.max(...languages.map((each) => gzipped(parts.get(each))));
const whole = loaded + panel + gzipped(parts.get("nudge"));
console.log(
  `loader ${loaded} B of ${LOADER_LIMIT_BYTES}, all ${whole} B (goal ${WHOLE_GOAL_BYTES})`,
);
console.log(`in a frame ${whole + frame} B`);
if (loaded > LOADER_LIMIT_BYTES || whole > WHOLE_LIMIT_BYTES) {
  console.error("The widget has outgrown its limits.");
  process.exitCode = 1;
}
