from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DeviceType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DEVICE_TYPE_UNSPECIFIED: _ClassVar[DeviceType]
    DEVICE_TYPE_MOBILE: _ClassVar[DeviceType]
    DEVICE_TYPE_COMPUTER: _ClassVar[DeviceType]
    DEVICE_TYPE_TV: _ClassVar[DeviceType]
    DEVICE_TYPE_PHONE: _ClassVar[DeviceType]
    DEVICE_TYPE_TABLET: _ClassVar[DeviceType]
    DEVICE_TYPE_CONNECTED_DEVICE: _ClassVar[DeviceType]
    DEVICE_TYPE_SET_TOP_BOX: _ClassVar[DeviceType]
    DEVICE_TYPE_OUT_OF_HOME: _ClassVar[DeviceType]

class ConnectionType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONNECTION_TYPE_UNSPECIFIED: _ClassVar[ConnectionType]
    CONNECTION_TYPE_ETHERNET: _ClassVar[ConnectionType]
    CONNECTION_TYPE_WIFI: _ClassVar[ConnectionType]
    CONNECTION_TYPE_CELLULAR: _ClassVar[ConnectionType]
    CONNECTION_TYPE_CELLULAR_2G: _ClassVar[ConnectionType]
    CONNECTION_TYPE_CELLULAR_3G: _ClassVar[ConnectionType]
    CONNECTION_TYPE_CELLULAR_4G: _ClassVar[ConnectionType]
    CONNECTION_TYPE_CELLULAR_5G: _ClassVar[ConnectionType]

