// The npm package's entry: puts the chat on the page from a bundler's own files, so that no script
// of another origin is loaded. May be imported where there is no browser.

import { chat, whence } from "./element.ts";
import type { FrontdeskChatElement } from "./page.ts";

export type { FrontdeskChatElement, FrontdeskEvents, Happenings } from "./page.ts";

/** For whom the chat is. */
export interface Options {
  /** The business's public key, `pk_…`. */
  tenantKey: string;
  /** Where the front desk answers: the origin of its API. */
  api: string;
  /** The language of the chat; without it that of the page, else that of the business. */
  locale?: string;
}

const panels = PANEL_MODULES;

/** Puts the chat on the page and returns its element; where one is already, that one. `null` where another script has taken its name. */
export function mount({ tenantKey, api, locale }: Options): FrontdeskChatElement | null {
  return chat({
    api: new URL(api).href.replace(/\/+$/, ""),
    tenantKey,
    locale: locale || document.documentElement.lang,
    ...whence(),
    site: location.origin,
    panel: (language) => (panels[language] ?? panels["en"]!)(),
    nudge: panels["nudge"]!,
  });
}
