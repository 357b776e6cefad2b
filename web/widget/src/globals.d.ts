// What the build puts in place of a name, and what it turns style sheets into.

/** File name of the panel's chunk, hash included, beside the loader. */
declare const PANEL_FILE: string;

declare module "*.css" {
  const text: string;
  export default text;
}
