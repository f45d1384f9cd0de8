/** Light or dark: the visitor's choice, else the system's. Set before the first paint, so that nothing flashes. */
import type { Viewport } from "next";

export type Theme = "light" | "dark" | "system";
const KEY = "stackpro-theme";

/** The colour of the browser around the page: the canvas of `globals.css`. */
export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#0e1117" },
  ],
};

/** Runs in the head of every page, before anything is painted. */
export const THEME_SCRIPT = `(function(){var d=document.documentElement,m=matchMedia("(prefers-color-scheme: dark)");function set(){var t=null;try{t=localStorage.getItem("${KEY}")}catch(e){}d.dataset.theme=t==="dark"||t==="light"?t:m.matches?"dark":"light"}set();m.addEventListener("change",set);addEventListener("storage",set)})()`;

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "dark" || kept === "light" ? kept : "system";
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  window.dispatchEvent(new Event("storage"));
}
