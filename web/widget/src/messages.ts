// What travels between a page and our frame in it. The two may be of different versions for as
// long as browsers keep the loader, so a name here stays what it is.

import type { Panel } from "./mount.ts";
import type { Happenings } from "./page.ts";

/** For whom the chat is, which the frame cannot know by itself. */
export interface Told {
  /** Origin of the API, without a slash at its end. */
  api: string;
  tenantKey: string;
  locale: string;
  /** The page that the visitor is on, without query and fragment, unless it must not be told. */
  pageUrl?: string | undefined;
  /** Where the visitor came from, under the same terms. */
  referrer?: string | undefined;
}

/** From the page: first for whom the chat is, then what the page asks of it. */
export interface FromPage {
  told?: Told;
  act?: { name: keyof Panel; draft: string };
}

/** From the frame: where the chat is to be seen, and what happened in it. */
export interface FromFrame {
  /** Pixels from the top, right, bottom and left of the window. */
  seen?: number[];
  event?: { name: keyof Happenings; detail: Happenings[keyof Happenings] };
}
