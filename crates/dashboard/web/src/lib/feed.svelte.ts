// Something read again and again, for as long as somebody looks.
import { Code } from "@connectrpc/connect";
import { problem, type Problem } from "./problem";
import { session } from "./session.svelte";

/** What a read answered last, and what is wrong since. */
export class Feed<T> {
  value = $state.raw<T>();
  problem = $state.raw<Problem>();
  /** When the value was read, by the browser's clock. */
  at = $state(0);
  #read: (signal: AbortSignal) => Promise<T>;
  #pause: (value: T | undefined) => number;
  #kick: () => void = () => {};

  /** Reads with `read`, and again `pause` milliseconds after each answer. */
  constructor(read: (signal: AbortSignal) => Promise<T>, pause: number | ((value: T | undefined) => number)) {
    this.#read = read;
    this.#pause = typeof pause === "number" ? () => pause : pause;
  }

  /** Reads until the function that is answered is called. */
  start(): () => void {
    const stop = new AbortController();
    void this.#run(stop.signal);
    const seen = () => document.visibilityState === "visible" && this.#kick();
    document.addEventListener("visibilitychange", seen);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      stop.abort();
      this.#kick();
    };
  }

  /** Reads at once. */
  refresh() {
    this.#kick();
  }

  async #run(stop: AbortSignal) {
    while (!stop.aborted) {
      const epoch = session.epoch;
      try {
        const value = await this.#read(stop);
        if (stop.aborted) return;
        this.value = value;
        this.problem = undefined;
        this.at = Date.now();
      } catch (error) {
        if (stop.aborted) return;
        const told = problem(error);
        if (told.code !== Code.Canceled) this.problem = told;
      }
      await this.#wait(stop, epoch);
    }
  }

  #wait(stop: AbortSignal, epoch: number): Promise<void> {
    return new Promise((resolve) => {
      // Nobody looks, or a token is wanted first: wait until somebody comes.
      const idle = () => document.visibilityState === "hidden" || (session.asked && session.epoch === epoch);
      let timer = 0;
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      const tick = () => {
        if (stop.aborted || !idle()) return done();
        timer = setTimeout(tick, 250);
      };
      this.#kick = done;
      timer = setTimeout(tick, this.#pause(this.value));
    });
  }
}
