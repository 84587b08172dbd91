import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from outbid.control.v1 import budget_pb2 as _budget_pb2
from outbid.control.v1 import targeting_pb2 as _targeting_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Creative(_message.Message):
    __slots__ = ("name", "number", "display_name", "state", "landing_url", "advertiser_domains", "categories", "category_taxonomy", "attributes", "language_code", "app_bundle", "banner", "video", "audio", "native", "etag", "create_time", "update_time")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    LANDING_URL_FIELD_NUMBER: _ClassVar[int]
    ADVERTISER_DOMAINS_FIELD_NUMBER: _ClassVar[int]
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_TAXONOMY_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    APP_BUNDLE_FIELD_NUMBER: _ClassVar[int]
    BANNER_FIELD_NUMBER: _ClassVar[int]
    VIDEO_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    NATIVE_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    display_name: str
    state: _budget_pb2.State
    landing_url: str
    advertiser_domains: _containers.RepeatedScalarFieldContainer[str]
    categories: _containers.RepeatedScalarFieldContainer[str]
    category_taxonomy: int
    attributes: _containers.RepeatedScalarFieldContainer[int]
    language_code: str
    app_bundle: str
    banner: Banner
    video: Video
    audio: Audio
    native: Native
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., number: _Optional[int] = ..., display_name: _Optional[str] = ..., state: _Optional[_Union[_budget_pb2.State, str]] = ..., landing_url: _Optional[str] = ..., advertiser_domains: _Optional[_Iterable[str]] = ..., categories: _Optional[_Iterable[str]] = ..., category_taxonomy: _Optional[int] = ..., attributes: _Optional[_Iterable[int]] = ..., language_code: _Optional[str] = ..., app_bundle: _Optional[str] = ..., banner: _Optional[_Union[Banner, _Mapping]] = ..., video: _Optional[_Union[Video, _Mapping]] = ..., audio: _Optional[_Union[Audio, _Mapping]] = ..., native: _Optional[_Union[Native, _Mapping]] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Banner(_message.Message):
    __slots__ = ("size", "image", "html", "apis")
    SIZE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    HTML_FIELD_NUMBER: _ClassVar[int]
    APIS_FIELD_NUMBER: _ClassVar[int]
    size: _targeting_pb2.Size
    image: BannerImage
    html: str
    apis: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, size: _Optional[_Union[_targeting_pb2.Size, _Mapping]] = ..., image: _Optional[_Union[BannerImage, _Mapping]] = ..., html: _Optional[str] = ..., apis: _Optional[_Iterable[int]] = ...) -> None: ...

class BannerImage(_message.Message):
    __slots__ = ("url", "alt_text")
    URL_FIELD_NUMBER: _ClassVar[int]
    ALT_TEXT_FIELD_NUMBER: _ClassVar[int]
    url: str
    alt_text: str
    def __init__(self, url: _Optional[str] = ..., alt_text: _Optional[str] = ...) -> None: ...

class Video(_message.Message):
    __slots__ = ("duration", "media_files", "vast_wrapper", "skip_after", "apis", "companion")
    DURATION_FIELD_NUMBER: _ClassVar[int]
    MEDIA_FILES_FIELD_NUMBER: _ClassVar[int]
    VAST_WRAPPER_FIELD_NUMBER: _ClassVar[int]
    SKIP_AFTER_FIELD_NUMBER: _ClassVar[int]
    APIS_FIELD_NUMBER: _ClassVar[int]
    COMPANION_FIELD_NUMBER: _ClassVar[int]
    duration: _duration_pb2.Duration
    media_files: MediaFiles
    vast_wrapper: VastWrapper
    skip_after: _duration_pb2.Duration
    apis: _containers.RepeatedScalarFieldContainer[int]
    companion: Image
    def __init__(self, duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., media_files: _Optional[_Union[MediaFiles, _Mapping]] = ..., vast_wrapper: _Optional[_Union[VastWrapper, _Mapping]] = ..., skip_after: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., apis: _Optional[_Iterable[int]] = ..., companion: _Optional[_Union[Image, _Mapping]] = ...) -> None: ...

