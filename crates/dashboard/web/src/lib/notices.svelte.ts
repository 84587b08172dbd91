// What was just done, and how to take it back.

export interface Notice {
  id: number;
  text: string;
  tone: "good" | "bad";
  /** Takes it back. */
  undo?: (() => Promise<void>) | undefined;
}

/** How long a notice stays; one that can be undone stays longer. */
const STAYS_MS = 6_000;
const STAYS_TO_UNDO_MS = 20_000;
/** How many are shown at once. */
const MAX = 3;

class Notices {
  list = $state.raw<Notice[]>([]);
  #next = 1;

  say(text: string, undo?: () => Promise<void>) {
    this.#add({ id: this.#next++, text, tone: "good", undo });
  }

  warn(text: string) {
    this.#add({ id: this.#next++, text, tone: "bad" });
  }

  dismiss(id: number) {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  #add(notice: Notice) {
    this.list = [...this.list, notice].slice(-MAX);
    setTimeout(() => this.dismiss(notice.id), notice.undo || notice.tone === "bad" ? STAYS_TO_UNDO_MS : STAYS_MS);
  }
}

export const notices = new Notices();
