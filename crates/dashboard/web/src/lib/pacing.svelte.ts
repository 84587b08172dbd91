// How budgets are spent, second by second: one stream a page.
import { Code } from "@connectrpc/connect";
import type { CampaignPacing, WatchPacingResponse } from "../gen/outbid/control/v1/report_pb";
import { reports } from "./api";
import { problem, type Problem } from "./problem";
import { session } from "./session.svelte";

/** How long until a stream that ended is opened again. */
const AGAIN_MS = 2_000;

export class PacingWatch {
  latest = $state.raw<WatchPacingResponse>();
  problem = $state.raw<Problem>();
  /** The server knows no such stream. */
  missing = $state(false);

  /** Follows a campaign, or all of an advertiser's, until the function that is answered is called. */
  follow(name: string, heard: (message: WatchPacingResponse) => void = () => {}): () => void {
    const stop = new AbortController();
    void this.#run(name, heard, stop.signal);
    return () => stop.abort();
  }

  of(campaign: string): CampaignPacing | undefined {
    return this.latest?.campaigns.find((it) => it.campaign === campaign);
  }

  async #run(name: string, heard: (message: WatchPacingResponse) => void, stop: AbortSignal) {
    while (!stop.aborted && !this.missing) {
      try {
        // The server ends a call after a while; a stream that ends is opened again.
        for await (const message of reports.watchPacing({ name }, { signal: stop, timeoutMs: 0 })) {
          if (stop.aborted) return;
          this.latest = message;
          this.problem = undefined;
          heard(message);
        }
      } catch (error) {
        if (stop.aborted) return;
        const told = problem(error);
        this.missing = told.code === Code.Unimplemented;
        if (told.code !== Code.Canceled && told.code !== Code.DeadlineExceeded) this.problem = told;
      }
      const epoch = session.epoch;
      do await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      while (!stop.aborted && session.asked && session.epoch === epoch);
    }
  }
}
