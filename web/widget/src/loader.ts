// The loader: the one script that a site includes. Reads its own tag and puts the chat on the page,
// in a frame where the tag says so. Leaves no global behind.

import { chat, type Settings, whence } from "./element.ts";
import type { framed, inside } from "./frame.ts";

function start(script: HTMLScriptElement): void {
  const { tenantKey = "", api, locale, mode } = script.dataset;
  const { href, origin: site } = new URL(script.src);
  const part = (name?: string) => import(new URL(`chat-widget.${name}.js`, href).href);
  const frame = (): Promise<{ framed: typeof framed; inside: typeof inside }> => part(PANELS.frame);
  const told = {
    api: new URL(api || site, location.href).href.replace(/\/+$/, ""),
    tenantKey,
    locale: locale || document.documentElement.lang,
    ...whence(),
  };
  const settings: Settings = {
    ...told,
    site,
    panel: (language) => part(PANELS[language] ?? PANELS.en),
    nudge: () => part(PANELS.nudge),
  };
  if (mode === "frame") {
    settings.framed = async (root, emit) => (await frame()).framed(root, site, told, emit);
  }
  // In the document of our own frame, the page around it says for whom the chat is, maybe before
  // the part that listens has come.
  if (mode === "inside") {
    const early: MessageEvent[] = [];
    onmessage = (event) => early.push(event);
    void frame().then(({ inside }) =>
      inside(early, (told, embedder) => chat({ ...settings, ...told, embedder })),
    );
  } else if (tenantKey) chat(settings);
  else console.error("Frontdesk: the script tag has no data-tenant-key.");
}

if (document.currentScript instanceof HTMLScriptElement) start(document.currentScript);
