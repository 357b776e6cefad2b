// What the loader and the panel, which are built and fetched apart, agree upon.

import type { Config } from "./wire.ts";

/** Where a panel is built, and for whom. */
export interface Mount {
  root: ShadowRoot;
  launcher: HTMLButtonElement;
  config: Config;
  /** Origin of the API, without a slash at its end. */
  api: string;
  tenantKey: string;
  locale: string;
}

/** What the loader may ask of a panel. */
export interface Panel {
  /** The visitor pressed the launcher. */
  toggle(): void;
  /** The page asks on behalf of a visitor who pressed something there. */
  open(draft: string): void;
  /** Opens without a visitor's act: takes no focus, and stores nothing new. */
  showUnasked(): void;
}
