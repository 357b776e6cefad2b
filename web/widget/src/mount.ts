// What the loader and the panel, which are built and fetched apart, agree upon.

import type { Told } from "./messages.ts";
import type { Happenings } from "./page.ts";
import type { Config } from "./wire.ts";

/** Tells the host page that something happened: an event `frontdesk:<name>` on the element. */
export type Emit = <Name extends keyof Happenings>(name: Name, detail: Happenings[Name]) => void;

/** Where a panel is built, and for whom. */
export interface Mount extends Told {
  root: ShadowRoot;
  launcher: HTMLButtonElement;
  config: Config;
  /** What every call of the API carries. */
  headers: Record<string, string>;
  emit: Emit;
}

/** What the loader may ask of a panel. */
export interface Panel {
  /** The visitor pressed the launcher. */
  toggle(): void;
  /** The page asks on behalf of a visitor who pressed something there. */
  open(draft: string): void;
  /** The page puts the panel away. */
  close(): void;
  /** Opens without a visitor's act: takes no focus, and stores nothing new. */
  showUnasked(): void;
}
