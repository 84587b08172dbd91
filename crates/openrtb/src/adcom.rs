//! The numbered lists that OpenRTB 2.6 takes from AdCOM 1.0 (July 2026), and the few that it keeps itself.
//!
//! Constants, not enums: lists grow with every release, values from 500 on are a vendor's own, and a bidder must let
//! both pass. Operating systems and venue types are left out, since OpenRTB 2.6 sends those as text.

macro_rules! lists {
    ($( $(#[$about:meta])* $list:ident { $( $name:ident = $value:expr, $doc:literal; )* } )*) => {
        $(
            $(#[$about])*
            pub mod $list {
                $( #[doc = $doc] pub const $name: i32 = $value; )*
            }
        )*
    };
}

lists! {
    /// What an identifier identifies.
    agent_type {
        BROWSER_OR_DEVICE = 1, "A browser or a device.";
        IN_APP = 2, "A device within applications.";
        PERSON = 3, "A person across devices.";
    }
    /// API frameworks.
    api_framework {
        VPAID_1 = 1, "VPAID 1.0.";
        VPAID_2 = 2, "VPAID 2.0.";
        MRAID_1 = 3, "MRAID 1.0.";
        ORMMA = 4, "ORMMA.";
        MRAID_2 = 5, "MRAID 2.0.";
        MRAID_3 = 6, "MRAID 3.0.";
        OMID_1 = 7, "OMID 1.0.";
        SIMID_1_0 = 8, "SIMID 1.0.";
        SIMID_1_1 = 9, "SIMID 1.1.";
    }
    /// Auction types (OpenRTB 3.2.1 and 3.2.12); from 500 on the exchange's own.
    auction_type {
        FIRST_PRICE = 1, "First price.";
        SECOND_PRICE_PLUS = 2, "Second price plus.";
        FIXED_PRICE = 3, "The floor of the deal is its price.";
    }
    /// Banner types that can be blocked (OpenRTB 3.2.6).
    banner_type {
        XHTML_TEXT = 1, "XHTML text.";
        XHTML_BANNER = 2, "XHTML banner.";
        JAVASCRIPT = 3, "JavaScript.";
        IFRAME = 4, "Iframe.";
    }
    /// Category taxonomies, `cattax`.
    category_taxonomy {
        CONTENT_1_0 = 1, "Content 1.0, deprecated, the default.";
        CONTENT_2_0 = 2, "Content 2.0, deprecated.";
        AD_PRODUCT_1_0 = 3, "Ad Product 1.0.";
        AUDIENCE_1_1 = 4, "Audience 1.1.";
        CONTENT_2_1 = 5, "Content 2.1.";
        CONTENT_2_2 = 6, "Content 2.2.";
        CONTENT_3_0 = 7, "Content 3.0.";
        AD_PRODUCT_2_0 = 8, "Ad Product 2.0.";
        CONTENT_3_1 = 9, "Content 3.1.";
    }
    /// Companion types.
    companion_type {
        STATIC = 1, "Static resource.";
        HTML = 2, "HTML resource.";
        IFRAME = 3, "Iframe resource.";
    }
    /// Connection types.
    connection_type {
        ETHERNET = 1, "Wired.";
        WIFI = 2, "Wireless network.";
        CELLULAR = 3, "Cellular, generation unknown.";
        CELLULAR_2G = 4, "Cellular, 2G.";
        CELLULAR_3G = 5, "Cellular, 3G.";
        CELLULAR_4G = 6, "Cellular, 4G.";
        CELLULAR_5G = 7, "Cellular, 5G.";
    }
    /// Kinds of content.
    content_context {
        VIDEO = 1, "Video.";
        GAME = 2, "Game.";
        MUSIC = 3, "Music.";
        APPLICATION = 4, "Application.";
        TEXT = 5, "Text.";
        OTHER = 6, "Other.";
        UNKNOWN = 7, "Unknown.";
    }
    /// Creative attributes.
    creative_attribute {
        AUDIO_AUTO = 1, "Audio, plays by itself.";
        AUDIO_USER = 2, "Audio, started by the user.";
        EXPANDABLE_AUTO = 3, "Expands by itself.";
        EXPANDABLE_CLICK = 4, "Expands on click.";
        EXPANDABLE_ROLLOVER = 5, "Expands on rollover.";
        IN_BANNER_VIDEO_AUTO = 6, "Video in banner, plays by itself.";
        IN_BANNER_VIDEO_USER = 7, "Video in banner, started by the user.";
        POP = 8, "Pop over, under or on exit.";
        PROVOCATIVE = 9, "Provocative or suggestive.";
        SHAKY = 10, "Shaky, flashing, flickering, smileys.";
        SURVEY = 11, "Survey.";
        TEXT_ONLY = 12, "Text only.";
        USER_INTERACTIVE = 13, "Interactive, such as a game.";
        DIALOG_STYLE = 14, "In the style of a dialog or alert.";
        AUDIO_BUTTON = 15, "Has a button for audio.";
        SKIP_BUTTON = 16, "Has a skip button.";
        FLASH = 17, "Adobe Flash.";
        RESPONSIVE = 18, "Responsive, sizeless, fluid.";
        QR_CODE = 19, "Has the advertiser's QR code.";
        ALPHA_CHANNEL = 20, "Supports transparency.";
        STATIC_VISUAL = 21, "No perceptible motion.";
        LIMITED_MOTION = 22, "Subtle or local motion.";
        FULL_MOTION = 23, "Continuous motion.";
    }
    /// Delivery methods.
    delivery {
        STREAMING = 1, "Streaming.";
        PROGRESSIVE = 2, "Progressive.";
        DOWNLOAD = 3, "Download.";
    }
    /// Device types.
    device_type {
        MOBILE_OR_TABLET = 1, "Mobile or tablet, in general.";
        PERSONAL_COMPUTER = 2, "Personal computer.";
        CONNECTED_TV = 3, "Connected TV.";
        PHONE = 4, "Phone.";
        TABLET = 5, "Tablet.";
        CONNECTED_DEVICE = 6, "Connected device.";
        SET_TOP_BOX = 7, "Set-top box.";
        OUT_OF_HOME = 8, "Out of home.";
    }
    /// Display context types (native `contextsubtype`).
    display_context {
        CONTENT = 10, "Content.";
        ARTICLE = 11, "Mainly articles.";
        VIDEO = 12, "Mainly video.";
        AUDIO = 13, "Mainly audio.";
        IMAGE = 14, "Mainly images.";
        USER_GENERATED = 15, "By users, such as forums.";
        SOCIAL = 20, "Social.";
        EMAIL = 21, "Mainly email.";
        CHAT = 22, "Mainly chat.";
        PRODUCT = 30, "Products.";
        APP_STORE = 31, "An application store.";
        REVIEWS = 32, "Reviews of products.";
    }
    /// Display placement types (native `plcmttype`).
    display_placement {
        IN_FEED = 1, "In the feed of content.";
        ATOMIC = 2, "In the atomic unit of content.";
        OUTSIDE = 3, "Outside the core content.";
        RECOMMENDATION = 4, "Recommendation widget.";
    }
    /// Event types.
    event {
        LOADED = 1, "Delivered with the markup.";
        IMPRESSION = 2, "Impression.";
        VIEWABLE_MRC_50 = 3, "50 % in view for 1 second.";
        VIEWABLE_MRC_100 = 4, "100 % in view for 1 second.";
        VIEWABLE_VIDEO_50 = 5, "50 % of a video in view for 2 seconds.";
    }
    /// Directions of expansion.
    expandable_direction {
        LEFT = 1, "Left.";
        RIGHT = 2, "Right.";
        UP = 3, "Up.";
        DOWN = 4, "Down.";
        FULL_SCREEN = 5, "Full screen.";
        RESIZE = 6, "Smaller.";
    }
    /// Audio feed types.
    feed {
        MUSIC_SERVICE = 1, "Music streaming service, on demand.";
        BROADCAST = 2, "FM or AM broadcast, live.";
        PODCAST = 3, "Podcast, on demand.";
        CATCH_UP_RADIO = 4, "Radio, recorded from a live broadcast.";
        WEB_RADIO = 5, "Radio, live on the web only.";
        VIDEO_GAME = 6, "Background of a video game.";
        TEXT_TO_SPEECH = 7, "Text to speech.";
    }
    /// Services that locate addresses.
    ip_location_service {
        IP2LOCATION = 1, "ip2location.";
        NEUSTAR = 2, "Neustar (Quova).";
        MAXMIND = 3, "MaxMind.";
        NETACUITY = 4, "NetAcuity (Digital Element).";
        DEGREES51_HIGH = 511, "51Degrees, high confidence.";
        DEGREES51_MEDIUM = 512, "51Degrees, medium confidence.";
    }
    /// Linearity modes.
    linearity {
        LINEAR = 1, "Linear.";
        NON_LINEAR = 2, "Overlay.";
    }
    /// Sources of a place.
    location_type {
        GPS = 1, "Location services.";
        IP = 2, "IP address.";
        USER = 3, "Given by the user.";
    }
    /// Types of markup, `mtype` (OpenRTB 4.2.3).
    markup_type {
        BANNER = 1, "Banner.";
        VIDEO = 2, "Video.";
        AUDIO = 3, "Audio.";
        NATIVE = 4, "Native.";
    }
    /// How an identifier was matched.
    match_method {
        UNKNOWN = 0, "Unknown.";
        NO_MATCH = 1, "Not matched, straight from the source.";
        COOKIE_SYNC = 2, "Cookie sync.";
        AUTHENTICATED = 3, "Authenticated.";
        OBSERVED = 4, "Observed.";
        INFERENCE = 5, "Inferred.";
    }
    /// Media ratings.
    media_rating {
        ALL = 1, "All audiences.";
        OVER_12 = 2, "Everyone over 12.";
        MATURE = 3, "Mature audiences.";
    }
    /// Who measured `qty.multiplier`.
    multiplier_source {
        UNKNOWN = 0, "Unknown.";
        VENDOR = 1, "Measurement vendor.";
        PUBLISHER = 2, "Publisher.";
        EXCHANGE = 3, "Exchange.";
    }
    /// Native contexts (Native 1.2, 7.3).
    native_context {
        CONTENT = 1, "Content.";
        SOCIAL = 2, "Social.";
        PRODUCT = 3, "Product.";
    }
    /// Native data asset types.
    native_data {
        SPONSORED = 1, "Name of the sponsor.";
        DESC = 2, "Description.";
        RATING = 3, "Rating, 0 to 5.";
        LIKES = 4, "Likes.";
        DOWNLOADS = 5, "Downloads.";
        PRICE = 6, "Price.";
        SALE_PRICE = 7, "Sale price.";
        PHONE = 8, "Phone number.";
        ADDRESS = 9, "Address.";
        DESC2 = 10, "More description.";
        DISPLAY_URL = 11, "URL to show.";
        CTA_TEXT = 12, "Call to action.";
    }
    /// Native image asset types.
    native_image {
        ICON = 1, "Icon.";
        LOGO = 2, "Logo, deprecated.";
        MAIN = 3, "Main image.";
    }
    /// Video placements by the list before 2023, `placement`.
    placement {
        IN_STREAM = 1, "In-stream.";
        IN_BANNER = 2, "In-banner.";
        IN_ARTICLE = 3, "In-article.";
        IN_FEED = 4, "In-feed.";
        FLOATING = 5, "Interstitial, slider or floating.";
    }
    /// What ends playback.
    playback_end {
        COMPLETION = 1, "Completion or the user.";
        LEAVING_VIEWPORT = 2, "Leaving the viewport or the user.";
        FLOATS_UNTIL_COMPLETION = 3, "Floats on after leaving the viewport.";
    }
    /// How playback starts.
    playback_method {
        AUTO_SOUND_ON = 1, "By itself, sound on.";
        AUTO_SOUND_OFF = 2, "By itself, sound off.";
        CLICK_SOUND_ON = 3, "On click, sound on.";
        MOUSE_OVER_SOUND_ON = 4, "On mouse-over, sound on.";
        VIEWPORT_SOUND_ON = 5, "On entering the viewport, sound on.";
        VIEWPORT_SOUND_OFF = 6, "On entering the viewport, sound off.";
        CONTINUOUS = 7, "Continuous playback.";
        PAUSE_SOUND_ON = 8, "On pausing content, sound on.";
        PAUSE_SOUND_OFF = 9, "On pausing content, sound off.";
        IDLE_SOUND_ON = 10, "On idling, sound on.";
        IDLE_SOUND_OFF = 11, "On idling, sound off.";
    }
    /// Video placements by today's list, `plcmt`.
    plcmt {
        INSTREAM = 1, "In-stream.";
        ACCOMPANYING_CONTENT = 2, "Accompanying content.";
        INTERSTITIAL = 3, "Interstitial.";
        STANDALONE = 4, "No content, standalone.";
        PAUSE = 5, "While the content is paused.";
        SCREENSAVER = 6, "Screensaver.";
        OVERLAY = 7, "Overlay.";
        SQUEEZEBACK = 8, "Squeezeback.";
        IN_SCENE = 9, "Within the scene.";
    }
    /// Deduplication in a pod.
    pod_dedupe {
        ADOMAIN = 1, "By advertiser domain.";
        CATEGORY = 2, "By category.";
        CREATIVE = 3, "By creative.";
        MEDIA_FILE = 4, "By media file.";
        NONE = 5, "None.";
    }
    /// Positions on screen.
    position {
        UNKNOWN = 0, "Unknown.";
        ABOVE_THE_FOLD = 1, "Above the fold.";
        LOCKED = 2, "Locked.";
        BELOW_THE_FOLD = 3, "Below the fold.";
        HEADER = 4, "Header.";
        FOOTER = 5, "Footer.";
        SIDEBAR = 6, "Sidebar.";
        FULLSCREEN = 7, "Full screen.";
        PARTIAL = 8, "Partial screen.";
        TOP_LEFT = 9, "Top left.";
        TOP_RIGHT = 10, "Top right.";
        FRAME = 11, "Frames the content.";
        DOUBLE_BOX = 12, "Double box.";
        DOUBLE_BOX_BACKGROUND = 13, "Double box with background.";
        BOTTOM_LEFT = 14, "Bottom left.";
        BOTTOM_RIGHT = 15, "Bottom right.";
        L_SHAPE = 16, "L shape.";
        REVERSED_L_SHAPE = 17, "Reversed L shape.";
    }
    /// Production qualities.
    production_quality {
        UNKNOWN = 0, "Unknown.";
        PROFESSIONAL = 1, "Professional.";
        PROSUMER = 2, "Prosumer.";
        USER_GENERATED = 3, "By users.";
    }
    /// Protocols of audio and video markup.
    protocol {
        VAST_1 = 1, "VAST 1.0.";
        VAST_2 = 2, "VAST 2.0.";
        VAST_3 = 3, "VAST 3.0.";
        VAST_1_WRAPPER = 4, "VAST 1.0 wrapper.";
        VAST_2_WRAPPER = 5, "VAST 2.0 wrapper.";
        VAST_3_WRAPPER = 6, "VAST 3.0 wrapper.";
        VAST_4_0 = 7, "VAST 4.0.";
        VAST_4_0_WRAPPER = 8, "VAST 4.0 wrapper.";
        DAAST_1 = 9, "DAAST 1.0.";
        DAAST_1_WRAPPER = 10, "DAAST 1.0 wrapper.";
        VAST_4_1 = 11, "VAST 4.1.";
        VAST_4_1_WRAPPER = 12, "VAST 4.1 wrapper.";
        VAST_4_2 = 13, "VAST 4.2.";
        VAST_4_2_WRAPPER = 14, "VAST 4.2 wrapper.";
        VAST_4_3 = 15, "VAST 4.3.";
        VAST_4_3_WRAPPER = 16, "VAST 4.3 wrapper.";
    }
    /// What refreshes a slot.
    refresh_trigger {
        UNKNOWN = 0, "Unknown.";
        USER = 1, "The user.";
        EVENT = 2, "An event.";
        TIME = 3, "Time.";
    }
    /// Positions in a pod.
    slot_in_pod {
        LAST = -1, "Last.";
        ANY = 0, "Any.";
        FIRST = 1, "First.";
        FIRST_OR_LAST = 2, "First or last.";
    }
    /// Server-side ad insertion (OpenRTB 3.2.4).
    ssai {
        UNKNOWN = 0, "Unknown.";
        CLIENT_SIDE = 1, "All on the client's side.";
        STITCHED_CLIENT_TRACKED = 2, "Assets stitched by the server, pixels fired by the client.";
        SERVER_SIDE = 3, "All on the server's side.";
    }
    /// Start delays; a positive value is the second of a mid-roll.
    start_delay {
        PRE_ROLL = 0, "Pre-roll.";
        MID_ROLL = -1, "Mid-roll.";
        POST_ROLL = -2, "Post-roll.";
    }
    /// Event tracking methods.
    tracking_method {
        IMAGE = 1, "Image pixel.";
        JAVASCRIPT = 2, "JavaScript.";
    }
    /// Where `sua` comes from.
    user_agent_source {
        UNKNOWN = 0, "Unknown.";
        LOW_ENTROPY = 1, "Client hints of low entropy.";
        HIGH_ENTROPY = 2, "Client hints of high entropy.";
        PARSED = 3, "Parsed from the user agent string.";
    }
    /// Venue taxonomies.
    venue_taxonomy {
        ADCOM = 0, "AdCOM, deprecated.";
        OPENOOH_1_0 = 1, "OpenOOH 1.0.";
        DPAA = 2, "DPAA.";
        DMI_1_1 = 3, "DMI 1.1.";
        OMA_2022 = 4, "OMA 2022.";
        OPENOOH_1_1 = 5, "OpenOOH 1.1.";
    }
    /// Volume normalisation.
    volume_normalization {
        NONE = 0, "None.";
        AVERAGE = 1, "Average, to content.";
        PEAK = 2, "Peak, to content.";
        LOUDNESS = 3, "Loudness, to content.";
        CUSTOM = 4, "Custom.";
    }
}
