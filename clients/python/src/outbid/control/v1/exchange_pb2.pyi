import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from outbid.control.v1 import budget_pb2 as _budget_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AuctionType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUCTION_TYPE_UNSPECIFIED: _ClassVar[AuctionType]
    AUCTION_TYPE_FIRST_PRICE: _ClassVar[AuctionType]
    AUCTION_TYPE_SECOND_PRICE: _ClassVar[AuctionType]

class NoBidForm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NO_BID_FORM_UNSPECIFIED: _ClassVar[NoBidForm]
    NO_BID_FORM_EMPTY: _ClassVar[NoBidForm]
    NO_BID_FORM_REASON: _ClassVar[NoBidForm]

class BillingNotice(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BILLING_NOTICE_UNSPECIFIED: _ClassVar[BillingNotice]
    BILLING_NOTICE_BURL: _ClassVar[BillingNotice]
    BILLING_NOTICE_IMPRESSION_PIXEL: _ClassVar[BillingNotice]
AUCTION_TYPE_UNSPECIFIED: AuctionType
AUCTION_TYPE_FIRST_PRICE: AuctionType
AUCTION_TYPE_SECOND_PRICE: AuctionType
NO_BID_FORM_UNSPECIFIED: NoBidForm
NO_BID_FORM_EMPTY: NoBidForm
NO_BID_FORM_REASON: NoBidForm
BILLING_NOTICE_UNSPECIFIED: BillingNotice
BILLING_NOTICE_BURL: BillingNotice
BILLING_NOTICE_IMPRESSION_PIXEL: BillingNotice

class Exchange(_message.Message):
    __slots__ = ("name", "number", "display_name", "state", "auction_type", "currency_code", "timeout_margin", "default_timeout", "seats", "no_bid", "billing", "floor_policy", "etag", "create_time", "update_time")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    AUCTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MARGIN_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    SEATS_FIELD_NUMBER: _ClassVar[int]
    NO_BID_FIELD_NUMBER: _ClassVar[int]
    BILLING_FIELD_NUMBER: _ClassVar[int]
    FLOOR_POLICY_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    display_name: str
    state: _budget_pb2.State
    auction_type: AuctionType
    currency_code: str
    timeout_margin: _duration_pb2.Duration
    default_timeout: _duration_pb2.Duration
    seats: _containers.RepeatedScalarFieldContainer[str]
    no_bid: NoBidForm
    billing: BillingNotice
    floor_policy: FloorPolicy
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., number: _Optional[int] = ..., display_name: _Optional[str] = ..., state: _Optional[_Union[_budget_pb2.State, str]] = ..., auction_type: _Optional[_Union[AuctionType, str]] = ..., currency_code: _Optional[str] = ..., timeout_margin: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., default_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., seats: _Optional[_Iterable[str]] = ..., no_bid: _Optional[_Union[NoBidForm, str]] = ..., billing: _Optional[_Union[BillingNotice, str]] = ..., floor_policy: _Optional[_Union[FloorPolicy, _Mapping]] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class FloorPolicy(_message.Message):
    __slots__ = ("margin_ppm", "banner_cpm_micros", "video_cpm_micros", "audio_cpm_micros", "native_cpm_micros")
    MARGIN_PPM_FIELD_NUMBER: _ClassVar[int]
    BANNER_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    VIDEO_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    AUDIO_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    NATIVE_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    margin_ppm: int
    banner_cpm_micros: int
    video_cpm_micros: int
    audio_cpm_micros: int
    native_cpm_micros: int
    def __init__(self, margin_ppm: _Optional[int] = ..., banner_cpm_micros: _Optional[int] = ..., video_cpm_micros: _Optional[int] = ..., audio_cpm_micros: _Optional[int] = ..., native_cpm_micros: _Optional[int] = ...) -> None: ...

class GetExchangeRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ListExchangesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "show_deleted", "filter", "order_by")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SHOW_DELETED_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    show_deleted: bool
    filter: str
    order_by: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., show_deleted: _Optional[bool] = ..., filter: _Optional[str] = ..., order_by: _Optional[str] = ...) -> None: ...

class ListExchangesResponse(_message.Message):
    __slots__ = ("exchanges", "next_page_token")
    EXCHANGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    exchanges: _containers.RepeatedCompositeFieldContainer[Exchange]
    next_page_token: str
    def __init__(self, exchanges: _Optional[_Iterable[_Union[Exchange, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreateExchangeRequest(_message.Message):
    __slots__ = ("exchange_id", "exchange", "request_id", "validate_only")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    exchange: Exchange
    request_id: str
    validate_only: bool
    def __init__(self, exchange_id: _Optional[str] = ..., exchange: _Optional[_Union[Exchange, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class UpdateExchangeRequest(_message.Message):
    __slots__ = ("exchange", "update_mask", "request_id", "validate_only")
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    exchange: Exchange
    update_mask: _field_mask_pb2.FieldMask
    request_id: str
    validate_only: bool
    def __init__(self, exchange: _Optional[_Union[Exchange, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class DeleteExchangeRequest(_message.Message):
    __slots__ = ("name", "etag", "request_id", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    request_id: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class UndeleteExchangeRequest(_message.Message):
    __slots__ = ("name", "etag", "request_id", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    request_id: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class PauseExchangeRequest(_message.Message):
    __slots__ = ("name", "etag", "request_id", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    request_id: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class ResumeExchangeRequest(_message.Message):
    __slots__ = ("name", "etag", "request_id", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    request_id: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...
