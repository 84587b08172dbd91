// Light or dark: the system's choice, or the reader's.

export type Choice = "system" | "light" | "dark";
const KEY = "outbid.theme";

class Theme {
  choice = $state<Choice>("system");
  #system = $state(false);

  constructor() {
    const kept = localStorage.getItem(KEY);
    if (kept === "light" || kept === "dark") this.choice = kept;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    this.#system = dark.matches;
    dark.addEventListener("change", (event) => (this.#system = event.matches));
    this.#apply();
  }

  get dark(): boolean {
    return this.choice === "dark" || (this.choice === "system" && this.#system);
  }

  choose(choice: Choice) {
    this.choice = choice;
    if (choice === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
    this.#apply();
  }

  #apply() {
    const root = document.documentElement;
    if (this.choice === "system") delete root.dataset.theme;
    else root.dataset.theme = this.choice;
  }
}

export const theme = new Theme();