class Audio(_message.Message):
    __slots__ = ("duration", "media_files", "vast_wrapper", "companion")
    DURATION_FIELD_NUMBER: _ClassVar[int]
    MEDIA_FILES_FIELD_NUMBER: _ClassVar[int]
    VAST_WRAPPER_FIELD_NUMBER: _ClassVar[int]
    COMPANION_FIELD_NUMBER: _ClassVar[int]
    duration: _duration_pb2.Duration
    media_files: MediaFiles
    vast_wrapper: VastWrapper
    companion: Image
    def __init__(self, duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., media_files: _Optional[_Union[MediaFiles, _Mapping]] = ..., vast_wrapper: _Optional[_Union[VastWrapper, _Mapping]] = ..., companion: _Optional[_Union[Image, _Mapping]] = ...) -> None: ...

class MediaFiles(_message.Message):
    __slots__ = ("files",)
    FILES_FIELD_NUMBER: _ClassVar[int]
    files: _containers.RepeatedCompositeFieldContainer[MediaFile]
    def __init__(self, files: _Optional[_Iterable[_Union[MediaFile, _Mapping]]] = ...) -> None: ...

class MediaFile(_message.Message):
    __slots__ = ("url", "mime_type", "size", "bitrate_kbps")
    URL_FIELD_NUMBER: _ClassVar[int]
    MIME_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    BITRATE_KBPS_FIELD_NUMBER: _ClassVar[int]
    url: str
    mime_type: str
    size: _targeting_pb2.Size
    bitrate_kbps: int
    def __init__(self, url: _Optional[str] = ..., mime_type: _Optional[str] = ..., size: _Optional[_Union[_targeting_pb2.Size, _Mapping]] = ..., bitrate_kbps: _Optional[int] = ...) -> None: ...

class VastWrapper(_message.Message):
    __slots__ = ("vast_url", "mime_types")
    VAST_URL_FIELD_NUMBER: _ClassVar[int]
    MIME_TYPES_FIELD_NUMBER: _ClassVar[int]
    vast_url: str
    mime_types: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, vast_url: _Optional[str] = ..., mime_types: _Optional[_Iterable[str]] = ...) -> None: ...

class Native(_message.Message):
    __slots__ = ("title", "description", "sponsored", "call_to_action", "image", "icon", "video", "other_texts")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SPONSORED_FIELD_NUMBER: _ClassVar[int]
    CALL_TO_ACTION_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    VIDEO_FIELD_NUMBER: _ClassVar[int]
    OTHER_TEXTS_FIELD_NUMBER: _ClassVar[int]
    title: str
    description: str
    sponsored: str
    call_to_action: str
    image: Image
    icon: Image
    video: Video
    other_texts: _containers.RepeatedCompositeFieldContainer[NativeText]
    def __init__(self, title: _Optional[str] = ..., description: _Optional[str] = ..., sponsored: _Optional[str] = ..., call_to_action: _Optional[str] = ..., image: _Optional[_Union[Image, _Mapping]] = ..., icon: _Optional[_Union[Image, _Mapping]] = ..., video: _Optional[_Union[Video, _Mapping]] = ..., other_texts: _Optional[_Iterable[_Union[NativeText, _Mapping]]] = ...) -> None: ...

class NativeText(_message.Message):
    __slots__ = ("data_type", "value")
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    data_type: int
    value: str
    def __init__(self, data_type: _Optional[int] = ..., value: _Optional[str] = ...) -> None: ...

class Image(_message.Message):
    __slots__ = ("url", "size")
    URL_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    url: str
    size: _targeting_pb2.Size
    def __init__(self, url: _Optional[str] = ..., size: _Optional[_Union[_targeting_pb2.Size, _Mapping]] = ...) -> None: ...

class GetCreativeRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ListCreativesRequest(_message.Message):
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

class ListCreativesResponse(_message.Message):
    __slots__ = ("creatives", "next_page_token")
    CREATIVES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    creatives: _containers.RepeatedCompositeFieldContainer[Creative]
    next_page_token: str
    def __init__(self, creatives: _Optional[_Iterable[_Union[Creative, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreateCreativeRequest(_message.Message):
    __slots__ = ("parent", "creative_id", "creative", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_ID_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    creative_id: str
    creative: Creative
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., creative_id: _Optional[str] = ..., creative: _Optional[_Union[Creative, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class UpdateCreativeRequest(_message.Message):
    __slots__ = ("creative", "update_mask", "request_id", "validate_only")
    CREATIVE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    creative: Creative
    update_mask: _field_mask_pb2.FieldMask
    request_id: str
    validate_only: bool
    def __init__(self, creative: _Optional[_Union[Creative, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class DeleteCreativeRequest(_message.Message):
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

class UndeleteCreativeRequest(_message.Message):
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
