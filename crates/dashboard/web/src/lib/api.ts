// The contract's services, over gRPC-Web on the origin that served the page.
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { AdService } from "../gen/outbid/control/v1/ad_pb";
import { AdvertiserService } from "../gen/outbid/control/v1/advertiser_pb";
import { AuditService } from "../gen/outbid/control/v1/audit_pb";
import { CampaignService } from "../gen/outbid/control/v1/campaign_pb";
import { CreativeService } from "../gen/outbid/control/v1/creative_pb";
import { DiagnosticsService } from "../gen/outbid/control/v1/diagnostics_pb";
import { ExperimentService } from "../gen/outbid/control/v1/experiment_pb";
import { IdentityService } from "../gen/outbid/control/v1/identity_pb";
import { ReportService } from "../gen/outbid/control/v1/report_pb";
import { session } from "./session.svelte";

const authorize: Interceptor = (next) => async (request) => {
  const token = session.token;
  if (token) request.header.set("authorization", `Bearer ${token}`);
  try {
    return await next(request);
  } catch (error) {
    // A call that was under way when somebody logged in says nothing of the new token.
    if (ConnectError.from(error).code === Code.Unauthenticated && token === session.token) session.asked = true;
    throw error;
  }
};

/** What every client calls through. */
export const transport = createGrpcWebTransport({
  baseUrl: location.origin,
  interceptors: [authorize],
  defaultTimeoutMs: 20_000,
});

export const ads = createClient(AdService, transport);
export const advertisers = createClient(AdvertiserService, transport);
export const audit = createClient(AuditService, transport);
export const campaigns = createClient(CampaignService, transport);
export const creatives = createClient(CreativeService, transport);
export const diagnostics = createClient(DiagnosticsService, transport);
export const experiments = createClient(ExperimentService, transport);
export const identity = createClient(IdentityService, transport);
export const reports = createClient(ReportService, transport);

/** The most pages that are read of one list: 1,000 each. */
const MAX_PAGES = 50;

/** Reads a list to its end. */
export async function all<Page extends { nextPageToken: string }, Item>(
  read: (pageToken: string) => Promise<Page>,
  items: (page: Page) => Item[],
): Promise<Item[]> {
  const found: Item[] = [];
  let token = "";
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await read(token);
    found.push(...items(answer));
    token = answer.nextPageToken;
    if (token === "") break;
  }
  return found;
}

/** A UUID that makes a change safe to send twice. */
export function requestId(): string {
  return crypto.randomUUID();
}
