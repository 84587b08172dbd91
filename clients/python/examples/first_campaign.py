"""Make a campaign with a creative and an ad, move its budget, and read its report.

    python first_campaign.py --to 127.0.0.1:9090 --advertiser acme

A token is taken from OUTBID_TOKEN where the control plane asks for one.
"""

import argparse
import os
import sys
import uuid

import grpc
from google.protobuf import any_pb2  # noqa: F401  (details of errors travel in it)
from google.rpc import error_details_pb2, status_pb2

from outbid.control.v1 import ad_pb2, ad_pb2_grpc
from outbid.control.v1 import advertiser_pb2, advertiser_pb2_grpc
from outbid.control.v1 import budget_pb2
from outbid.control.v1 import campaign_pb2, campaign_pb2_grpc
from outbid.control.v1 import creative_pb2, creative_pb2_grpc
from outbid.control.v1 import report_pb2, report_pb2_grpc
from outbid.control.v1 import targeting_pb2

MICROS = 1_000_000


def explain(error: grpc.RpcError) -> str:
    """What was wrong, field by field where the server says so."""
    lines = [f"{error.code().name}: {error.details()}"]
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        for detail in status_pb2.Status.FromString(value).details:
            bad_request = error_details_pb2.BadRequest()
            if detail.Unpack(bad_request):
                lines += [f"  {wrong.field}: {wrong.description}" for wrong in bad_request.field_violations]
    return "\n".join(lines)


def run(channel: grpc.Channel, metadata: list[tuple[str, str]], advertiser: str) -> None:
    advertisers = advertiser_pb2_grpc.AdvertiserServiceStub(channel)
    campaigns = campaign_pb2_grpc.CampaignServiceStub(channel)
    creatives = creative_pb2_grpc.CreativeServiceStub(channel)
    ads = ad_pb2_grpc.AdServiceStub(channel)
    reports = report_pb2_grpc.ReportServiceStub(channel)

    acme = advertisers.CreateAdvertiser(
        advertiser_pb2.CreateAdvertiserRequest(
            advertiser_id=advertiser,
            advertiser=advertiser_pb2.Advertiser(display_name="Acme", currency_code="USD"),
        ),
        metadata=metadata,
    )
    # A request id makes a call safe to repeat: a second one with the same id answers as the first did.
    campaign = campaigns.CreateCampaign(
        campaign_pb2.CreateCampaignRequest(
            parent=acme.name,
            campaign_id="spring",
            campaign=campaign_pb2.Campaign(
                display_name="Spring",
                budget=budget_pb2.Budget(daily_micros=100 * MICROS),
            ),
            request_id=str(uuid.uuid4()),
        ),
        metadata=metadata,
    )
    creative = creatives.CreateCreative(
        creative_pb2.CreateCreativeRequest(
            parent=acme.name,
            creative_id="banner",
            creative=creative_pb2.Creative(
                display_name="Banner",
                landing_url="https://www.acme.example/buy",
                banner=creative_pb2.Banner(
                    size=targeting_pb2.Size(width=300, height=250),
                    image=creative_pb2.BannerImage(url="https://cdn.acme.example/banner.png", alt_text="Buy"),
                ),
            ),
        ),
        metadata=metadata,
    )
    ad = ads.CreateAd(
        ad_pb2.CreateAdRequest(
            parent=campaign.name,
            ad_id="mpu",
            ad=ad_pb2.Ad(
                display_name="Medium rectangle",
                goal=ad_pb2.Goal(fixed_cpm_micros=2 * MICROS),
                targeting=targeting_pb2.Targeting(
                    countries=targeting_pb2.TextTargeting(include=["DE", "AT"]),
                ),
                creatives=[creative.name],
            ),
        ),
        metadata=metadata,
    )
    print(f"made {ad.name}: {budget_pb2.ServingStatus.Name(ad.serving_status)}")

    adjusted = campaigns.AdjustBudget(
        campaign_pb2.AdjustBudgetRequest(
            name=campaign.name,
            daily=campaign_pb2.BudgetChange(add_micros=50 * MICROS),
            # The state that was read: a change of somebody else in between is not lost.
            etag=campaign.etag,
        ),
        metadata=metadata,
    )
    before, after = adjusted.previous_budget.daily_micros, adjusted.budget.daily_micros
    print(f"daily budget: {before / MICROS:.2f} -> {after / MICROS:.2f} {campaign.currency_code}")

    report = reports.QueryReport(
        report_pb2.QueryReportRequest(parent=campaign.name, dimensions=[report_pb2.DIMENSION_AD]),
        metadata=metadata,
    )
    for row in report.rows:
        metrics = row.metrics
        print(f"{row.ad}: {metrics.bids} bids, {metrics.wins} wins, {metrics.spend_micros / MICROS:.2f} spent")
    print(f"{len(report.rows)} rows in the report")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", default="127.0.0.1:9090", help="where the control plane listens")
    parser.add_argument("--advertiser", default="acme", help="the id of the advertiser to make")
    arguments = parser.parse_args()
    token = os.environ.get("OUTBID_TOKEN")
    metadata = [("authorization", f"Bearer {token}")] if token else []
    with grpc.insecure_channel(arguments.to) as channel:
        try:
            run(channel, metadata, arguments.advertiser)
        except grpc.RpcError as error:
            print(explain(error), file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
