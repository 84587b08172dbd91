import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExplainBidRequest(_message.Message):
    __slots__ = ("exchange", "request_json")
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_JSON_FIELD_NUMBER: _ClassVar[int]
    exchange: str
    request_json: str
    def __init__(self, exchange: _Optional[str] = ..., request_json: _Optional[str] = ...) -> None: ...

class ExplainBidResponse(_message.Message):
    __slots__ = ("request_id", "refused", "privacy", "impressions")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    PRIVACY_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    refused: NoBidReason
    privacy: str
    impressions: _containers.RepeatedCompositeFieldContainer[ImpressionFunnel]
    def __init__(self, request_id: _Optional[str] = ..., refused: _Optional[_Union[NoBidReason, _Mapping]] = ..., privacy: _Optional[str] = ..., impressions: _Optional[_Iterable[_Union[ImpressionFunnel, _Mapping]]] = ...) -> None: ...

class NoBidReason(_message.Message):
    __slots__ = ("code", "step", "sentence", "nbr")
    CODE_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_FIELD_NUMBER: _ClassVar[int]
    NBR_FIELD_NUMBER: _ClassVar[int]
    code: str
    step: str
    sentence: str
    nbr: int
    def __init__(self, code: _Optional[str] = ..., step: _Optional[str] = ..., sentence: _Optional[str] = ..., nbr: _Optional[int] = ...) -> None: ...

class ImpressionFunnel(_message.Message):
    __slots__ = ("imp_id", "refused", "understood", "considered_count", "refusals", "ads", "nearest_miss")
    IMP_ID_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    UNDERSTOOD_FIELD_NUMBER: _ClassVar[int]
    CONSIDERED_COUNT_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    ADS_FIELD_NUMBER: _ClassVar[int]
    NEAREST_MISS_FIELD_NUMBER: _ClassVar[int]
    imp_id: str
    refused: NoBidReason
    understood: str
    considered_count: int
    refusals: _containers.RepeatedCompositeFieldContainer[Refusal]
    ads: _containers.RepeatedCompositeFieldContainer[AdFate]
    nearest_miss: AdFate
    def __init__(self, imp_id: _Optional[str] = ..., refused: _Optional[_Union[NoBidReason, _Mapping]] = ..., understood: _Optional[str] = ..., considered_count: _Optional[int] = ..., refusals: _Optional[_Iterable[_Union[Refusal, _Mapping]]] = ..., ads: _Optional[_Iterable[_Union[AdFate, _Mapping]]] = ..., nearest_miss: _Optional[_Union[AdFate, _Mapping]] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("reason", "count")
    REASON_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    reason: NoBidReason
    count: int
    def __init__(self, reason: _Optional[_Union[NoBidReason, _Mapping]] = ..., count: _Optional[int] = ...) -> None: ...

class AdFate(_message.Message):
    __slots__ = ("ad", "ad_number", "display_name", "bid", "refused", "detail")
    AD_FIELD_NUMBER: _ClassVar[int]
    AD_NUMBER_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    BID_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    ad: str
    ad_number: int
    display_name: str
    bid: ExplainedBid
    refused: NoBidReason
    detail: str
    def __init__(self, ad: _Optional[str] = ..., ad_number: _Optional[int] = ..., display_name: _Optional[str] = ..., bid: _Optional[_Union[ExplainedBid, _Mapping]] = ..., refused: _Optional[_Union[NoBidReason, _Mapping]] = ..., detail: _Optional[str] = ...) -> None: ...

class ExplainedBid(_message.Message):
    __slots__ = ("price_cpm_micros", "currency_code", "creative", "creative_number")
    PRICE_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    price_cpm_micros: int
    currency_code: str
    creative: str
    creative_number: int
    def __init__(self, price_cpm_micros: _Optional[int] = ..., currency_code: _Optional[str] = ..., creative: _Optional[str] = ..., creative_number: _Optional[int] = ...) -> None: ...

class ListWinsRequest(_message.Message):
    __slots__ = ("parent", "page_size", "exchange")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    exchange: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., exchange: _Optional[str] = ...) -> None: ...

class ListWinsResponse(_message.Message):
    __slots__ = ("wins",)
    WINS_FIELD_NUMBER: _ClassVar[int]
    wins: _containers.RepeatedCompositeFieldContainer[Win]
    def __init__(self, wins: _Optional[_Iterable[_Union[Win, _Mapping]]] = ...) -> None: ...

