// Decides which of the widget's own names the build may shorten: members that the source declares
// for itself. Never a name of the wire, of what a tab stores, of the page's API or of the browser.

import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parsers } from "prettier/plugins/typescript";

/** What these files declare, others than this build read too: the server, a later visit, the page. */
const SHARED = ["wire.ts", "memory.ts", "page.ts", "messages.ts", "globals.d.ts"];

/** Names in literals that are handed to these functions leave the widget: attributes, requests. */
const OUTWARD = new Set(["el", "button", "post", "open", "emit"]);

const DECLARATIONS = new Set([
  "TSPropertySignature",
  "TSMethodSignature",
  "PropertyDefinition",
  "MethodDefinition",
]);

/** A member as the browser's declaration files have it. */
const MEMBER = /^\s+(?:readonly |get |set )*"?([a-zA-Z]\w*)"?\??[(:<]/gm;

/** The names that may be shortened, sorted. */
export async function ownNames(folder) {
  const own = new Set();
  const reserved = await browserNames();
  for (const path of (await readdir(folder, { recursive: true })).sort()) {
    if (!path.endsWith(".ts")) continue;
    const text = await readFile(join(folder, path), "utf8");
    const { declared, outward } = namesIn(parsers.typescript.parse(text, { filepath: path }));
    for (const name of declared) (SHARED.includes(path) ? reserved : own).add(name);
    for (const name of outward) reserved.add(name);
  }
  return [...own].filter((name) => !reserved.has(name) && /^[a-z][a-zA-Z]+$/.test(name)).sort();
}

/** What the source in one file declares, and which names of it others get to see. */
function namesIn(program) {
  const declared = new Set();
  const outward = new Set();
  visit(program, (node) => {
    if (DECLARATIONS.has(node.type) && node.key.type === "Identifier") declared.add(node.key.name);
    if (node.type === "TSParameterProperty") {
      declared.add((node.parameter.left ?? node.parameter).name);
    }
    if (node.type === "VariableDeclarator" && node.id.name === "strings") {
      for (const name of keysOf(node.init)) declared.add(name);
    }
    // What is exported keeps its name in the part that another part imports.
    if (node.type === "ExportNamedDeclaration" && node.declaration?.id) {
      outward.add(node.declaration.id.name);
    }
    // A name that is also a text may be looked up by it.
    if (node.type === "Literal" && typeof node.value === "string") outward.add(node.value);
    if (node.type === "CallExpression") {
      const { name } = node.callee.property ?? node.callee;
      if (OUTWARD.has(name)) for (const key of node.arguments.flatMap(keysOf)) outward.add(key);
    }
  });
  return { declared, outward };
}

function keysOf(node) {
  const properties = node?.type === "ObjectExpression" ? node.properties : [];
  return properties.flatMap(({ key }) => (key?.type === "Identifier" ? [key.name] : []));
}

function visit(node, see) {
  if (Array.isArray(node)) for (const each of node) visit(each, see);
  else if (typeof node?.type === "string") {
    see(node);
    for (const [name, value] of Object.entries(node)) {
      if (name !== "parent" && typeof value === "object") visit(value, see);
    }
  }
}

/** Every member that the language or the browser declares. */
async function browserNames() {
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  const platform = `@typescript/typescript-${process.platform}-${process.arch}/package.json`;
  const folder = join(dirname(createRequire(typescript).resolve(platform)), "lib");
  const names = new Set();
  for (const file of await readdir(folder)) {
    if (!/^lib\.(es|dom|decorators).*\.d\.ts$/.test(file)) continue;
    for (const [, name] of (await readFile(join(folder, file), "utf8")).matchAll(MEMBER))
      names.add(name);
  }
  if (!names.has("addEventListener")) throw new Error(`${folder} declares no browser`);
  return names;
}
