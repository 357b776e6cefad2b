// The element `<frontdesk-chat>`: shows the launcher and builds the panel when the visitor comes
// near it. Asks for the configuration and nothing else, and stores nothing.

import { CHAT, icon } from "./dom.ts";
import launcherSheet from "./launcher.css";
import { recall, storageKey } from "./memory.ts";
import type { Told } from "./messages.ts";
import type { Emit, Mount, Panel } from "./mount.ts";
import type { FrontdeskChatElement } from "./page.ts";
import { palette } from "./theme.ts";
import type { Config } from "./wire.ts";

const TAG = "frontdesk-chat";

/** Shown while the visitor's language is still to be fetched. */
const OPEN: Record<string, string> = {
  de: "Chat öffnen",
  es: "Abrir el chat",
  fr: "Ouvrir le chat",
};

const UNCONFIGURED: Config = { businessName: "", online: true, widget: {} };

/** For whom the chat is and where its parts come from. */
export interface Settings extends Told {
  /** Origin of the scripts, for the console. */
  site: string;
  /** Fetches the panel in a language. */
  panel(language: string): Promise<{ panel: (mount: Mount) => Panel }>;
  /** Fetches the bubble that speaks first. */
  nudge(): Promise<typeof import("./nudge.ts")>;
  /** Puts a frame in the place of launcher and panel. */
  framed?: (root: ShadowRoot, emit: Emit) => Promise<Panel>;
  /** The page around the frame that the chat is in. */
  embedder?: string;
}

