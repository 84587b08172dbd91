// What the contract's values are called on the page.
import { ServingStatus, ServingStatusReason, State } from "../gen/outbid/control/v1/budget_pb";
import type { CampaignPacing } from "../gen/outbid/control/v1/report_pb";

/** How good news is. Never told by colour alone: each tone has its mark. */
export type Tone = "good" | "wait" | "bad" | "off";

export interface Words {
  text: string;
  tone: Tone;
}

/**
 * Status as a manager says it. A person's pause comes before what follows from it, and what may bid is called serving
 * only once it is known to have bought something of late.
 */
export function serving(status: ServingStatus, state: State, buysOfLate = false): Words {
  if (state === State.DELETED || status === ServingStatus.DELETED) return { text: "Deleted", tone: "off" };
  if (state === State.PAUSED) return { text: "Paused", tone: "off" };
  switch (status) {
    case ServingStatus.ELIGIBLE: return { text: buysOfLate ? "Serving" : "Eligible", tone: "good" };
    case ServingStatus.PENDING: return { text: "Scheduled", tone: "wait" };
    case ServingStatus.LIMITED: return { text: "Limited", tone: "wait" };
    case ServingStatus.ENDED: return { text: "Ended", tone: "off" };
    case ServingStatus.NOT_SERVING: return { text: "Not serving", tone: "bad" };
    default: return { text: "Unknown", tone: "wait" };
  }
}

/** Whether a campaign was charged for anything in the last ten minutes: only then has one of its ads a share of that. */
export function buysOfLate(pacing: CampaignPacing): boolean {
  return pacing.spendLastMinuteMicros > 0n || pacing.ads.some((ad) => ad.sharePercent > 0);
}

const REASONS: Partial<Record<ServingStatusReason, [brief: string, help: string]>> = {
  [ServingStatusReason.ADVERTISER_PAUSED]: ["advertiser paused", "Resume the advertiser: nothing of it runs until then."],
  [ServingStatusReason.CAMPAIGN_PAUSED]: ["campaign paused", "Resume the campaign to let its ads bid again."],
  [ServingStatusReason.AD_PAUSED]: ["ad paused", "Resume the ad to let it bid again."],
  [ServingStatusReason.FLIGHT_NOT_STARTED]: ["flight not started", "It begins by itself on its first day."],
  [ServingStatusReason.FLIGHT_ENDED]: ["flight over", "Move the end of the flight to let it run on."],
  [ServingStatusReason.BUDGET_SPENT]: ["lifetime budget spent", "Raise the lifetime budget to let it run on."],
  [ServingStatusReason.DAILY_BUDGET_SPENT]: ["daily budget spent", "It goes on tomorrow, or at once with a higher daily budget."],
  [ServingStatusReason.SEGMENT_BUDGET_SPENT]: ["segment's budget spent", "It goes on after the segment, or at once with a higher amount."],
  [ServingStatusReason.OUTSIDE_DAY_PARTS]: ["outside its hours", "It goes on in the next hour that its day parts hold."],
  [ServingStatusReason.NO_ADS]: ["no ads", "Write an ad in a file, and outbid apply -f FILE."],
  [ServingStatusReason.NO_CREATIVES]: ["no creatives", "Name at least one creative that is not deleted."],
  [ServingStatusReason.CREATIVES_REFUSED]: ["creatives refused", "Publishers take next to none of its creatives: see Why no bid."],
  [ServingStatusReason.TARGETING_TOO_NARROW]: ["targeting too narrow", "Next to no impression is wanted: widen the targeting."],
  [ServingStatusReason.FREQUENCY_CAPPED]: ["frequency capped", "Most users have seen it often enough, or are not known."],
  [ServingStatusReason.BID_TOO_LOW]: ["bid too low", "Raise the bid: it is below floors, or wins next to nothing."],
  [ServingStatusReason.NO_TRAFFIC]: ["no traffic", "No bid request has come of late: look at Live."],
  [ServingStatusReason.EXCHANGES_PAUSED]: ["exchanges paused", "Resume one of the exchanges that it is bought on, under Market."],
  [ServingStatusReason.DEALS_PAUSED]: ["deals paused", "Resume one of the deals that it asks for, under Market."],
  [ServingStatusReason.BREAKER_TRIPPED]: ["runaway spend stopped", "It spent far faster than its plan: see what happened, then resume it."],
  [ServingStatusReason.OUTBID_BY_OWN_ADS]: ["other ads of ours win its auctions", "Raise what it bids, give it a least share, or target what the others do not."],
  [ServingStatusReason.NO_ELIGIBLE_ADS]: ["no ad can bid", "Open the campaign: each ad says why it cannot."],
};

/** A reason in two or three words. */
export function reason(reason: ServingStatusReason): string {
  return REASONS[reason]?.[0] ?? named(ServingStatusReason[reason] ?? "another reason");
}

/** What to do about a reason. */
export function remedy(reason: ServingStatusReason): string {
  return REASONS[reason]?.[1] ?? "";
}

/** A constant of the contract as words: `DAILY_BUDGET_SPENT` is `daily budget spent`. */
export function named(constant: string): string {
  return constant.toLowerCase().replaceAll("_", " ");
}

/** The reasons that the status does not say already. */
export function ownReasons(reasons: ServingStatusReason[], state: State): ServingStatusReason[] {
  const said = [ServingStatusReason.CAMPAIGN_PAUSED, ServingStatusReason.AD_PAUSED];
  return state === State.PAUSED ? reasons.filter((reason) => !said.includes(reason)) : reasons;
}
