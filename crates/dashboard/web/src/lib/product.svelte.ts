// How the server is, and what time it is there: its clock may run faster than ours.
import type { GetStatusResponse } from "../gen/outbid/control/v1/diagnostics_pb";
import { diagnostics } from "./api";
import { Feed } from "./feed.svelte";
import { millis } from "./time";

const POLL_MS = 4_000;

class Product {
  #first: { ours: number; theirs: number } | undefined;
  #last: { ours: number; theirs: number } | undefined;
  #rate = 1;
  feed: Feed<GetStatusResponse>;
  /** The product's time in milliseconds, to the second; nothing before the server has told it. */
  now = $state<number>();

  constructor() {
    this.feed = new Feed(async (signal) => {
      const status = await diagnostics.getStatus({}, { signal });
      if (status.productTime) this.#heard(millis(status.productTime));
      return status;
    }, POLL_MS);
  }

  start(): () => void {
    const stop = this.feed.start();
    const timer = setInterval(() => this.#tick(), 1_000);
    return () => {
      stop();
      clearInterval(timer);
    };
  }

  #heard(theirs: number) {
    const ours = performance.now();
    if (!this.#first || theirs < this.#first.theirs) this.#first = { ours, theirs };
    if (ours - this.#first.ours > 1_000) this.#rate = (theirs - this.#first.theirs) / (ours - this.#first.ours);
    this.#last = { ours, theirs };
    this.#tick();
  }

  #tick() {
    if (!this.#last) return;
    this.now = this.#last.theirs + (performance.now() - this.#last.ours) * this.#rate;
  }
}

export const product = new Product();