class FrontdeskChat
  extends ((globalThis.HTMLElement ?? Object) as typeof HTMLElement)
  implements FrontdeskChatElement, CustomElement
{
  isOpen = false;
  readonly #settings: Settings;
  readonly #root = this.attachShadow({ mode: "open" });
  readonly #launcher = document.createElement("button");
  #config: Config | null | undefined;
  #panel: Promise<Panel> | undefined;

  constructor(settings: Settings) {
    super();
    this.#settings = settings;
    this.#root.adoptedStyleSheets = [style(launcherSheet)];
  }

  async connectedCallback(): Promise<void> {
    if (this.#panel || this.#launcher.isConnected) return;
    if (this.#settings.framed)
      return void (await this.#load().catch((error) => this.#sayWhy(error)));
    this.#config = await this.#ask().catch(() => undefined);
    if (this.#config === null) return;
    const { widget } = this.#config ?? UNCONFIGURED;
    this.#root.adoptedStyleSheets.unshift(style(palette(widget)));
    this.#draw();
    const key = storageKey(this.#settings.tenantKey);
    const stored = recall(key);
    const { autoOpenDelay: delay = 0, proactive } = widget;
    if (proactive?.message && !this.#settings.embedder) {
      const speak = ({ nudge }: typeof import("./nudge.ts")) =>
        nudge(proactive, this.#root, this.#launcher, key, this.#locale());
      setTimeout(
        () => void this.#settings.nudge().then(speak, () => {}),
        proactive.delaySeconds * 1000,
      );
    }
    if (stored.sessionId && stored.open) await this.#openUnasked();
    else if (delay > 0) setTimeout(() => void this.#openUnasked(), delay * 1000);
  }

  async open(draft = ""): Promise<void> {
    await this.#with((panel) => panel.open(draft));
  }

  async close(): Promise<void> {
    if (this.isOpen) await this.#with((panel) => panel.close());
  }

  async toggle(): Promise<void> {
    await this.#with((panel) => panel.toggle());
  }

  #draw(): void {
    const button = this.#launcher;
    Object.assign(button, {
      type: "button",
      className: "launcher",
      ariaLabel: OPEN[this.#locale().slice(0, 2)] ?? "Open chat",
      ariaHasPopup: "dialog",
      ariaExpanded: "false",
    });
    button.append(icon(CHAT));
    button.addEventListener("click", () => void this.toggle());
    for (const nearing of ["pointerenter", "focus", "touchstart"]) {
      button.addEventListener(nearing, () => void this.#load().catch(() => {}), {
        once: true,
        passive: true,
      });
    }
    this.#root.append(button);
  }

  async #with(act: (panel: Panel) => void): Promise<void> {
    this.#launcher.ariaBusy = "true";
    try {
      act(await this.#load());
    } catch (error) {
      this.#sayWhy(error);
    } finally {
      this.#launcher.ariaBusy = null;
    }
  }

  #sayWhy(error: unknown): void {
    const { site } = this.#settings;
    console.error(`Frontdesk: the chat did not load. Does script-src allow ${site}?`, error);
  }

  async #openUnasked(): Promise<void> {
    const panel = await this.#load().catch(() => undefined);
    if (!this.isOpen) panel?.showUnasked();
  }

  /** Fetches and builds the panel once; a failure may be tried again. */
  #load(): Promise<Panel> {
    const { framed } = this.#settings;
    this.#panel ??= (framed ? framed(this.#root, this.#emit) : this.#build()).catch(
      (error: unknown) => {
        this.#panel = undefined;
        throw error;
      },
    );
    return this.#panel;
  }

  async #build(): Promise<Panel> {
    this.#config ??= await this.#ask().catch(() => undefined);
    const { panel, nudge: _, embedder, ...told } = this.#settings;
    const locale = this.#locale();
    const built = await panel(locale.slice(0, 2));
    return built.panel({
      ...told,
      locale,
      headers: this.#headers(),
      root: this.#root,
      launcher: this.#launcher,
      config: this.#config ?? UNCONFIGURED,
      emit: this.#emit,
    });
  }

  readonly #emit: Emit = (name, detail) => {
    this.isOpen = name === "open" || (this.isOpen && name !== "close");
    this.dispatchEvent(new CustomEvent(`frontdesk:${name}`, { bubbles: true, detail }));
  };

  /** The language of the page, else of the business; the visitor's own variety of it, if any. */
  #locale(): string {
    const given = this.#settings.locale || this.#config?.locale;
    if (!given) return navigator.language;
    return navigator.languages.find((own) => own.startsWith(`${given}-`)) ?? given;
  }

  /** What every call says of whom it is for, and of the page around the frame where there is one. */
  #headers(): Record<string, string> {
    const { tenantKey, embedder } = this.#settings;
    return { "X-Tenant-Key": tenantKey, ...(embedder && { "X-Page-Origin": embedder }) };
  }

  /** The tenant's configuration; `null` when the key is refused, so that no chat is offered. */
  async #ask(): Promise<Config | null> {
    const response = await fetch(`${this.#settings.api}/v1/public/chat/config`, {
      headers: this.#headers(),
      credentials: "omit",
    });
    if (response.ok) return { ...UNCONFIGURED, ...((await response.json()) as Config) };
    if (response.status >= 500) throw new Error("unavailable");
    console.error(
      `Frontdesk: the front desk refused this tenant key or page (${response.status}).`,
    );
    return null;
  }
}

function style(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

/** The page the visitor is on and came from; nothing where they have asked not to have it passed on. */
export function whence(): Pick<Told, "pageUrl" | "referrer"> {
  if (navigator.globalPrivacyControl) return {};
  return {
    pageUrl: location.origin + location.pathname,
    referrer: document.referrer || undefined,
  };
}

/**
 * Puts the chat on the page, once, and says in the console what the page's policy forbids it.
 * Leaves a page alone where another script has taken the element's name.
 */
export function chat(settings: Settings): FrontdeskChatElement | null {
  const existing = document.querySelector<FrontdeskChat>(TAG);
  const taken = customElements.get(TAG);
  if (existing || (taken && taken !== FrontdeskChat)) return existing;
  if (!taken) customElements.define(TAG, FrontdeskChat);
  const ours = [settings.site, new URL(settings.api).origin];
  document.addEventListener(
    "securitypolicyviolation",
    ({ blockedURI, effectiveDirective, disposition }) => {
      const origin = ours.find((one) => blockedURI.startsWith(one));
      const directive = effectiveDirective.replace("-elem", "");
      if (origin && disposition === "enforce") {
        console.error(
          `Frontdesk: this page's policy blocks the chat. Add ${origin} to ${directive}.`,
        );
      }
    },
  );
  const element = new FrontdeskChat(settings);
  if (document.body) document.body.append(element);
  else addEventListener("DOMContentLoaded", () => document.body.append(element), { once: true });
  return element;
}