class Weekday(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEEKDAY_UNSPECIFIED: _ClassVar[Weekday]
    WEEKDAY_MONDAY: _ClassVar[Weekday]
    WEEKDAY_TUESDAY: _ClassVar[Weekday]
    WEEKDAY_WEDNESDAY: _ClassVar[Weekday]
    WEEKDAY_THURSDAY: _ClassVar[Weekday]
    WEEKDAY_FRIDAY: _ClassVar[Weekday]
    WEEKDAY_SATURDAY: _ClassVar[Weekday]
    WEEKDAY_SUNDAY: _ClassVar[Weekday]

class Position(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POSITION_UNSPECIFIED: _ClassVar[Position]
    POSITION_ABOVE_THE_FOLD: _ClassVar[Position]
    POSITION_LOCKED: _ClassVar[Position]
    POSITION_BELOW_THE_FOLD: _ClassVar[Position]
    POSITION_HEADER: _ClassVar[Position]
    POSITION_FOOTER: _ClassVar[Position]
    POSITION_SIDEBAR: _ClassVar[Position]
    POSITION_FULLSCREEN: _ClassVar[Position]

class Format(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FORMAT_UNSPECIFIED: _ClassVar[Format]
    FORMAT_BANNER: _ClassVar[Format]
    FORMAT_VIDEO: _ClassVar[Format]
    FORMAT_AUDIO: _ClassVar[Format]
    FORMAT_NATIVE: _ClassVar[Format]

class VideoPlacement(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VIDEO_PLACEMENT_UNSPECIFIED: _ClassVar[VideoPlacement]
    VIDEO_PLACEMENT_INSTREAM: _ClassVar[VideoPlacement]
    VIDEO_PLACEMENT_ACCOMPANYING: _ClassVar[VideoPlacement]
    VIDEO_PLACEMENT_INTERSTITIAL: _ClassVar[VideoPlacement]
    VIDEO_PLACEMENT_STANDALONE: _ClassVar[VideoPlacement]

class Channel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHANNEL_UNSPECIFIED: _ClassVar[Channel]
    CHANNEL_SITE: _ClassVar[Channel]
    CHANNEL_APP: _ClassVar[Channel]
    CHANNEL_OUT_OF_HOME: _ClassVar[Channel]
DEVICE_TYPE_UNSPECIFIED: DeviceType
DEVICE_TYPE_MOBILE: DeviceType
DEVICE_TYPE_COMPUTER: DeviceType
DEVICE_TYPE_TV: DeviceType
DEVICE_TYPE_PHONE: DeviceType
DEVICE_TYPE_TABLET: DeviceType
DEVICE_TYPE_CONNECTED_DEVICE: DeviceType
DEVICE_TYPE_SET_TOP_BOX: DeviceType
DEVICE_TYPE_OUT_OF_HOME: DeviceType
CONNECTION_TYPE_UNSPECIFIED: ConnectionType
CONNECTION_TYPE_ETHERNET: ConnectionType
CONNECTION_TYPE_WIFI: ConnectionType
CONNECTION_TYPE_CELLULAR: ConnectionType
CONNECTION_TYPE_CELLULAR_2G: ConnectionType
CONNECTION_TYPE_CELLULAR_3G: ConnectionType
CONNECTION_TYPE_CELLULAR_4G: ConnectionType
CONNECTION_TYPE_CELLULAR_5G: ConnectionType
WEEKDAY_UNSPECIFIED: Weekday
WEEKDAY_MONDAY: Weekday
WEEKDAY_TUESDAY: Weekday
WEEKDAY_WEDNESDAY: Weekday
WEEKDAY_THURSDAY: Weekday
WEEKDAY_FRIDAY: Weekday
WEEKDAY_SATURDAY: Weekday
WEEKDAY_SUNDAY: Weekday
POSITION_UNSPECIFIED: Position
POSITION_ABOVE_THE_FOLD: Position
POSITION_LOCKED: Position
POSITION_BELOW_THE_FOLD: Position
POSITION_HEADER: Position
POSITION_FOOTER: Position
POSITION_SIDEBAR: Position
POSITION_FULLSCREEN: Position
FORMAT_UNSPECIFIED: Format
FORMAT_BANNER: Format
FORMAT_VIDEO: Format
FORMAT_AUDIO: Format
FORMAT_NATIVE: Format
VIDEO_PLACEMENT_UNSPECIFIED: VideoPlacement
VIDEO_PLACEMENT_INSTREAM: VideoPlacement
VIDEO_PLACEMENT_ACCOMPANYING: VideoPlacement
VIDEO_PLACEMENT_INTERSTITIAL: VideoPlacement
VIDEO_PLACEMENT_STANDALONE: VideoPlacement
CHANNEL_UNSPECIFIED: Channel
CHANNEL_SITE: Channel
CHANNEL_APP: Channel
CHANNEL_OUT_OF_HOME: Channel

class Targeting(_message.Message):
    __slots__ = ("countries", "regions", "cities", "metros", "zips", "circles", "device_types", "operating_systems", "browsers", "connection_types", "languages", "day_parts", "domains", "bundles", "publishers", "exchanges", "categories", "keywords", "segments", "deals", "positions", "sizes", "formats", "video_placements", "video_duration", "age", "channels", "expression", "audiences")
    COUNTRIES_FIELD_NUMBER: _ClassVar[int]
    REGIONS_FIELD_NUMBER: _ClassVar[int]
    CITIES_FIELD_NUMBER: _ClassVar[int]
    METROS_FIELD_NUMBER: _ClassVar[int]
    ZIPS_FIELD_NUMBER: _ClassVar[int]
    CIRCLES_FIELD_NUMBER: _ClassVar[int]
    DEVICE_TYPES_FIELD_NUMBER: _ClassVar[int]
    OPERATING_SYSTEMS_FIELD_NUMBER: _ClassVar[int]
    BROWSERS_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_TYPES_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    DAY_PARTS_FIELD_NUMBER: _ClassVar[int]
    DOMAINS_FIELD_NUMBER: _ClassVar[int]
    BUNDLES_FIELD_NUMBER: _ClassVar[int]
    PUBLISHERS_FIELD_NUMBER: _ClassVar[int]
    EXCHANGES_FIELD_NUMBER: _ClassVar[int]
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    KEYWORDS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    DEALS_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    SIZES_FIELD_NUMBER: _ClassVar[int]
    FORMATS_FIELD_NUMBER: _ClassVar[int]
    VIDEO_PLACEMENTS_FIELD_NUMBER: _ClassVar[int]
    VIDEO_DURATION_FIELD_NUMBER: _ClassVar[int]
    AGE_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    AUDIENCES_FIELD_NUMBER: _ClassVar[int]
    countries: TextTargeting
    regions: TextTargeting
    cities: TextTargeting
    metros: TextTargeting
    zips: TextTargeting
    circles: CircleTargeting
    device_types: DeviceTypeTargeting
    operating_systems: TextTargeting
    browsers: TextTargeting
    connection_types: ConnectionTypeTargeting
    languages: TextTargeting
    day_parts: DayPartTargeting
    domains: TextTargeting
    bundles: TextTargeting
    publishers: TextTargeting
    exchanges: TextTargeting
    categories: _containers.RepeatedCompositeFieldContainer[CategoryTargeting]
    keywords: TextTargeting
    segments: TextTargeting
    deals: TextTargeting
    positions: PositionTargeting
    sizes: SizeTargeting
    formats: FormatTargeting
    video_placements: VideoPlacementTargeting
    video_duration: DurationRange
    age: AgeRange
    channels: ChannelTargeting
    expression: Expression
    audiences: TextTargeting
    def __init__(self, countries: _Optional[_Union[TextTargeting, _Mapping]] = ..., regions: _Optional[_Union[TextTargeting, _Mapping]] = ..., cities: _Optional[_Union[TextTargeting, _Mapping]] = ..., metros: _Optional[_Union[TextTargeting, _Mapping]] = ..., zips: _Optional[_Union[TextTargeting, _Mapping]] = ..., circles: _Optional[_Union[CircleTargeting, _Mapping]] = ..., device_types: _Optional[_Union[DeviceTypeTargeting, _Mapping]] = ..., operating_systems: _Optional[_Union[TextTargeting, _Mapping]] = ..., browsers: _Optional[_Union[TextTargeting, _Mapping]] = ..., connection_types: _Optional[_Union[ConnectionTypeTargeting, _Mapping]] = ..., languages: _Optional[_Union[TextTargeting, _Mapping]] = ..., day_parts: _Optional[_Union[DayPartTargeting, _Mapping]] = ..., domains: _Optional[_Union[TextTargeting, _Mapping]] = ..., bundles: _Optional[_Union[TextTargeting, _Mapping]] = ..., publishers: _Optional[_Union[TextTargeting, _Mapping]] = ..., exchanges: _Optional[_Union[TextTargeting, _Mapping]] = ..., categories: _Optional[_Iterable[_Union[CategoryTargeting, _Mapping]]] = ..., keywords: _Optional[_Union[TextTargeting, _Mapping]] = ..., segments: _Optional[_Union[TextTargeting, _Mapping]] = ..., deals: _Optional[_Union[TextTargeting, _Mapping]] = ..., positions: _Optional[_Union[PositionTargeting, _Mapping]] = ..., sizes: _Optional[_Union[SizeTargeting, _Mapping]] = ..., formats: _Optional[_Union[FormatTargeting, _Mapping]] = ..., video_placements: _Optional[_Union[VideoPlacementTargeting, _Mapping]] = ..., video_duration: _Optional[_Union[DurationRange, _Mapping]] = ..., age: _Optional[_Union[AgeRange, _Mapping]] = ..., channels: _Optional[_Union[ChannelTargeting, _Mapping]] = ..., expression: _Optional[_Union[Expression, _Mapping]] = ..., audiences: _Optional[_Union[TextTargeting, _Mapping]] = ...) -> None: ...

class Expression(_message.Message):
    __slots__ = ("all", "any", "condition")
    ALL_FIELD_NUMBER: _ClassVar[int]
    ANY_FIELD_NUMBER: _ClassVar[int]
    NOT_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    all: ExpressionList
    any: ExpressionList
    condition: Condition
    def __init__(self, all: _Optional[_Union[ExpressionList, _Mapping]] = ..., any: _Optional[_Union[ExpressionList, _Mapping]] = ..., condition: _Optional[_Union[Condition, _Mapping]] = ..., **kwargs) -> None: ...

class ExpressionList(_message.Message):
    __slots__ = ("expressions",)
    EXPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    expressions: _containers.RepeatedCompositeFieldContainer[Expression]
    def __init__(self, expressions: _Optional[_Iterable[_Union[Expression, _Mapping]]] = ...) -> None: ...

class Condition(_message.Message):
    __slots__ = ("countries", "regions", "cities", "metros", "zips", "circles", "device_types", "operating_systems", "browsers", "connection_types", "languages", "day_parts", "domains", "bundles", "publishers", "exchanges", "categories", "keywords", "segments", "deals", "positions", "sizes", "formats", "video_placements", "video_duration", "age", "channels", "audiences")
    COUNTRIES_FIELD_NUMBER: _ClassVar[int]
    REGIONS_FIELD_NUMBER: _ClassVar[int]
    CITIES_FIELD_NUMBER: _ClassVar[int]
    METROS_FIELD_NUMBER: _ClassVar[int]
    ZIPS_FIELD_NUMBER: _ClassVar[int]
    CIRCLES_FIELD_NUMBER: _ClassVar[int]
    DEVICE_TYPES_FIELD_NUMBER: _ClassVar[int]
    OPERATING_SYSTEMS_FIELD_NUMBER: _ClassVar[int]
    BROWSERS_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_TYPES_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    DAY_PARTS_FIELD_NUMBER: _ClassVar[int]
    DOMAINS_FIELD_NUMBER: _ClassVar[int]
    BUNDLES_FIELD_NUMBER: _ClassVar[int]
    PUBLISHERS_FIELD_NUMBER: _ClassVar[int]
    EXCHANGES_FIELD_NUMBER: _ClassVar[int]
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    KEYWORDS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    DEALS_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    SIZES_FIELD_NUMBER: _ClassVar[int]
    FORMATS_FIELD_NUMBER: _ClassVar[int]
    VIDEO_PLACEMENTS_FIELD_NUMBER: _ClassVar[int]
    VIDEO_DURATION_FIELD_NUMBER: _ClassVar[int]
    AGE_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    AUDIENCES_FIELD_NUMBER: _ClassVar[int]
    countries: TextList
    regions: TextList
    cities: TextList
    metros: TextList
    zips: TextList
    circles: CircleList
    device_types: DeviceTypeList
    operating_systems: TextList
    browsers: TextList
    connection_types: ConnectionTypeList
    languages: TextList
    day_parts: DayPartList
    domains: TextList
    bundles: TextList
    publishers: TextList
    exchanges: TextList
    categories: CategoryList
    keywords: TextList
    segments: TextList
    deals: TextList
    positions: PositionList
    sizes: SizeList
    formats: FormatList
    video_placements: VideoPlacementList
    video_duration: DurationRange
    age: AgeRange
    channels: ChannelList
    audiences: TextList
    def __init__(self, countries: _Optional[_Union[TextList, _Mapping]] = ..., regions: _Optional[_Union[TextList, _Mapping]] = ..., cities: _Optional[_Union[TextList, _Mapping]] = ..., metros: _Optional[_Union[TextList, _Mapping]] = ..., zips: _Optional[_Union[TextList, _Mapping]] = ..., circles: _Optional[_Union[CircleList, _Mapping]] = ..., device_types: _Optional[_Union[DeviceTypeList, _Mapping]] = ..., operating_systems: _Optional[_Union[TextList, _Mapping]] = ..., browsers: _Optional[_Union[TextList, _Mapping]] = ..., connection_types: _Optional[_Union[ConnectionTypeList, _Mapping]] = ..., languages: _Optional[_Union[TextList, _Mapping]] = ..., day_parts: _Optional[_Union[DayPartList, _Mapping]] = ..., domains: _Optional[_Union[TextList, _Mapping]] = ..., bundles: _Optional[_Union[TextList, _Mapping]] = ..., publishers: _Optional[_Union[TextList, _Mapping]] = ..., exchanges: _Optional[_Union[TextList, _Mapping]] = ..., categories: _Optional[_Union[CategoryList, _Mapping]] = ..., keywords: _Optional[_Union[TextList, _Mapping]] = ..., segments: _Optional[_Union[TextList, _Mapping]] = ..., deals: _Optional[_Union[TextList, _Mapping]] = ..., positions: _Optional[_Union[PositionList, _Mapping]] = ..., sizes: _Optional[_Union[SizeList, _Mapping]] = ..., formats: _Optional[_Union[FormatList, _Mapping]] = ..., video_placements: _Optional[_Union[VideoPlacementList, _Mapping]] = ..., video_duration: _Optional[_Union[DurationRange, _Mapping]] = ..., age: _Optional[_Union[AgeRange, _Mapping]] = ..., channels: _Optional[_Union[ChannelList, _Mapping]] = ..., audiences: _Optional[_Union[TextList, _Mapping]] = ...) -> None: ...

class TextTargeting(_message.Message):
    __slots__ = ("include", "exclude")
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedScalarFieldContainer[str]
    exclude: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, include: _Optional[_Iterable[str]] = ..., exclude: _Optional[_Iterable[str]] = ...) -> None: ...

class TextList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, values: _Optional[_Iterable[str]] = ...) -> None: ...

class Circle(_message.Message):
    __slots__ = ("latitude", "longitude", "radius_km")
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    RADIUS_KM_FIELD_NUMBER: _ClassVar[int]
    latitude: float
    longitude: float
    radius_km: float
    def __init__(self, latitude: _Optional[float] = ..., longitude: _Optional[float] = ..., radius_km: _Optional[float] = ...) -> None: ...

class CircleTargeting(_message.Message):
    __slots__ = ("include", "exclude")
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedCompositeFieldContainer[Circle]
    exclude: _containers.RepeatedCompositeFieldContainer[Circle]
    def __init__(self, include: _Optional[_Iterable[_Union[Circle, _Mapping]]] = ..., exclude: _Optional[_Iterable[_Union[Circle, _Mapping]]] = ...) -> None: ...

class CircleList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[Circle]
    def __init__(self, values: _Optional[_Iterable[_Union[Circle, _Mapping]]] = ...) -> None: ...

class DeviceTypeTargeting(_message.Message):
    __slots__ = ("include", "exclude")
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedScalarFieldContainer[DeviceType]
    exclude: _containers.RepeatedScalarFieldContainer[DeviceType]
    def __init__(self, include: _Optional[_Iterable[_Union[DeviceType, str]]] = ..., exclude: _Optional[_Iterable[_Union[DeviceType, str]]] = ...) -> None: ...

class DeviceTypeList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[DeviceType]
    def __init__(self, values: _Optional[_Iterable[_Union[DeviceType, str]]] = ...) -> None: ...

class ConnectionTypeTargeting(_message.Message):
    __slots__ = ("include", "exclude")
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedScalarFieldContainer[ConnectionType]
    exclude: _containers.RepeatedScalarFieldContainer[ConnectionType]
    def __init__(self, include: _Optional[_Iterable[_Union[ConnectionType, str]]] = ..., exclude: _Optional[_Iterable[_Union[ConnectionType, str]]] = ...) -> None: ...

class ConnectionTypeList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[ConnectionType]
    def __init__(self, values: _Optional[_Iterable[_Union[ConnectionType, str]]] = ...) -> None: ...

class DayPart(_message.Message):
    __slots__ = ("weekday", "start_hour", "end_hour")
    WEEKDAY_FIELD_NUMBER: _ClassVar[int]
    START_HOUR_FIELD_NUMBER: _ClassVar[int]
    END_HOUR_FIELD_NUMBER: _ClassVar[int]
    weekday: Weekday
    start_hour: int
    end_hour: int
    def __init__(self, weekday: _Optional[_Union[Weekday, str]] = ..., start_hour: _Optional[int] = ..., end_hour: _Optional[int] = ...) -> None: ...

class DayPartTargeting(_message.Message):
    __slots__ = ("include", "exclude")
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedCompositeFieldContainer[DayPart]
    exclude: _containers.RepeatedCompositeFieldContainer[DayPart]
    def __init__(self, include: _Optional[_Iterable[_Union[DayPart, _Mapping]]] = ..., exclude: _Optional[_Iterable[_Union[DayPart, _Mapping]]] = ...) -> None: ...

class DayPartList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[DayPart]
    def __init__(self, values: _Optional[_Iterable[_Union[DayPart, _Mapping]]] = ...) -> None: ...

class CategoryTargeting(_message.Message):
    __slots__ = ("taxonomy", "include", "exclude")
    TAXONOMY_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    taxonomy: int
    include: _containers.RepeatedScalarFieldContainer[str]
    exclude: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, taxonomy: _Optional[int] = ..., include: _Optional[_Iterable[str]] = ..., exclude: _Optional[_Iterable[str]] = ...) -> None: ...

class CategoryList(_message.Message):
    __slots__ = ("taxonomy", "values")
    TAXONOMY_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    taxonomy: int
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, taxonomy: _Optional[int] = ..., values: _Optional[_Iterable[str]] = ...) -> None: ...