class Win(_message.Message):
    __slots__ = ("time", "bid", "exchange", "ad", "creative", "price_cpm_micros", "currency_code", "billed", "viewed", "clicked")
    TIME_FIELD_NUMBER: _ClassVar[int]
    BID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    AD_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_FIELD_NUMBER: _ClassVar[int]
    PRICE_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    BILLED_FIELD_NUMBER: _ClassVar[int]
    VIEWED_FIELD_NUMBER: _ClassVar[int]
    CLICKED_FIELD_NUMBER: _ClassVar[int]
    time: _timestamp_pb2.Timestamp
    bid: str
    exchange: str
    ad: str
    creative: str
    price_cpm_micros: int
    currency_code: str
    billed: bool
    viewed: bool
    clicked: bool
    def __init__(self, time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., bid: _Optional[str] = ..., exchange: _Optional[str] = ..., ad: _Optional[str] = ..., creative: _Optional[str] = ..., price_cpm_micros: _Optional[int] = ..., currency_code: _Optional[str] = ..., billed: _Optional[bool] = ..., viewed: _Optional[bool] = ..., clicked: _Optional[bool] = ...) -> None: ...

class GetStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetStatusResponse(_message.Message):
    __slots__ = ("version", "product_time", "start_time", "endpoints", "record_version", "book_version", "journal_applied_count", "healthy", "problem", "traffic")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_TIME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    ENDPOINTS_FIELD_NUMBER: _ClassVar[int]
    RECORD_VERSION_FIELD_NUMBER: _ClassVar[int]
    BOOK_VERSION_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_APPLIED_COUNT_FIELD_NUMBER: _ClassVar[int]
    HEALTHY_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    TRAFFIC_FIELD_NUMBER: _ClassVar[int]
    version: str
    product_time: _timestamp_pb2.Timestamp
    start_time: _timestamp_pb2.Timestamp
    endpoints: _containers.RepeatedCompositeFieldContainer[Endpoint]
    record_version: int
    book_version: int
    journal_applied_count: int
    healthy: bool
    problem: str
    traffic: BidderTraffic
    def __init__(self, version: _Optional[str] = ..., product_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., endpoints: _Optional[_Iterable[_Union[Endpoint, _Mapping]]] = ..., record_version: _Optional[int] = ..., book_version: _Optional[int] = ..., journal_applied_count: _Optional[int] = ..., healthy: _Optional[bool] = ..., problem: _Optional[str] = ..., traffic: _Optional[_Union[BidderTraffic, _Mapping]] = ...) -> None: ...

class BidderTraffic(_message.Message):
    __slots__ = ("real_time_millis", "exchanges", "late_response_count", "latency_window_millis", "latency_count", "p50_micros", "p99_micros", "p999_micros")
    REAL_TIME_MILLIS_FIELD_NUMBER: _ClassVar[int]
    EXCHANGES_FIELD_NUMBER: _ClassVar[int]
    LATE_RESPONSE_COUNT_FIELD_NUMBER: _ClassVar[int]
    LATENCY_WINDOW_MILLIS_FIELD_NUMBER: _ClassVar[int]
    LATENCY_COUNT_FIELD_NUMBER: _ClassVar[int]
    P50_MICROS_FIELD_NUMBER: _ClassVar[int]
    P99_MICROS_FIELD_NUMBER: _ClassVar[int]
    P999_MICROS_FIELD_NUMBER: _ClassVar[int]
    real_time_millis: int
    exchanges: _containers.RepeatedCompositeFieldContainer[ExchangeTraffic]
    late_response_count: int
    latency_window_millis: int
    latency_count: int
    p50_micros: int
    p99_micros: int
    p999_micros: int
    def __init__(self, real_time_millis: _Optional[int] = ..., exchanges: _Optional[_Iterable[_Union[ExchangeTraffic, _Mapping]]] = ..., late_response_count: _Optional[int] = ..., latency_window_millis: _Optional[int] = ..., latency_count: _Optional[int] = ..., p50_micros: _Optional[int] = ..., p99_micros: _Optional[int] = ..., p999_micros: _Optional[int] = ...) -> None: ...

class ExchangeTraffic(_message.Message):
    __slots__ = ("exchange", "request_count", "response_count", "bid_count", "late_response_count")
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_COUNT_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_COUNT_FIELD_NUMBER: _ClassVar[int]
    BID_COUNT_FIELD_NUMBER: _ClassVar[int]
    LATE_RESPONSE_COUNT_FIELD_NUMBER: _ClassVar[int]
    exchange: str
    request_count: int
    response_count: int
    bid_count: int
    late_response_count: int
    def __init__(self, exchange: _Optional[str] = ..., request_count: _Optional[int] = ..., response_count: _Optional[int] = ..., bid_count: _Optional[int] = ..., late_response_count: _Optional[int] = ...) -> None: ...

