// Makes nodes. Text only ever becomes a text node: nothing here, or anywhere in the widget,
// parses markup, and no node gets a style attribute.

const SVG = "http://www.w3.org/2000/svg";

export type Child = Node | string | undefined | false;

/** Attributes by name (`undefined` and `false` leave one out), or a class alone. */
type Attributes = string | Record<string, string | number | boolean | undefined>;

/** Creates an element with attributes and children. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  if (typeof attributes === "string") return el(tag, { class: attributes }, ...children);
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      node.setAttribute(name, value === true ? "" : `${value}`);
  }
  for (const child of children) if (child) node.append(child);
  return node;
}

/** A button that does something and never submits a form by accident. */
export function button(kind: string, onClick: () => void, ...children: Child[]): HTMLButtonElement {
  const node = el("button", { type: "button", class: kind }, ...children);
  node.addEventListener("click", onClick);
  return node;
}

/** A decorative 24 × 24 line drawing in the current colour. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** The drawings, as paths with round strokes. One name each, so that unused ones are left out. */
export const CHAT =
  "M20 12a8 8 0 0 1-8 8 8.6 8.6 0 0 1-3.4-.7L4 20.5l1.2-4.2A8 8 0 1 1 20 12ZM8.5 12h.01M12 12h.01M15.5 12h.01";
export const CLOSE = "M6 6l12 12M18 6 6 18";
export const SEND = "M12 19V5M6 11l6-6 6 6";
export const PERSON =
  "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.8-3.7 3.8-5.5 7.5-5.5s6.7 1.8 7.5 5.5";
export const CHECK = "M5 12.5 9.5 17 19 7.5";
export const CALENDAR =
  "M7 3v4M17 3v4M4 10h16M6 5h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z";
export const CLOCK = "M12 7.5V12l3 2M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z";
export const MAIL = "M4 6.5h16v11H4zM4 7l8 6 8-6";
export const ARROW = "M5 12h14M13 6l6 6-6 6";
export const MINUS = "M6 12h12";
export const STAR = "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8Z";