class PositionTargeting(_message.Message):
    __slots__ = ("include", "exclude")
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedScalarFieldContainer[Position]
    exclude: _containers.RepeatedScalarFieldContainer[Position]
    def __init__(self, include: _Optional[_Iterable[_Union[Position, str]]] = ..., exclude: _Optional[_Iterable[_Union[Position, str]]] = ...) -> None: ...

class PositionList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[Position]
    def __init__(self, values: _Optional[_Iterable[_Union[Position, str]]] = ...) -> None: ...

class Size(_message.Message):
    __slots__ = ("width", "height")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ...) -> None: ...

class SizeTargeting(_message.Message):
    __slots__ = ("include", "exclude")
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedCompositeFieldContainer[Size]
    exclude: _containers.RepeatedCompositeFieldContainer[Size]
    def __init__(self, include: _Optional[_Iterable[_Union[Size, _Mapping]]] = ..., exclude: _Optional[_Iterable[_Union[Size, _Mapping]]] = ...) -> None: ...

class SizeList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[Size]
    def __init__(self, values: _Optional[_Iterable[_Union[Size, _Mapping]]] = ...) -> None: ...

class FormatTargeting(_message.Message):
    __slots__ = ("include", "exclude")
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedScalarFieldContainer[Format]
    exclude: _containers.RepeatedScalarFieldContainer[Format]
    def __init__(self, include: _Optional[_Iterable[_Union[Format, str]]] = ..., exclude: _Optional[_Iterable[_Union[Format, str]]] = ...) -> None: ...