class Endpoint(_message.Message):
    __slots__ = ("title", "url")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    title: str
    url: str
    def __init__(self, title: _Optional[str] = ..., url: _Optional[str] = ...) -> None: ...

class ListNoBidReasonsRequest(_message.Message):
    __slots__ = ("parent",)
    PARENT_FIELD_NUMBER: _ClassVar[int]
    parent: str
    def __init__(self, parent: _Optional[str] = ...) -> None: ...

class ListNoBidReasonsResponse(_message.Message):
    __slots__ = ("start_time", "end_time", "request_count", "sampled_count", "bid_count", "win_count", "refusals", "below")
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_COUNT_FIELD_NUMBER: _ClassVar[int]
    SAMPLED_COUNT_FIELD_NUMBER: _ClassVar[int]
    BID_COUNT_FIELD_NUMBER: _ClassVar[int]
    WIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    BELOW_FIELD_NUMBER: _ClassVar[int]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    request_count: int
    sampled_count: int
    bid_count: int
    win_count: int
    refusals: _containers.RepeatedCompositeFieldContainer[Refusal]
    below: _containers.RepeatedCompositeFieldContainer[NoBidFunnel]
    def __init__(self, start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., request_count: _Optional[int] = ..., sampled_count: _Optional[int] = ..., bid_count: _Optional[int] = ..., win_count: _Optional[int] = ..., refusals: _Optional[_Iterable[_Union[Refusal, _Mapping]]] = ..., below: _Optional[_Iterable[_Union[NoBidFunnel, _Mapping]]] = ...) -> None: ...

class NoBidFunnel(_message.Message):
    __slots__ = ("name", "display_name", "bid_count", "win_count", "refusals")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    BID_COUNT_FIELD_NUMBER: _ClassVar[int]
    WIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    name: str
    display_name: str
    bid_count: int
    win_count: int
    refusals: _containers.RepeatedCompositeFieldContainer[Refusal]
    def __init__(self, name: _Optional[str] = ..., display_name: _Optional[str] = ..., bid_count: _Optional[int] = ..., win_count: _Optional[int] = ..., refusals: _Optional[_Iterable[_Union[Refusal, _Mapping]]] = ...) -> None: ...

class ListBidTracesRequest(_message.Message):
    __slots__ = ("page_size", "exchange", "ad")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    AD_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    exchange: str
    ad: str
    def __init__(self, page_size: _Optional[int] = ..., exchange: _Optional[str] = ..., ad: _Optional[str] = ...) -> None: ...

class ListBidTracesResponse(_message.Message):
    __slots__ = ("traces",)
    TRACES_FIELD_NUMBER: _ClassVar[int]
    traces: _containers.RepeatedCompositeFieldContainer[BidTrace]
    def __init__(self, traces: _Optional[_Iterable[_Union[BidTrace, _Mapping]]] = ...) -> None: ...

class BidTrace(_message.Message):
    __slots__ = ("time", "exchange", "request_json", "refused", "bid", "ad", "nearest_miss", "nearest_miss_reason", "refusals")
    TIME_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_JSON_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    BID_FIELD_NUMBER: _ClassVar[int]
    AD_FIELD_NUMBER: _ClassVar[int]
    NEAREST_MISS_FIELD_NUMBER: _ClassVar[int]
    NEAREST_MISS_REASON_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    time: _timestamp_pb2.Timestamp
    exchange: str
    request_json: str
    refused: NoBidReason
    bid: ExplainedBid
    ad: str
    nearest_miss: str
    nearest_miss_reason: NoBidReason
    refusals: _containers.RepeatedCompositeFieldContainer[Refusal]
    def __init__(self, time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., exchange: _Optional[str] = ..., request_json: _Optional[str] = ..., refused: _Optional[_Union[NoBidReason, _Mapping]] = ..., bid: _Optional[_Union[ExplainedBid, _Mapping]] = ..., ad: _Optional[str] = ..., nearest_miss: _Optional[str] = ..., nearest_miss_reason: _Optional[_Union[NoBidReason, _Mapping]] = ..., refusals: _Optional[_Iterable[_Union[Refusal, _Mapping]]] = ...) -> None: ...
