// Renders the little Markdown an assistant needs: paragraphs, lists, bold, italic, code and
// links. An allow-list that makes nodes: whatever it does not know stays the text it was.

import { el } from "./dom.ts";

const ITEM = /^\s*(?:[-*•]|(\d{1,3})[.)])\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*)$/;
const FENCE = /^\s*```/;
const INLINE =
  /(`+)(.+?)\1|\*\*(?=\S)(.+?)\*\*|(?<![\w*])\*(?=\S)([^*]+?)\*(?!\*)|(?<!\w)_(?=\S)([^_]+?)_(?!\w)|\[([^\]]+)\]\(([^()\s]+)\)|(https?:\/\/[^\s<>"']+)/;

/** What cannot be seen or reorders text could make a name or a link read as another. */
const REORDERING =
  /[\u0000-\u0008\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text without characters that change how its neighbours read. */
export function plain(text: string): string {
  return text.replace(REORDERING, "");
}

/** The blocks of `text`, as nodes. */
export function markdown(text: string): DocumentFragment {
  const out = document.createDocumentFragment();
  const lines = plain(text).split(/\r?\n/);
  for (let at = 0; at < lines.length;) at = block(lines, at, out);
  return out;
}

function block(lines: string[], at: number, out: DocumentFragment): number {
  const line = lines[at] ?? "";
  if (!line.trim()) return at + 1;
  if (FENCE.test(line)) return fence(lines, at + 1, out);
  if (ITEM.test(line)) return list(lines, at, out);
  const heading = HEADING.exec(line)?.[1];
  if (heading) {
    out.append(el("p", {}, el("strong", {}, inline(heading))));
    return at + 1;
  }
  return paragraph(lines, at, out);
}

function paragraph(lines: string[], start: number, out: DocumentFragment): number {
  const p = el("p");
  let at = start;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const isOther = !line.trim() || FENCE.test(line) || ITEM.test(line) || HEADING.test(line);
    if (isOther && at > start) break;
    if (at > start) p.append(el("br"));
    p.append(inline(line.trim()));
  }
  out.append(p);
  return at;
}

function list(lines: string[], start: number, out: DocumentFragment): number {
  const first = ITEM.exec(lines[start] ?? "")?.[1];
  const node = first ? el("ol", { start: first === "1" ? undefined : Number(first) }) : el("ul");
  let at = start;
  for (; at < lines.length; at += 1) {
    const item = ITEM.exec(lines[at] ?? "");
    const isBlankInside = !lines[at]?.trim() && ITEM.test(lines[at + 1] ?? "");
    if (isBlankInside) continue;
    if (!item || Boolean(item[1]) !== Boolean(first)) break;
    node.append(el("li", {}, inline(item[2] ?? "")));
  }
  out.append(node);
  return at;
}

function fence(lines: string[], start: number, out: DocumentFragment): number {
  const end = lines.findIndex((line, at) => at >= start && FENCE.test(line));
  const stop = end < 0 ? lines.length : end;
  out.append(el("pre", {}, el("code", {}, lines.slice(start, stop).join("\n"))));
  return stop + 1;
}

function inline(text: string): DocumentFragment {
  const out = document.createDocumentFragment();
  let rest = text;
  for (let found = INLINE.exec(rest); found; found = INLINE.exec(rest)) {
    const [whole, , code, bold, star, underscore, label, target, bare] = found;
    out.append(rest.slice(0, found.index));
    if (code !== undefined) out.append(el("code", {}, code));
    else if (bold !== undefined) out.append(el("strong", {}, inline(bold)));
    else if (label !== undefined && target !== undefined) out.append(link(label, target, whole));
    else if (bare !== undefined) {
      const address = bare.replace(/[.,;:!?)\]]+$/, "");
      out.append(link(address, address, address), bare.slice(address.length));
    } else out.append(el("em", {}, inline(star ?? underscore ?? "")));
    rest = rest.slice(found.index + whole.length);
  }
  out.append(rest);
  return out;
}

/** A link to the web; any other target leaves the source text standing. */
function link(label: string, target: string, source: string): Node {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username)
    return document.createTextNode(source);
  const a = el(
    "a",
    { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" },
    label,
  );
  // A label that names one site must not lead to another unseen.
  const poses = /\w\.\w{2}/.test(label) && !label.includes(url.host);
  return poses ? el("span", {}, a, ` (${url.host})`) : a;
}
