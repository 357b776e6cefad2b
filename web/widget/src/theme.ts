// Turns the owner's two colours into a palette that stays readable whatever they picked.
// Never passes an unparsed string on to a style sheet.

import type { WidgetSettings } from "./wire.ts";

type Rgb = readonly [number, number, number];

const DEFAULT_PRIMARY: Rgb = [0x37, 0x4d, 0x42];
const DEFAULT_SECONDARY: Rgb = [0x3d, 0x3d, 0x3d];
const WHITE: Rgb = [255, 255, 255];
const INK: Rgb = [20, 20, 20];
const DARK_PANEL: Rgb = [0x1b, 0x1d, 0x1c];

/** WCAG 2.2 AA for text; also ample for the edges of controls. */
const READABLE = 4.5;

/** The custom properties of the widget's style sheets, for one tenant. */
export function palette(settings: Partial<WidgetSettings>): string {
  const primary = parse(settings.primaryColor) ?? DEFAULT_PRIMARY;
  const secondary = parse(settings.secondaryColor) ?? DEFAULT_SECONDARY;
  const light = [
    ...pair("primary", primary),
    ...pair("secondary", secondary),
    ...accent(primary, WHITE),
  ];
  const [near, far] = settings.position === "bottom-left" ? ["left", "right"] : ["right", "left"];
  const place = [
    `--${near}:${offset(settings.offsetX)}px`,
    `--${far}:auto`,
    `--bottom:${offset(settings.offsetY)}px`,
  ];
  const dark = accent(primary, DARK_PANEL).join(";");
  return `:host{${[...light, ...place].join(";")}}@media(prefers-color-scheme:dark){:host{${dark}}}`;
}

function pair(name: string, colour: Rgb): string[] {
  return [`--${name}:${css(colour)}`, `--on-${name}:${css(textOn(colour))}`];
}

/** The primary colour as text and control on the panel: shifted until it can be read there. */
function accent(primary: Rgb, panel: Rgb): string[] {
  const target = panel === WHITE ? INK : WHITE;
  let shifted = primary;
  for (let share = 0.1; contrast(shifted, panel) < READABLE && share <= 1; share += 0.1) {
    shifted = mix(primary, target, share);
  }
  return [`--accent:${css(shifted)}`];
}

function textOn(colour: Rgb): Rgb {
  return contrast(WHITE, colour) >= READABLE || contrast(WHITE, colour) > contrast(INK, colour)
    ? WHITE
    : INK;
}

function parse(text: string | undefined): Rgb | undefined {
  const hex = /^#(?:([\da-f])([\da-f])([\da-f])|([\da-f]{2})([\da-f]{2})([\da-f]{2}))$/i.exec(
    text ?? "",
  );
  if (!hex) return undefined;
  const parts = hex[1] ? hex.slice(1, 4).map((digit) => digit + digit) : hex.slice(4, 7);
  return parts.map((part) => Number.parseInt(part, 16)) as unknown as Rgb;
}

function offset(pixels: number | undefined): number {
  return Number.isFinite(pixels) ? Math.min(200, Math.max(0, Math.round(pixels as number))) : 20;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return from.map((part, i) =>
    Math.round(part + ((to[i] ?? part) - part) * share),
  ) as unknown as Rgb;
}

function css(colour: Rgb): string {
  return `rgb(${colour.join(" ")})`;
}

function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const level = part / 255;
    return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
