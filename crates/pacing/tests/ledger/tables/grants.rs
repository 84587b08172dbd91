//! What is granted, what comes back, and whose day it is.

use crate::script::check;

#[test]
fn the_tightest_level_decides_and_is_named() {
    check(
        "
        budget advertiser day 5.00
        budget campaign lifetime 3.00
        budget ad1 day 2.00
        grant ad1 10.00 -> granted 2.00
        grant ad1 10.00 -> exhausted ad1 day
        grant ad2 10.00 -> granted 1.00
        grant ad2 10.00 -> exhausted campaign lifetime
        grant ad1 10.00 -> exhausted campaign lifetime
        grant ad3 10.00 -> granted 2.00
        grant ad3 10.00 -> exhausted advertiser day
        account advertiser day held 5.00
        account campaign day held 3.00
        account campaign2 day held 2.00
        grant ad4 1.00 -> unknownad
        ",
    );
}

#[test]
fn the_last_of_a_budget_is_granted_down_to_what_still_buys_an_impression() {
    check(
        "
        budget ad1 day 1.000001
        grant ad1 1.00 -> granted 1.00
        grant ad1 1.00 -> granted 0.000001
        grant ad1 1.00 -> exhausted ad1 day
        budget ad1 day 1.000001999
        grant ad1 1.00 -> exhausted ad1 day
        budget ad1 day 1.000002
        grant ad1 -5 -> granted 0.000001
        ",
    );
}

#[test]
fn a_request_is_granted_once() {
    check(
        "
        budget ad1 day 2.00
        grant n1/7 ad1 1.00 -> granted 1.00
        grant n1/7 ad1 1.00 -> granted 1.00
        account ad1 day held 1.00
        grant n2/7 ad1 1.00 -> granted 1.00
        account ad1 day held 2.00
        grant n1/8 ad1 1.00 -> exhausted ad1 day
        return l1 used 0.00 -> freed 1.00
        grant n1/7 ad1 1.00 -> over
        grant n1/8 ad1 1.00 -> granted 1.00
        account ad1 day held 2.00
        ",
    );
}

#[test]
fn a_request_from_too_long_ago_or_too_far_ahead_gets_nothing() {
    check(
        "
        at 100s
        grant ad1 1.00 sent 39s -> outside
        grant ad1 1.00 sent 40s -> granted 1.00
        grant ad1 1.00 sent 160s -> granted 1.00
        grant ad1 1.00 sent 161s -> outside
        ",
    );
}

#[test]
fn a_return_is_final_and_only_the_holders() {
    check(
        "
        grant n1/1 ad1 2.00 -> granted 2.00
        return l1 used 0.50 by n2 -> not its holder
        return l1 used 2.01 -> beyond its amount
        return l1 used -1.00 -> beyond its amount
        account ad1 day held 2.00
        return l1 used 0.50 -> freed 1.50
        return l1 used 0.00 -> freed 0.00
        account ad1 day held 0.50
        bill b1 of l1 max 0.50 price 0.40 -> charged 0.40
        account ad1 day posted 0.40 held 0
        return l9 used 0.00 -> unknown
        ",
    );
}

#[test]
fn a_return_after_some_bids_ended_frees_only_what_was_never_reserved() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        bill b1 of l1 max 0.50 price 0.40 -> charged 0.40
        lose b2 of l1 max 0.50 -> voided 0.50
        return l1 used 1.20 -> freed 0.80
        account ad1 day posted 0.40 held 0.20
        lease l1 settled 0.40 released 1.40 doubt 0.20 back 0
        ",
    );
}

#[test]
fn a_cut_cap_stops_grants_at_once_and_falls_as_leases_come_back() {
    check(
        "
        budget campaign day 10.00
        grant ad1 4.00 -> granted 4.00
        grant ad2 4.00 -> granted 4.00
        bill b1 of l1 max 1.00 price 1.00 -> charged 1.00
        budget campaign day 2.00
        account campaign day cap 2.00 effective 8.00 posted 1.00 held 7.00
        grant ad1 1.00 -> exhausted campaign day
        bill b2 of l1 max 1.00 price 1.00 -> charged 1.00
        account campaign day effective 8.00 posted 2.00 held 6.00
        return l1 used 2.00 -> freed 2.00
        account campaign day effective 6.00 posted 2.00 held 4.00
        return l2 used 1.00 -> freed 3.00
        account campaign day effective 3.00 posted 2.00 held 1.00
        lose b3 of l2 max 1.00 -> voided 1.00
        account campaign day effective 2.00 posted 2.00 held 0
        grant ad1 1.00 -> exhausted campaign day
        budget campaign day 2.50
        grant ad1 1.00 -> granted 0.50
        budget campaign day none
        account campaign day cap none effective none
        grant ad1 100.00 -> granted 100.00
        budget campaign day 1.00
        account campaign day cap 1.00 effective 102.50
        ",
    );
}

#[test]
fn a_halted_ad_is_granted_nothing_and_still_settles() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        halt ad1
        grant ad1 2.00 -> halted
        grant ad2 2.00 -> granted 2.00
        bill b1 of l1 max 0.50 price 0.40 -> charged 0.40
        run ad1
        grant ad1 2.00 -> granted 2.00
        ",
    );
}

#[test]
fn a_billing_belongs_to_the_day_of_its_lease() {
    check(
        "
        budget ad1 day 1.00
        at 86398s
        grant ad1 1.00 -> granted 1.00
        grant ad1 1.00 -> exhausted ad1 day
        at 24h
        grant ad1 1.00 -> granted 1.00
        bill b1 of l1 max 0.50 price 0.40 -> charged 0.40
        account ad1 day 0 posted 0.40 held 0.50
        account ad1 day 1 posted 0 held 1.00
        account ad1 lifetime posted 0.40 held 1.50
        # Today's budget changes; yesterday's is history.
        budget ad1 day 3.00
        account ad1 day 0 cap 1.00
        account ad1 day 1 cap 3.00
        ",
    );
}

#[test]
fn each_level_has_days_of_its_own_zone() {
    check(
        "
        zone advertiser America/New_York
        zone campaign Asia/Tokyo
        budget advertiser day 3.00
        budget ad1 day 1.00
        # 04:00 UTC: still yesterday in New York, long today in Tokyo.
        at 4h
        grant ad1 1.00 -> granted 1.00
        account advertiser day -1 held 1.00
        account ad1 day 0 held 1.00
        # 06:00 UTC: a new day in New York only.
        at 6h
        grant ad1 1.00 -> exhausted ad1 day
        # 15:00 UTC: a new day in Tokyo only.
        at 15h
        grant ad1 1.00 -> granted 1.00
        account advertiser day 0 held 1.00
        account ad1 day 1 held 1.00
        ",
    );
}

#[test]
fn an_edited_zone_never_opens_a_second_budget_for_a_date() {
    check(
        "
        zone campaign Asia/Tokyo
        budget ad1 day 1.00
        at 4h
        grant ad1 1.00 -> granted 1.00
        zone campaign America/Los_Angeles
        grant ad1 0.60 -> granted 0.60
        account ad1 day -1 held 0.60
        at 9h
        grant ad1 0.60 -> exhausted ad1 day
        ",
    );
}