class FormatList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[Format]
    def __init__(self, values: _Optional[_Iterable[_Union[Format, str]]] = ...) -> None: ...

class VideoPlacementTargeting(_message.Message):
    __slots__ = ("include", "exclude")
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedScalarFieldContainer[VideoPlacement]
    exclude: _containers.RepeatedScalarFieldContainer[VideoPlacement]
    def __init__(self, include: _Optional[_Iterable[_Union[VideoPlacement, str]]] = ..., exclude: _Optional[_Iterable[_Union[VideoPlacement, str]]] = ...) -> None: ...

class VideoPlacementList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[VideoPlacement]
    def __init__(self, values: _Optional[_Iterable[_Union[VideoPlacement, str]]] = ...) -> None: ...

class DurationRange(_message.Message):
    __slots__ = ("min_seconds", "max_seconds")
    MIN_SECONDS_FIELD_NUMBER: _ClassVar[int]
    MAX_SECONDS_FIELD_NUMBER: _ClassVar[int]
    min_seconds: int
    max_seconds: int
    def __init__(self, min_seconds: _Optional[int] = ..., max_seconds: _Optional[int] = ...) -> None: ...

class AgeRange(_message.Message):
    __slots__ = ("min_years", "max_years")
    MIN_YEARS_FIELD_NUMBER: _ClassVar[int]
    MAX_YEARS_FIELD_NUMBER: _ClassVar[int]
    min_years: int
    max_years: int
    def __init__(self, min_years: _Optional[int] = ..., max_years: _Optional[int] = ...) -> None: ...

class ChannelTargeting(_message.Message):
    __slots__ = ("include", "exclude")
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedScalarFieldContainer[Channel]
    exclude: _containers.RepeatedScalarFieldContainer[Channel]
    def __init__(self, include: _Optional[_Iterable[_Union[Channel, str]]] = ..., exclude: _Optional[_Iterable[_Union[Channel, str]]] = ...) -> None: ...

class ChannelList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[Channel]
    def __init__(self, values: _Optional[_Iterable[_Union[Channel, str]]] = ...) -> None: ...
