// What the build puts in place of a name, and what it turns style sheets into.

/** The panels and other parts beside the loader: for each language the part of the file's name that is its own. */
declare const PANELS: Record<string, string>;

declare module "*.css" {
  const text: string;
  export default text;
}

interface Navigator {
  /** Global Privacy Control, where the browser has it. */
  readonly globalPrivacyControl?: boolean;
}

/** What the browser calls of a custom element. */
interface CustomElement {
  connectedCallback(): unknown;
}

/** The panels of the npm package, as its own files. */
declare const PANEL_MODULES: Record<string, () => Promise<never>>;
