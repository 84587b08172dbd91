// A change of a campaign's budget: tried, made, taken back.
import { create } from "@bufbuild/protobuf";
import type { Advertiser } from "../gen/outbid/control/v1/advertiser_pb";
import {
  AdjustBudgetRequestSchema, BudgetChangeSchema, type AdjustBudgetResponse, type BudgetChange, type Campaign,
} from "../gen/outbid/control/v1/campaign_pb";
import { campaigns, requestId } from "./api";
import { about, type Problem } from "./problem";

export type Limit = "daily" | "lifetime";

/** A campaign's limit in micros; nothing where it has none. */
export function limitOf(campaign: Campaign, limit: Limit): bigint | undefined {
  return limit === "daily" ? campaign.budget?.dailyMicros : campaign.budget?.lifetimeMicros;
}

/** What the server says of a limit that it refuses: of what was asked for, or of what the budget would have been. */
export function refusal(failed: Problem, limit: Limit): string {
  return about(failed, limit) ?? about(failed, `campaign.budget.${limit}_micros`) ?? failed.text;
}

/** The advertiser's own limit where a campaign's would be above it, since no campaign spends more than that. */
export function above(micros: bigint, limit: Limit, advertiser: Advertiser | undefined): bigint | undefined {
  const own = limit === "daily" ? advertiser?.budget?.dailyMicros : advertiser?.budget?.lifetimeMicros;
  return own !== undefined && micros > own ? own : undefined;
}

function change(micros: bigint | undefined): BudgetChange {
  return create(BudgetChangeSchema, {
    change: micros === undefined ? { case: "unlimited", value: true } : { case: "setMicros", value: micros },
  });
}

/** Sets one limit, or takes it away. With an etag, only if nobody changed the campaign meanwhile. */
export function adjust(
  name: string,
  limit: Limit,
  micros: bigint | undefined,
  how: { etag?: string; validateOnly?: boolean; signal?: AbortSignal },
): Promise<AdjustBudgetResponse> {
  const request = create(AdjustBudgetRequestSchema, {
    name,
    [limit]: change(micros),
    etag: how.etag ?? "",
    requestId: how.validateOnly ? "" : requestId(),
    validateOnly: how.validateOnly ?? false,
  });
  return campaigns.adjustBudget(request, how.signal ? { signal: how.signal } : {});
}
