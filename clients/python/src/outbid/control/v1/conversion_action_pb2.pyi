import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
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

class ConversionCategory(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONVERSION_CATEGORY_UNSPECIFIED: _ClassVar[ConversionCategory]
    CONVERSION_CATEGORY_PURCHASE: _ClassVar[ConversionCategory]
    CONVERSION_CATEGORY_LEAD: _ClassVar[ConversionCategory]
    CONVERSION_CATEGORY_SIGN_UP: _ClassVar[ConversionCategory]
    CONVERSION_CATEGORY_ADD_TO_CART: _ClassVar[ConversionCategory]
    CONVERSION_CATEGORY_DOWNLOAD: _ClassVar[ConversionCategory]
    CONVERSION_CATEGORY_PAGE_VIEW: _ClassVar[ConversionCategory]

class ConversionCounting(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONVERSION_COUNTING_UNSPECIFIED: _ClassVar[ConversionCounting]
    CONVERSION_COUNTING_EVERY: _ClassVar[ConversionCounting]
    CONVERSION_COUNTING_ONE_PER_CLICK: _ClassVar[ConversionCounting]
CONVERSION_CATEGORY_UNSPECIFIED: ConversionCategory
CONVERSION_CATEGORY_PURCHASE: ConversionCategory
CONVERSION_CATEGORY_LEAD: ConversionCategory
CONVERSION_CATEGORY_SIGN_UP: ConversionCategory
CONVERSION_CATEGORY_ADD_TO_CART: ConversionCategory
CONVERSION_CATEGORY_DOWNLOAD: ConversionCategory
CONVERSION_CATEGORY_PAGE_VIEW: ConversionCategory
CONVERSION_COUNTING_UNSPECIFIED: ConversionCounting
CONVERSION_COUNTING_EVERY: ConversionCounting
CONVERSION_COUNTING_ONE_PER_CLICK: ConversionCounting

class ConversionAction(_message.Message):
    __slots__ = ("name", "number", "display_name", "state", "category", "counting", "click_window_days", "default_value_micros", "always_default_value", "excluded_from_bidding", "etag", "create_time", "update_time")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    COUNTING_FIELD_NUMBER: _ClassVar[int]
    CLICK_WINDOW_DAYS_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VALUE_MICROS_FIELD_NUMBER: _ClassVar[int]
    ALWAYS_DEFAULT_VALUE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDED_FROM_BIDDING_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    display_name: str
    state: _budget_pb2.State
    category: ConversionCategory
    counting: ConversionCounting
    click_window_days: int
    default_value_micros: int
    always_default_value: bool
    excluded_from_bidding: bool
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., number: _Optional[int] = ..., display_name: _Optional[str] = ..., state: _Optional[_Union[_budget_pb2.State, str]] = ..., category: _Optional[_Union[ConversionCategory, str]] = ..., counting: _Optional[_Union[ConversionCounting, str]] = ..., click_window_days: _Optional[int] = ..., default_value_micros: _Optional[int] = ..., always_default_value: _Optional[bool] = ..., excluded_from_bidding: _Optional[bool] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetConversionActionRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ListConversionActionsRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token", "show_deleted", "filter", "order_by")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SHOW_DELETED_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    show_deleted: bool
    filter: str
    order_by: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., show_deleted: _Optional[bool] = ..., filter: _Optional[str] = ..., order_by: _Optional[str] = ...) -> None: ...

class ListConversionActionsResponse(_message.Message):
    __slots__ = ("conversion_actions", "next_page_token")
    CONVERSION_ACTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    conversion_actions: _containers.RepeatedCompositeFieldContainer[ConversionAction]
    next_page_token: str
    def __init__(self, conversion_actions: _Optional[_Iterable[_Union[ConversionAction, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreateConversionActionRequest(_message.Message):
    __slots__ = ("parent", "conversion_action_id", "conversion_action", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ACTION_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ACTION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    conversion_action_id: str
    conversion_action: ConversionAction
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., conversion_action_id: _Optional[str] = ..., conversion_action: _Optional[_Union[ConversionAction, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class UpdateConversionActionRequest(_message.Message):
    __slots__ = ("conversion_action", "update_mask", "request_id", "validate_only")
    CONVERSION_ACTION_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    conversion_action: ConversionAction
    update_mask: _field_mask_pb2.FieldMask
    request_id: str
    validate_only: bool
    def __init__(self, conversion_action: _Optional[_Union[ConversionAction, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class DeleteConversionActionRequest(_message.Message):
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

class UndeleteConversionActionRequest(_message.Message):
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
