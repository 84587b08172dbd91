import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from outbid.control.v1 import ad_pb2 as _ad_pb2
from outbid.control.v1 import campaign_pb2 as _campaign_pb2
from outbid.control.v1 import diagnostics_pb2 as _diagnostics_pb2
from outbid.control.v1 import targeting_pb2 as _targeting_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Dimension(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIMENSION_UNSPECIFIED: _ClassVar[Dimension]
    DIMENSION_ADVERTISER: _ClassVar[Dimension]
    DIMENSION_CAMPAIGN: _ClassVar[Dimension]
    DIMENSION_AD: _ClassVar[Dimension]
    DIMENSION_CREATIVE: _ClassVar[Dimension]
    DIMENSION_EXCHANGE: _ClassVar[Dimension]
    DIMENSION_HOUR: _ClassVar[Dimension]
    DIMENSION_DAY: _ClassVar[Dimension]
    DIMENSION_CONVERSION_ACTION: _ClassVar[Dimension]
DIMENSION_UNSPECIFIED: Dimension
DIMENSION_ADVERTISER: Dimension
DIMENSION_CAMPAIGN: Dimension
DIMENSION_AD: Dimension
DIMENSION_CREATIVE: Dimension
DIMENSION_EXCHANGE: Dimension
DIMENSION_HOUR: Dimension
DIMENSION_DAY: Dimension
DIMENSION_CONVERSION_ACTION: Dimension

class QueryReportRequest(_message.Message):
    __slots__ = ("parent", "dimensions", "start_time", "end_time", "page_size", "page_token")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    DIMENSIONS_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    dimensions: _containers.RepeatedScalarFieldContainer[Dimension]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    page_size: int
    page_token: str
    def __init__(self, parent: _Optional[str] = ..., dimensions: _Optional[_Iterable[_Union[Dimension, str]]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class QueryReportResponse(_message.Message):
    __slots__ = ("rows", "totals", "next_page_token")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[ReportRow]
    totals: _containers.RepeatedCompositeFieldContainer[Metrics]
    next_page_token: str
    def __init__(self, rows: _Optional[_Iterable[_Union[ReportRow, _Mapping]]] = ..., totals: _Optional[_Iterable[_Union[Metrics, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ReportRow(_message.Message):
    __slots__ = ("advertiser", "campaign", "ad", "creative", "exchange", "start_time", "metrics", "conversion_action")
    ADVERTISER_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    AD_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ACTION_FIELD_NUMBER: _ClassVar[int]
    advertiser: str
    campaign: str
    ad: str
    creative: str
    exchange: str
    start_time: _timestamp_pb2.Timestamp
    metrics: Metrics
    conversion_action: str
    def __init__(self, advertiser: _Optional[str] = ..., campaign: _Optional[str] = ..., ad: _Optional[str] = ..., creative: _Optional[str] = ..., exchange: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., metrics: _Optional[_Union[Metrics, _Mapping]] = ..., conversion_action: _Optional[str] = ...) -> None: ...

class Metrics(_message.Message):
    __slots__ = ("currency_code", "bids", "wins", "losses", "impressions", "page_impressions", "views", "clicks", "conversions", "spend_micros", "spend_nanos", "overspend_nanos", "house_loss_nanos", "conversion_value_micros")
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    WINS_FIELD_NUMBER: _ClassVar[int]
    LOSSES_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    PAGE_IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    VIEWS_FIELD_NUMBER: _ClassVar[int]
    CLICKS_FIELD_NUMBER: _ClassVar[int]
    CONVERSIONS_FIELD_NUMBER: _ClassVar[int]
    SPEND_MICROS_FIELD_NUMBER: _ClassVar[int]
    SPEND_NANOS_FIELD_NUMBER: _ClassVar[int]
    OVERSPEND_NANOS_FIELD_NUMBER: _ClassVar[int]
    HOUSE_LOSS_NANOS_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_VALUE_MICROS_FIELD_NUMBER: _ClassVar[int]
    currency_code: str
    bids: int
    wins: int
    losses: int
    impressions: int
    page_impressions: int
    views: int
    clicks: int
    conversions: int
    spend_micros: int
    spend_nanos: int
    overspend_nanos: int
    house_loss_nanos: int
    conversion_value_micros: int
    def __init__(self, currency_code: _Optional[str] = ..., bids: _Optional[int] = ..., wins: _Optional[int] = ..., losses: _Optional[int] = ..., impressions: _Optional[int] = ..., page_impressions: _Optional[int] = ..., views: _Optional[int] = ..., clicks: _Optional[int] = ..., conversions: _Optional[int] = ..., spend_micros: _Optional[int] = ..., spend_nanos: _Optional[int] = ..., overspend_nanos: _Optional[int] = ..., house_loss_nanos: _Optional[int] = ..., conversion_value_micros: _Optional[int] = ...) -> None: ...

class WatchPacingRequest(_message.Message):
    __slots__ = ("name", "message_limit")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_LIMIT_FIELD_NUMBER: _ClassVar[int]
    name: str
    message_limit: int
    def __init__(self, name: _Optional[str] = ..., message_limit: _Optional[int] = ...) -> None: ...

class WatchPacingResponse(_message.Message):
    __slots__ = ("time", "campaigns")
    TIME_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGNS_FIELD_NUMBER: _ClassVar[int]
    time: _timestamp_pb2.Timestamp
    campaigns: _containers.RepeatedCompositeFieldContainer[CampaignPacing]
    def __init__(self, time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., campaigns: _Optional[_Iterable[_Union[CampaignPacing, _Mapping]]] = ...) -> None: ...

class CampaignPacing(_message.Message):
    __slots__ = ("campaign", "display_name", "currency_code", "day", "flight", "multiplier", "win_rate_percent", "spend_last_minute_micros", "plan_minute_micros", "summary", "ads", "delivery", "segment", "goal", "share_percent", "min_share_percent", "max_share_percent", "exploration")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    FLIGHT_FIELD_NUMBER: _ClassVar[int]
    MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
    WIN_RATE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    SPEND_LAST_MINUTE_MICROS_FIELD_NUMBER: _ClassVar[int]
    PLAN_MINUTE_MICROS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    ADS_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    GOAL_FIELD_NUMBER: _ClassVar[int]
    SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    MIN_SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    MAX_SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    EXPLORATION_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    display_name: str
    currency_code: str
    day: PacingWindow
    flight: PacingWindow
    multiplier: float
    win_rate_percent: float
    spend_last_minute_micros: int
    plan_minute_micros: int
    summary: str
    ads: _containers.RepeatedCompositeFieldContainer[AdPacing]
    delivery: _ad_pb2.Delivery
    segment: PacingWindow
    goal: GoalPacing
    share_percent: float
    min_share_percent: float
    max_share_percent: float
    exploration: Exploration
    def __init__(self, campaign: _Optional[str] = ..., display_name: _Optional[str] = ..., currency_code: _Optional[str] = ..., day: _Optional[_Union[PacingWindow, _Mapping]] = ..., flight: _Optional[_Union[PacingWindow, _Mapping]] = ..., multiplier: _Optional[float] = ..., win_rate_percent: _Optional[float] = ..., spend_last_minute_micros: _Optional[int] = ..., plan_minute_micros: _Optional[int] = ..., summary: _Optional[str] = ..., ads: _Optional[_Iterable[_Union[AdPacing, _Mapping]]] = ..., delivery: _Optional[_Union[_ad_pb2.Delivery, str]] = ..., segment: _Optional[_Union[PacingWindow, _Mapping]] = ..., goal: _Optional[_Union[GoalPacing, _Mapping]] = ..., share_percent: _Optional[float] = ..., min_share_percent: _Optional[float] = ..., max_share_percent: _Optional[float] = ..., exploration: _Optional[_Union[Exploration, _Mapping]] = ...) -> None: ...

class Exploration(_message.Message):
    __slots__ = ("price_impressions", "price_spend_micros", "ad_impressions", "ad_spend_micros", "share_percent")
    PRICE_IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    PRICE_SPEND_MICROS_FIELD_NUMBER: _ClassVar[int]
    AD_IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    AD_SPEND_MICROS_FIELD_NUMBER: _ClassVar[int]
    SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    price_impressions: int
    price_spend_micros: int
    ad_impressions: int
    ad_spend_micros: int
    share_percent: float
    def __init__(self, price_impressions: _Optional[int] = ..., price_spend_micros: _Optional[int] = ..., ad_impressions: _Optional[int] = ..., ad_spend_micros: _Optional[int] = ..., share_percent: _Optional[float] = ...) -> None: ...

class GoalPacing(_message.Message):
    __slots__ = ("goal", "spend_micros", "bought", "cost_micros", "return_percent", "guarded")
    GOAL_FIELD_NUMBER: _ClassVar[int]
    SPEND_MICROS_FIELD_NUMBER: _ClassVar[int]
    BOUGHT_FIELD_NUMBER: _ClassVar[int]
    COST_MICROS_FIELD_NUMBER: _ClassVar[int]
    RETURN_PERCENT_FIELD_NUMBER: _ClassVar[int]
    GUARDED_FIELD_NUMBER: _ClassVar[int]
    goal: _campaign_pb2.CostGoal
    spend_micros: int
    bought: float
    cost_micros: int
    return_percent: float
    guarded: bool
    def __init__(self, goal: _Optional[_Union[_campaign_pb2.CostGoal, _Mapping]] = ..., spend_micros: _Optional[int] = ..., bought: _Optional[float] = ..., cost_micros: _Optional[int] = ..., return_percent: _Optional[float] = ..., guarded: _Optional[bool] = ...) -> None: ...

class PacingWindow(_message.Message):
    __slots__ = ("start_time", "end_time", "budget_micros", "spend_micros", "ideal_micros", "forecast_micros", "forecast_low_micros", "forecast_high_micros")
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    BUDGET_MICROS_FIELD_NUMBER: _ClassVar[int]
    SPEND_MICROS_FIELD_NUMBER: _ClassVar[int]
    IDEAL_MICROS_FIELD_NUMBER: _ClassVar[int]
    FORECAST_MICROS_FIELD_NUMBER: _ClassVar[int]
    FORECAST_LOW_MICROS_FIELD_NUMBER: _ClassVar[int]
    FORECAST_HIGH_MICROS_FIELD_NUMBER: _ClassVar[int]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    budget_micros: int
    spend_micros: int
    ideal_micros: int
    forecast_micros: int
    forecast_low_micros: int
    forecast_high_micros: int
    def __init__(self, start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., budget_micros: _Optional[int] = ..., spend_micros: _Optional[int] = ..., ideal_micros: _Optional[int] = ..., forecast_micros: _Optional[int] = ..., forecast_low_micros: _Optional[int] = ..., forecast_high_micros: _Optional[int] = ...) -> None: ...

class AdPacing(_message.Message):
    __slots__ = ("ad", "display_name", "spend_today_micros", "share_percent", "min_share_percent", "max_share_percent", "participation_percent", "value_cpm_micros", "bid_cpm_micros", "click_rate_percent", "conversion_rate_percent", "win_rate_percent", "exploration")
    AD_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    SPEND_TODAY_MICROS_FIELD_NUMBER: _ClassVar[int]
    SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    MIN_SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    MAX_SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    PARTICIPATION_PERCENT_FIELD_NUMBER: _ClassVar[int]
    VALUE_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    BID_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    CLICK_RATE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_RATE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    WIN_RATE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    EXPLORATION_FIELD_NUMBER: _ClassVar[int]
    ad: str
    display_name: str
    spend_today_micros: int
    share_percent: float
    min_share_percent: float
    max_share_percent: float
    participation_percent: float
    value_cpm_micros: int
    bid_cpm_micros: int
    click_rate_percent: float
    conversion_rate_percent: float
    win_rate_percent: float
    exploration: Exploration
    def __init__(self, ad: _Optional[str] = ..., display_name: _Optional[str] = ..., spend_today_micros: _Optional[int] = ..., share_percent: _Optional[float] = ..., min_share_percent: _Optional[float] = ..., max_share_percent: _Optional[float] = ..., participation_percent: _Optional[float] = ..., value_cpm_micros: _Optional[int] = ..., bid_cpm_micros: _Optional[int] = ..., click_rate_percent: _Optional[float] = ..., conversion_rate_percent: _Optional[float] = ..., win_rate_percent: _Optional[float] = ..., exploration: _Optional[_Union[Exploration, _Mapping]] = ...) -> None: ...

class GetBidLandscapeRequest(_message.Message):
    __slots__ = ("name", "exchange", "format", "width", "height", "floor_cpm_micros")
    NAME_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    FLOOR_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    name: str
    exchange: str
    format: str
    width: int
    height: int
    floor_cpm_micros: int
    def __init__(self, name: _Optional[str] = ..., exchange: _Optional[str] = ..., format: _Optional[str] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., floor_cpm_micros: _Optional[int] = ...) -> None: ...

class BidLandscape(_message.Message):
    __slots__ = ("currency_code", "exchange", "context", "auctions", "worth_cpm_micros", "best_bid_cpm_micros", "points")
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    AUCTIONS_FIELD_NUMBER: _ClassVar[int]
    WORTH_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    BEST_BID_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    currency_code: str
    exchange: str
    context: str
    auctions: float
    worth_cpm_micros: int
    best_bid_cpm_micros: int
    points: _containers.RepeatedCompositeFieldContainer[BidLandscapePoint]
    def __init__(self, currency_code: _Optional[str] = ..., exchange: _Optional[str] = ..., context: _Optional[str] = ..., auctions: _Optional[float] = ..., worth_cpm_micros: _Optional[int] = ..., best_bid_cpm_micros: _Optional[int] = ..., points: _Optional[_Iterable[_Union[BidLandscapePoint, _Mapping]]] = ...) -> None: ...

class BidLandscapePoint(_message.Message):
    __slots__ = ("bid_cpm_micros", "win_percent", "gain_cpm_micros")
    BID_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    WIN_PERCENT_FIELD_NUMBER: _ClassVar[int]
    GAIN_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    bid_cpm_micros: int
    win_percent: float
    gain_cpm_micros: int
    def __init__(self, bid_cpm_micros: _Optional[int] = ..., win_percent: _Optional[float] = ..., gain_cpm_micros: _Optional[int] = ...) -> None: ...

class ListMovesRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListMovesResponse(_message.Message):
    __slots__ = ("moves", "next_page_token")
    MOVES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    moves: _containers.RepeatedCompositeFieldContainer[Move]
    next_page_token: str
    def __init__(self, moves: _Optional[_Iterable[_Union[Move, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Move(_message.Message):
    __slots__ = ("time", "campaign", "from_ad", "to_ad", "amount_micros", "currency_code", "share_percent", "why", "advertiser", "from_campaign", "to_campaign")
    TIME_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    FROM_AD_FIELD_NUMBER: _ClassVar[int]
    TO_AD_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICROS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    ADVERTISER_FIELD_NUMBER: _ClassVar[int]
    FROM_CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    TO_CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    time: _timestamp_pb2.Timestamp
    campaign: str
    from_ad: str
    to_ad: str
    amount_micros: int
    currency_code: str
    share_percent: float
    why: str
    advertiser: str
    from_campaign: str
    to_campaign: str
    def __init__(self, time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., campaign: _Optional[str] = ..., from_ad: _Optional[str] = ..., to_ad: _Optional[str] = ..., amount_micros: _Optional[int] = ..., currency_code: _Optional[str] = ..., share_percent: _Optional[float] = ..., why: _Optional[str] = ..., advertiser: _Optional[str] = ..., from_campaign: _Optional[str] = ..., to_campaign: _Optional[str] = ...) -> None: ...

class ListPacingEventsRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPacingEventsResponse(_message.Message):
    __slots__ = ("events", "next_page_token")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[PacingEvent]
    next_page_token: str
    def __init__(self, events: _Optional[_Iterable[_Union[PacingEvent, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class PacingEvent(_message.Message):
    __slots__ = ("time", "campaign", "kind", "metric", "what")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[PacingEvent.Kind]
        KIND_RISE: _ClassVar[PacingEvent.Kind]
        KIND_FALL: _ClassVar[PacingEvent.Kind]
        KIND_BACK_TO_USUAL: _ClassVar[PacingEvent.Kind]
        KIND_BREAKER_TRIPPED: _ClassVar[PacingEvent.Kind]
        KIND_BREAKER_RESET: _ClassVar[PacingEvent.Kind]
        KIND_CONVERSIONS_SILENT: _ClassVar[PacingEvent.Kind]
    KIND_UNSPECIFIED: PacingEvent.Kind
    KIND_RISE: PacingEvent.Kind
    KIND_FALL: PacingEvent.Kind
    KIND_BACK_TO_USUAL: PacingEvent.Kind
    KIND_BREAKER_TRIPPED: PacingEvent.Kind
    KIND_BREAKER_RESET: PacingEvent.Kind
    KIND_CONVERSIONS_SILENT: PacingEvent.Kind
    TIME_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    METRIC_FIELD_NUMBER: _ClassVar[int]
    WHAT_FIELD_NUMBER: _ClassVar[int]
    time: _timestamp_pb2.Timestamp
    campaign: str
    kind: PacingEvent.Kind
    metric: str
    what: str
    def __init__(self, time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., campaign: _Optional[str] = ..., kind: _Optional[_Union[PacingEvent.Kind, str]] = ..., metric: _Optional[str] = ..., what: _Optional[str] = ...) -> None: ...

class ExportReportRequest(_message.Message):
    __slots__ = ("parent", "dimensions", "start_time", "end_time")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    DIMENSIONS_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    parent: str
    dimensions: _containers.RepeatedScalarFieldContainer[Dimension]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, parent: _Optional[str] = ..., dimensions: _Optional[_Iterable[_Union[Dimension, str]]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExportReportResponse(_message.Message):
    __slots__ = ("content_type", "content")
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    content_type: str
    content: str
    def __init__(self, content_type: _Optional[str] = ..., content: _Optional[str] = ...) -> None: ...

class ForecastDeliveryRequest(_message.Message):
    __slots__ = ("parent", "targeting", "bid_cpm_micros", "creatives")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    TARGETING_FIELD_NUMBER: _ClassVar[int]
    BID_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    CREATIVES_FIELD_NUMBER: _ClassVar[int]
    parent: str
    targeting: _targeting_pb2.Targeting
    bid_cpm_micros: int
    creatives: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, parent: _Optional[str] = ..., targeting: _Optional[_Union[_targeting_pb2.Targeting, _Mapping]] = ..., bid_cpm_micros: _Optional[int] = ..., creatives: _Optional[_Iterable[str]] = ...) -> None: ...

class ForecastDeliveryResponse(_message.Message):
    __slots__ = ("sample_count", "start_time", "end_time", "impression_count", "biddable_count", "win_count", "spend_micros", "currency_code", "refusals", "notes", "reach_count")
    SAMPLE_COUNT_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    IMPRESSION_COUNT_FIELD_NUMBER: _ClassVar[int]
    BIDDABLE_COUNT_FIELD_NUMBER: _ClassVar[int]
    WIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    SPEND_MICROS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    REACH_COUNT_FIELD_NUMBER: _ClassVar[int]
    sample_count: int
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    impression_count: int
    biddable_count: int
    win_count: int
    spend_micros: int
    currency_code: str
    refusals: _containers.RepeatedCompositeFieldContainer[_diagnostics_pb2.Refusal]
    notes: _containers.RepeatedScalarFieldContainer[str]
    reach_count: int
    def __init__(self, sample_count: _Optional[int] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., impression_count: _Optional[int] = ..., biddable_count: _Optional[int] = ..., win_count: _Optional[int] = ..., spend_micros: _Optional[int] = ..., currency_code: _Optional[str] = ..., refusals: _Optional[_Iterable[_Union[_diagnostics_pb2.Refusal, _Mapping]]] = ..., notes: _Optional[_Iterable[str]] = ..., reach_count: _Optional[int] = ...) -> None: ...
