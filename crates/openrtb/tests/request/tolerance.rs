//! One table for each way in which real requests leave the spec.

use bumpalo::Bump;
use openrtb::request::{BidRequest, Imp, SkipReason, parse};

/// Parses a request and hands it to `check`.
fn with(body: &str, check: impl FnOnce(&BidRequest<'_>)) {
    let arena = Bump::new();
    match parse(body.as_bytes(), &arena) {
        Ok(request) => check(&request),
        Err(error) => panic!("{body}: {error}"),
    }
}

/// Parses a request of one impression with these members, besides its id and an empty banner.
fn with_imp(members: &str, check: impl FnOnce(&Imp<'_>)) {
    let body = format!(r#"{{"imp":[{{"id":"1","banner":{{}},{members}}}]}}"#);
    with(&body, |request| check(&request.imp[0]));
}

#[test]
fn a_string_field_takes_numbers_as_their_text() {
    let check = |sent: &str, expect: Option<&str>| {
        let body = format!(r#"{{"device":{{"carrier":{sent}}}}}"#);
        with(&body, |request| {
            assert_eq!(request.device.unwrap().carrier, expect, "{sent}")
        });
    };
    check(r#""VERIZON""#, Some("VERIZON"));
    check("70120", Some("70120"));
    check("-1", Some("-1"));
    check("1.50", Some("1.50"));
    check("12345678901234567890123", Some("12345678901234567890123"));
    check("1e3", Some("1e3"));
    check(r#""""#, None);
    check(r#"" ""#, Some(" "));
    check("null", None);
    check("true", None);
    check(r#"["a"]"#, None);
    check(r#"{"a":1}"#, None);
}

#[test]
fn an_integer_field_takes_what_means_an_integer() {
    let check = |sent: &str, expect: Option<i32>| {
        with(&format!(r#"{{"tmax":{sent}}}"#), |request| {
            assert_eq!(request.tmax, expect, "{sent}")
        });
    };
    check("300", Some(300));
    check("-1", Some(-1));
    check("300.0", Some(300));
    check("300.9", Some(300));
    check("-0.9", Some(0));
    check("3e2", Some(300));
    check("3.0E+2", Some(300));
    check("30000e-2", Some(300));
    check(r#""300""#, Some(300));
    check(r#"" 300.0 ""#, Some(300));
    check("true", Some(1));
    check("false", Some(0));
    check("9999999999", Some(i32::MAX));
    check("-1e99", Some(i32::MIN));
    check("1e-99", Some(0));
    check(r#""""#, None);
    check(r#""fast""#, None);
    check(r#""0x10""#, None);
    check(r#""300ms""#, None);
    check("null", None);
    check("[300]", None);
    check("{}", None);
}

#[test]
fn a_flag_takes_numbers_booleans_and_their_text() {
    let check = |sent: &str, expect: Option<bool>| {
        with(&format!(r#"{{"regs":{{"gdpr":{sent}}}}}"#), |request| {
            assert_eq!(request.regs.unwrap().gdpr, expect, "{sent}");
        });
        with(&format!(r#"{{"test":{sent}}}"#), |request| {
            assert_eq!(request.test, expect.unwrap_or(false), "{sent}");
        });
    };
    check("1", Some(true));
    check("0", Some(false));
    check("1.0", Some(true));
    check("0.0", Some(false));
    check("2", Some(true));
    check("true", Some(true));
    check("false", Some(false));
    check(r#""1""#, Some(true));
    check(r#""0""#, Some(false));
    check(r#""True""#, Some(true));
    check(r#""false""#, Some(false));
    check(r#""yes""#, None);
    check(r#""""#, None);
    check("null", None);
    check("[]", None);
}

#[test]
fn a_float_field_takes_numbers_and_their_text() {
    let check = |sent: &str, expect: Option<f64>| {
        let body = format!(r#"{{"device":{{"geo":{{"lat":{sent}}}}}}}"#);
        with(&body, |request| {
            assert_eq!(request.device.unwrap().geo.unwrap().lat, expect, "{sent}")
        });
    };
    check("52.5", Some(52.5));
    check("-33", Some(-33.0));
    check("5.25e1", Some(52.5));
    check(r#""52.5""#, Some(52.5));
    check("1e999", None);
    check(r#""inf""#, None);
    check(r#""NaN""#, None);
    check("true", None);
    check("null", None);
}

#[test]
fn money_stays_the_number_that_was_sent() {
    let check = |sent: &str, nanos: Option<i64>| {
        with_imp(&format!(r#""bidfloor":{sent}"#), |imp| {
            assert_eq!(
                imp.bidfloor.and_then(|floor| floor.to_scaled(6)),
                nanos,
                "{sent}"
            );
        });
    };
    check("0.1", Some(100_000));
    check("1.23", Some(1_230_000));
    check("5e-2", Some(50_000));
    check("0.0000001", Some(1));
    check(r#""1.5""#, Some(1_500_000));
    check("-1", Some(-1_000_000));
    check("123456789.123456", Some(123_456_789_123_456));
    check("1e300", None);
    check(r#""1,50""#, None);
    check(r#""USD 1""#, None);
    check("true", None);
    check("null", None);
}

#[test]
fn a_list_of_strings_takes_numbers_and_what_stands_alone() {
    let check = |sent: &str, expect: &[&str]| {
        with(&format!(r#"{{"bcat":{sent}}}"#), |request| {
            assert_eq!(request.bcat, expect, "{sent}")
        });
    };
    check(r#"["IAB25","IAB26"]"#, &["IAB25", "IAB26"]);
    check(r#"[1, "IAB2", 3.5]"#, &["1", "IAB2", "3.5"]);
    check(r#""IAB25""#, &["IAB25"]);
    check("7", &["7"]);
    check(r#"["a",null,"",true,[],{},"b"]"#, &["a", "b"]);
    check("[]", &[]);
    check("null", &[]);
    check(r#""""#, &[]);
    check(r#"{"a":"b"}"#, &[]);
}

#[test]
fn a_list_of_integers_takes_strings_and_what_stands_alone() {
    let check = |sent: &str, expect: &[i32]| {
        with_imp(&format!(r#""banner":{{"battr":{sent}}}"#), |imp| {
            assert_eq!(imp.banner.unwrap().battr, expect, "{sent}");
        });
    };
    check("[1,2]", &[1, 2]);
    check(r#"["1",2.0,"3e0"]"#, &[1, 2, 3]);
    check("16", &[16]);
    check(r#""16""#, &[16]);
    check(r#"[1,null,"x",[2],{},4]"#, &[1, 4]);
    check("null", &[]);
    check("{}", &[]);
}

#[test]
fn a_list_of_objects_takes_one_that_stands_alone_and_leaves_out_the_rest() {
    let check = |sent: &str, expect: &[Option<i32>]| {
        with_imp(&format!(r#""banner":{{"format":{sent}}}"#), |imp| {
            let widths: Vec<_> = imp
                .banner
                .unwrap()
                .format
                .iter()
                .map(|format| format.w)
                .collect();
            assert_eq!(widths, expect, "{sent}");
        });
    };
    check(
        r#"[{"w":300},{"w":"320"},{}]"#,
        &[Some(300), Some(320), None],
    );
    check(r#"{"w":300}"#, &[Some(300)]);
    check(r#"[null,{"w":300},"300x250",7,[{"w":1}]]"#, &[Some(300)]);
    check(r#""300x250""#, &[]);
    check("null", &[]);
}

#[test]
fn an_object_field_of_another_type_is_absent() {
    for sent in ["null", "[]", r#""site""#, "1", "true", r#"[{"id":"1"}]"#] {
        with(
            &format!(r#"{{"id":"r","site":{sent},"at":1}}"#),
            |request| {
                assert_eq!(
                    (request.id, request.site, request.at),
                    ("r", None, Some(1)),
                    "{sent}"
                );
            },
        );
    }
    with(r#"{"site":{}}"#, |request| assert!(request.site.is_some()));
}

#[test]
fn extensions_stay_raw_whatever_they_are() {
    let check = |sent: &str, expect: Option<&str>| {
        with(
            &format!(r#"{{"ext":{sent},"user":{{"ext": {sent} }}}}"#),
            |request| {
                assert_eq!(request.ext, expect, "{sent}");
                assert_eq!(request.user.unwrap().ext, expect, "{sent}");
            },
        );
    };
    check(r#"{"a": [1, {}]}"#, Some(r#"{"a": [1, {}]}"#));
    check(r#""text""#, Some(r#""text""#));
    check("[]", Some("[]"));
    check("7", Some("7"));
    check("{}", Some("{}"));
    check(r#""""#, None);
    check("null", None);
}

#[test]
fn of_duplicate_keys_the_last_one_counts() {
    with(r#"{"id":"a","id":"b"}"#, |request| {
        assert_eq!(request.id, "b")
    });
    with(r#"{"tmax":100,"tmax":null}"#, |request| {
        assert_eq!(request.tmax, None)
    });
    with(r#"{"bcat":["a","b"],"bcat":["c"]}"#, |request| {
        assert_eq!(request.bcat, ["c"])
    });
    with(
        r#"{"site":{"id":"1","name":"n"},"site":{"id":"2"}}"#,
        |request| {
            let site = request.site.unwrap();
            assert_eq!((site.id, site.name), (Some("2"), None));
        },
    );
    with(
        r#"{"imp":[{"id":"1","banner":{}},7],"imp":[{"id":"2","video":{}}]}"#,
        |request| {
            assert_eq!(
                (request.imp.len(), request.imp[0].id, request.skipped),
                (1, "2", &[][..])
            );
        },
    );
    with(r#"{"user":{"ext":{"consent":"a"},"ext":{}}}"#, |request| {
        assert_eq!(request.user.unwrap().consent, None);
    });
    with(
        r#"{"user":{"ext":{"consent":"a"},"ext":null}}"#,
        |request| {
            assert_eq!(
                (request.user.unwrap().consent, request.user.unwrap().ext),
                (None, None)
            );
        },
    );
}

#[test]
fn site_and_app_may_both_be_there() {
    with(
        r#"{"app":{"bundle":"b"},"site":{"domain":"d"}}"#,
        |request| {
            assert_eq!(request.app.unwrap().bundle, Some("b"));
            assert_eq!(request.site.unwrap().domain, Some("d"));
        },
    );
}

#[test]
fn text_is_any_utf8_and_every_escape() {
    let check = |sent: &str, expect: &str| {
        with(&format!(r#"{{"site":{{"name":"{sent}"}}}}"#), |request| {
            assert_eq!(request.site.unwrap().name, Some(expect), "{sent}");
        });
    };
    check("Zürich 東京 😀", "Zürich 東京 😀");
    check(r"Z\u00fcrich \u6771\u4EAC \ud83d\ude00", "Zürich 東京 😀");
    check(r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t");
    check(r"a\ud83d", "a\u{fffd}");
    check("\u{2028}", "\u{2028}");
    with(r#"{"\u0069\u0064":"escaped key"}"#, |request| {
        assert_eq!(request.id, "escaped key")
    });
}

#[test]
fn an_impression_that_cannot_be_understood_is_skipped_with_its_reason() {
    let check = |sent: &str, expect: Option<(&str, SkipReason)>| {
        let body = format!(
            r#"{{"imp":[{{"id":"first","banner":{{}}}},{sent},{{"id":"last","audio":{{}}}}]}}"#
        );
        with(&body, |request| {
            let ids: Vec<_> = request.imp.iter().map(|imp| imp.id).collect();
            let skipped: Vec<_> = request
                .skipped
                .iter()
                .map(|imp| (imp.index, imp.id, imp.reason))
                .collect();
            match expect {
                None => assert_eq!((ids.len(), skipped.len()), (3, 0), "{sent}"),
                Some((id, reason)) => {
                    assert_eq!(ids, ["first", "last"], "{sent}");
                    assert_eq!(skipped, [(1, id, reason)], "{sent}");
                }
            }
        });
    };
    check("null", Some(("", SkipReason::NotAnObject)));
    check("7", Some(("", SkipReason::NotAnObject)));
    check("[]", Some(("", SkipReason::NotAnObject)));
    check("{}", Some(("", SkipReason::NoId)));
    check(r#"{"banner":{}}"#, Some(("", SkipReason::NoId)));
    check(r#"{"id":"","banner":{}}"#, Some(("", SkipReason::NoId)));
    check(r#"{"id":"2"}"#, Some(("2", SkipReason::NoFormat)));
    check(
        r#"{"id":2,"banner":null,"video":"x"}"#,
        Some(("2", SkipReason::NoFormat)),
    );
    check(
        r#"{"id":"2","native":{}}"#,
        Some(("2", SkipReason::UnreadableNative)),
    );
    check(
        r#"{"id":"2","native":{"request":"{assets"}}"#,
        Some(("2", SkipReason::UnreadableNative)),
    );
    check(
        r#"{"id":"2","native":{"request":"{\"assets\":[]}"}}"#,
        Some(("2", SkipReason::UnreadableNative)),
    );
    check(r#"{"id":"2","native":{"request":"x"},"video":{}}"#, None);
    check(r#"{"id":2,"banner":{}}"#, None);
}

#[test]
fn a_request_may_lack_anything() {
    for body in ["{}", r#"{"imp":[]}"#, r#"{"imp":null}"#, " {\n} "] {
        with(body, |request| {
            assert_eq!(*request, BidRequest::default(), "{body}")
        });
    }
    with(r#"{"imp":{"id":"1","banner":{}}}"#, |request| {
        assert_eq!(request.imp.len(), 1)
    });
    with(r#"{"imp":"1"}"#, |request| {
        assert_eq!(request.skipped[0].reason, SkipReason::NotAnObject);
    });
}

#[test]
fn the_native_request_is_read_wherever_it_stands() {
    let check = |sent: &str, expect: Option<&[Option<i32>]>| {
        let body =
            format!(r#"{{"imp":[{{"id":"1","banner":{{}},"native":{{"request":{sent}}}}}]}}"#);
        with(&body, |request| {
            let native = request.imp[0].native.unwrap();
            let ids = native
                .request
                .map(|r| r.assets.iter().map(|asset| asset.id).collect::<Vec<_>>());
            assert_eq!(ids.as_deref(), expect, "{sent}");
        });
    };
    let assets: &[Option<i32>] = &[Some(1), Some(2)];
    check(r#"{"assets":[{"id":1},{"id":"2"}]}"#, Some(assets));
    check(r#""{\"assets\":[{\"id\":1},{\"id\":2}]}""#, Some(assets));
    check(r#"{"native":{"assets":[{"id":1},{"id":2}]}}"#, Some(assets));
    check(
        r#""{\"native\":{\"assets\":[{\"id\":1},{\"id\":2}]}}""#,
        Some(assets),
    );
    check(
        r#""\u007b\"assets\":[{\"id\":1},{\"id\":2}]}""#,
        Some(assets),
    );
    check(r#"{}"#, Some(&[]));
    check(r#""""#, None);
    check(r#""[]""#, None);
    check(r#""{\"assets\":[1,]}""#, None);
    check(r#""{} x""#, None);
    check("null", None);
    check("7", None);
    let deep = format!("\"{}\"", r#"{\"assets\":["#.repeat(40));
    check(&deep, None);
}

#[test]
fn only_what_is_not_a_json_object_is_an_error() {
    let check = |body: &[u8], offset: usize, expected: &str| {
        let arena = Bump::new();
        let error = parse(body, &arena).unwrap_err();
        assert_eq!(
            (error.offset, error.expected),
            (offset, expected),
            "{}",
            String::from_utf8_lossy(body)
        );
    };
    check(b"", 0, "an object");
    check(b"[]", 0, "an object");
    check(b"null", 0, "an object");
    check(b" \"{}\"", 1, "an object");
    check(b"{}{}", 2, "the end of the text");
    check(br#"{"id":"1""#, 9, "a comma or the end of the object");
    check(br#"{"unknown":[1,2,}"#, 16, "a value");
    check(
        br#"{"unknown":{"a":01}}"#,
        17,
        "a comma or the end of the object",
    );
    check(br#"{"ext":{"a":"\q"}}"#, 14, "an escape");
    check(b"{\"site\":{\"name\":\"\xff\"}}", 17, "UTF-8");
    check(b"\xef\xbb\xbf{}", 0, "an object");
}
