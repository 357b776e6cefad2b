// The panel: the dialog around the conversation. Fetched only when a visitor comes near the
// launcher. Decides what is open and where the focus goes.

import { Api } from "./api.ts";
import { Composer } from "./composer.ts";
import { Conversation } from "./conversation.ts";
import { button, CLOSE, el, icon, MINUS, PERSON } from "./dom.ts";
import { plain } from "./markdown.ts";
import { Memory } from "./memory.ts";
import type { Mount, Panel } from "./mount.ts";
import sheet from "./panel.css";
import { Transcript } from "./transcript.ts";
import { words } from "./words.ts";

const HEADER = "Chat with us";

/** Builds the panel, closed, into the widget's shadow root. */
export function panel(mount: Mount): Panel {
  const { root, config, launcher } = mount;
  const language = words(mount.locale, config.timezone);
  const { strings } = language;
  const memory = new Memory(mount.tenantKey);
  const api = new Api(mount.api, mount.headers);
  adopt(root, sheet);

  const live = el("div", { class: "sr", "aria-live": "polite" });
  const { widget } = config;
  const transcript = new Transcript(
    language,
    widget.showTyping !== false,
    widget.showReadReceipts !== false,
  );
  const composer = new Composer(strings, (text) => conversation.say(text));
  const conversation = new Conversation({
    api,
    memory,
    words: language,
    transcript,
    composer,
    page: mount,
    announce(text) {
      live.textContent = plain(text);
      if (dialog.hidden && text) launcher.classList.add("unread");
    },
  });

  const close = button("icon", () => hide(), icon(MINUS));
  close.ariaLabel = strings.close;
  const title = el("h2", { id: "fd-title", dir: "auto" }, plain(widget.header || HEADER));
  const mark = el("span", { class: "mark", "aria-hidden": true }, initial(config.businessName));
  const who = el("p", { dir: "auto" });
  const person = button(
    "link",
    () => void conversation.people.call(),
    icon(PERSON),
    strings.person,
  );
  const dialog = el(
    "section",
    {
      class: "panel",
      role: "dialog",
      "aria-labelledby": "fd-title",
      lang: language.language,
      dir: language.direction,
      tabindex: -1,
      hidden: true,
    },
    el("div", "head", mark, el("div", "who", title, who), close),
    transcript.node,
    composer.node,
    el("div", "tail", el("span", {}, strings.assistant), person),
    live,
  );
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) hide();
  });
  transcript.notice(config.disclosure || strings.disclosure, "disclosure");
  root.append(dialog);

  /** Whether the visitor is connected, and then whether people are there. */
  function tellConnection(): void {
    who.textContent = navigator.onLine ? plain(config.businessName) : strings.noConnection;
    who.className = navigator.onLine && config.online !== false ? "" : "offline";
  }
  for (const change of ["online", "offline"]) addEventListener(change, tellConnection);
  tellConnection();

  /** What cannot begin now begins with the first message, which says so if it cannot. */
  function begin(): void {
    void conversation.begin().catch(() => {});
  }

  function show(isVisitorsAct: boolean): void {
    dialog.hidden = false;
    mount.emit("open", {});
    launcher.setAttribute("aria-expanded", "true");
    launcher.setAttribute("aria-label", strings.close);
    launcher.classList.remove("unread");
    transcript.scrollToEnd();
    // A page that opens the panel by itself neither takes the focus nor stores anything.
    if (!isVisitorsAct && !memory.now.sessionId) {
      dialog.addEventListener("focusin", begin, { once: true });
      return;
    }
    memory.keep({ open: true });
    begin();
    conversation.people.seen();
    if (!isVisitorsAct) return;
    // On a touch screen the keyboard would cover what there is to read.
    const isTouch = matchMedia("(pointer: coarse)").matches;
    (isTouch ? dialog : composer.field).focus({ preventScroll: true });
  }

  function hide(): void {
    const hadFocus = dialog.contains(root.activeElement);
    dialog.hidden = true;
    mount.emit("close", {});
    launcher.setAttribute("aria-expanded", "false");
    launcher.setAttribute("aria-label", strings.open);
    memory.keep({ open: false });
    if (hadFocus) launcher.focus({ preventScroll: true });
  }

  launcher.setAttribute("aria-label", strings.open);
  launcher.append(icon(CLOSE));
  return {
    toggle: () => (dialog.hidden ? show(true) : hide()),
    open(draft) {
      if (draft) composer.draft(draft);
      show(true);
    },
    close() {
      if (!dialog.hidden) hide();
    },
    showUnasked: () => show(false),
  };
}

function adopt(root: ShadowRoot, css: string): void {
  const style = new CSSStyleSheet();
  style.replaceSync(css);
  root.adoptedStyleSheets.push(style);
}

function initial(name: string): string {
  return [...plain(name).trim()][0]?.toUpperCase() ?? "";
}
