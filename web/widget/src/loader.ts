// The loader: the one script a site includes. Shows the launcher and fetches the rest when the
// visitor comes near it. Asks for the configuration and nothing else, and stores nothing.

import { CHAT, CLOSE, icon } from "./dom.ts";
import launcherSheet from "./launcher.css";
import { recall, storageKey } from "./memory.ts";
import type { Mount, Panel } from "./mount.ts";
import type { FrontdeskChatElement } from "./page.ts";
import { palette } from "./theme.ts";
import type { Config, Proactive } from "./wire.ts";

const TAG = "frontdesk-chat";

/** Shown while the visitor's language is still to be fetched. */
const OPEN: Record<string, string> = {
  de: "Chat öffnen",
  es: "Abrir el chat",
  fr: "Ouvrir le chat",
};

const UNCONFIGURED: Config = { businessName: "", online: true, widget: {} };

interface Settings {
  api: string;
  tenantKey: string;
  locale: string | undefined;
  /** Where the loader and the panels lie. */
  home: URL;
}

const NOT_TOLD = { pageUrl: undefined, referrer: undefined };

class FrontdeskChat extends HTMLElement implements FrontdeskChatElement, CustomElement {
  readonly #settings: Settings;
  readonly #root = this.attachShadow({ mode: "open" });
  readonly #launcher = document.createElement("button");
  #config: Config | null | undefined;
  #panel: Promise<Panel> | undefined;

  constructor(settings: Settings) {
    super();
    this.#settings = settings;
  }

  async connectedCallback(): Promise<void> {
    if (this.#launcher.isConnected) return;
    this.#config = await this.#ask().catch(() => undefined);
    if (this.#config === null) return;
    const { widget } = this.#config ?? UNCONFIGURED;
    this.#root.adoptedStyleSheets = [style(palette(widget)), style(launcherSheet)];
    this.#draw();
    const stored = recall(storageKey(this.#settings.tenantKey));
    const delay = widget.autoOpenDelay ?? 0;
    const { proactive } = widget;
    if (proactive?.message && !stored.cards)
      setTimeout(() => void this.#nudge(proactive), proactive.delaySeconds * 1000);
    if (stored.sessionId && stored.open) await this.#openUnasked();
    else if (delay > 0) setTimeout(() => void this.#openUnasked(), delay * 1000);
  }

  get isOpen(): boolean {
    return this.#launcher.ariaExpanded === "true";
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
    button.type = "button";
    button.className = "launcher";
    button.setAttribute("aria-label", OPEN[this.#locale().slice(0, 2)] ?? "Open chat");
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", "false");
    button.append(icon(CHAT), icon(CLOSE));
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
    this.#launcher.setAttribute("aria-busy", "true");
    try {
      act(await this.#load());
    } catch (error) {
      const { origin } = this.#settings.home;
      console.error(
        `Frontdesk: the chat did not load. Does the page's policy allow ${origin}?`,
        error,
      );
    } finally {
      this.#launcher.removeAttribute("aria-busy");
    }
  }

  async #openUnasked(): Promise<void> {
    const panel = await this.#load().catch(() => undefined);
    if (!this.isOpen) panel?.showUnasked();
  }

  /** Lets the bubble speak first. */
  async #nudge(proactive: Proactive): Promise<void> {
    const { nudge } = (await import(this.#file("nudge"))) as typeof import("./nudge.ts");
    const { tenantKey } = this.#settings;
    nudge(proactive, {
      root: this.#root,
      launcher: this.#launcher,
      tenantKey,
      locale: this.#locale(),
    });
  }

  /** Fetches and builds the panel once; a failure may be tried again. */
  #load(): Promise<Panel> {
    this.#panel ??= this.#build().catch((error: unknown) => {
      this.#panel = undefined;
      throw error;
    });
    return this.#panel;
  }

  async #build(): Promise<Panel> {
    const [{ panel }, config] = await Promise.all([
      import(this.#file()) as Promise<{ panel: (mount: Mount) => Panel }>,
      this.#config ?? this.#ask().catch(() => undefined),
    ]);
    this.#config = config;
    const { api, tenantKey } = this.#settings;
    const mount = {
      root: this.#root,
      launcher: this.#launcher,
      api,
      tenantKey,
      locale: this.#locale(),
      ...(isPrivate()
        ? NOT_TOLD
        : {
            pageUrl: location.origin + location.pathname,
            referrer: document.referrer || undefined,
          }),
      emit: (name, detail) =>
        void this.dispatchEvent(new CustomEvent(`frontdesk:${name}`, { bubbles: true, detail })),
      config: config ?? UNCONFIGURED,
    } satisfies Mount;
    return panel(mount);
  }

  /** The panel in the visitor's language, in English where there is none; or another file. */
  #file(which = this.#locale().slice(0, 2)): string {
    const name = PANELS[which] ?? PANELS.en;
    return new URL(`chat-widget.${name}.js`, this.#settings.home).href;
  }

  /** The language of the page, else of the business; the visitor's own variety of it, if any. */
  #locale(): string {
    const given = this.#settings.locale || document.documentElement.lang || this.#config?.locale;
    if (!given) return navigator.language;
    return navigator.languages.find((own) => own.startsWith(`${given}-`)) ?? given;
  }

  /** The tenant's configuration; `null` when the key is refused, so that no chat is offered. */
  async #ask(): Promise<Config | null> {
    const { api, tenantKey } = this.#settings;
    const response = await fetch(`${api}/v1/public/chat/config`, {
      headers: { "X-Tenant-Key": tenantKey },
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

/** The visitor has asked their browser not to have data about them passed on. */
function isPrivate(): boolean {
  return navigator.globalPrivacyControl === true;
}

function style(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

function start(script: HTMLScriptElement): void {
  const { tenantKey, api, locale } = script.dataset;
  if (!tenantKey) console.error("Frontdesk: the script tag has no data-tenant-key.");
  if (!tenantKey || customElements.get(TAG)) return;
  customElements.define(TAG, FrontdeskChat);
  const home = new URL(script.src);
  const element = new FrontdeskChat({
    api: new URL(api || home.origin, location.href).href.replace(/\/+$/, ""),
    tenantKey,
    locale,
    home,
  });
  if (document.body) document.body.append(element);
  else addEventListener("DOMContentLoaded", () => document.body.append(element), { once: true });
}

if (document.currentScript instanceof HTMLScriptElement) start(document.currentScript);
