// Hands the owner's two colours and the place of the launcher to the style sheets, which derive
// from them what can be read on them. Never passes an unparsed string on to a style sheet.

import type { WidgetSettings } from "./wire.ts";

/** The custom properties of the widget's style sheets, for one tenant. */
export function palette(settings: Partial<WidgetSettings>): string {
  const [near, far] =
    settings.position === "bottom-left" ? ["--left", "--right"] : ["--right", "--left"];
  return `:host{--primary:${colour(settings.primaryColor, "#374d42")};--secondary:${colour(settings.secondaryColor, "#3d3d3d")};${near}:${offset(settings.offsetX)}px;${far}:auto;--bottom:${offset(settings.offsetY)}px}`;
}

function colour(text: string | undefined, other: string): string {
  return text && /^#([\da-f]{3}){1,2}$/i.test(text) ? text : other;
}

function offset(pixels: number | undefined): number {
  return Number.isFinite(pixels) ? Math.min(400, Math.max(0, Math.round(pixels as number))) : 20;
}
