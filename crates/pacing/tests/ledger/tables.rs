//! What the ledger does, line by line. The language is told in `script.rs`.

use crate::script::check;

#[test]
fn a_billing_posts_its_price_and_frees_the_rest_of_its_reservation() {
    check(
        "
        budget campaign day 10.00
        grant ad1 2.00 -> granted 2.00
        account campaign day posted 0 held 2.00
        bill b1 of l1 max 0.50 price 0.40 -> charged 0.40
        account advertiser lifetime posted 0.40 held 1.50 cap none
        account advertiser day posted 0.40 held 1.50
        account campaign day posted 0.40 held 1.50 cap 10.00
        account ad1 lifetime posted 0.40 held 1.50
        account ad1 day posted 0.40 held 1.50
        lease l1 settled 0.40 released 0.10 doubt 1.50 back 0
        ",
    );
}

#[test]
fn nobody_pays_more_than_was_reserved_and_what_cannot_be_read_pays_all_of_it() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        bill b1 of l1 max 0.50 price 7.00 -> charged 0.50 clamped
        bill b2 of l1 max 0.50 price unreadable -> charged 0.50 unreadable
        bill b3 of l1 max 0.50 price audit -> rehearsed
        bill b3 of l1 max 0.50 price 0.10 -> charged 0.10
        bill b4 of l1 max 0.10 price -3.00 -> charged 0.00
        bill b5 of l1 max -0.10 price 3.00 -> charged 0.00 clamped
        account ad1 day posted 1.10 held 0.40
        house ad1 0
        ",
    );
}

#[test]
fn a_bid_comes_to_one_end_however_often_it_is_told() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        bill b1 of l1 max 0.50 price 0.40 -> charged 0.40
        bill b1 of l1 max 0.50 price 0.45 -> repeated
        lose b1 of l1 max 0.50 -> repeated
        lose b2 of l1 max 0.30 -> voided 0.30
        lose b2 of l1 max 0.30 -> repeated
        account ad1 day posted 0.40 held 1.20
        expire 65s -> 1
        bill b1 of l1 max 0.50 price 0.40 -> repeated
        lose b2 of l1 max 0.30 -> repeated
        account ad1 day posted 0.40 held 0.024
        ",
    );
}

#[test]
fn a_billing_after_a_loss_is_charged_as_far_as_there_is_room_but_never_to_other_bids() {
    check(
        "
        budget ad1 lifetime 1.00
        grant ad1 1.00 -> granted 1.00
        lose b1 of l1 max 0.30 -> voided 0.30
        bill b1 of l1 max 0.30 price 0.20 -> charged 0.20
        account ad1 lifetime posted 0.20 held 0.70
        lose b2 of l1 max 0.10 -> voided 0.10
        grant ad1 0.15 -> granted 0.15
        bill b2 of l1 max 0.10 price 0.10 -> charged 0.05 house 0.05
        account ad1 lifetime posted 0.25 held 0.75
        lease l1 settled 0 released 0.40 doubt 0.60 back 0 beyond 0.25
        house ad1 0.05
        bill b2 of l1 max 0.10 price 0.10 -> repeated
        house ad1 0.05
        ",
    );
}

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
fn nothing_of_a_silent_lease_is_freed_before_the_watermark_passes_its_release() {
    check(
        "
        budget ad1 day 2.00
        grant ad1 2.00 -> granted 2.00
        at 2h
        expire 64s -> 0
        account ad1 day held 2.00
        grant ad1 1.00 -> exhausted ad1 day
        expire 65s -> 1
        # Two parts in a hundred are kept back until something is known of this advertiser.
        account ad1 day held 0.04
        lease l1 settled 0 released 1.96 doubt 0 back 0.04
        expire 664s -> 0
        account ad1 day held 0.04
        expire 665s -> 0
        account ad1 day held 0
        lease l1 settled 0 released 2.00 doubt 0 back 0
        ",
    );
}

#[test]
fn a_return_starts_the_wait_for_its_notices() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        at 2s
        return l1 used 1.00 -> freed 1.00
        expire 61s -> 0
        expire 62s -> 1
        account ad1 day held 0.02
        return l1 used 1.00 -> freed 0.00
        ",
    );
}

#[test]
fn a_late_billing_is_paid_by_the_hold_back_then_by_free_room_then_by_the_house() {
    check(
        "
        budget ad1 day 2.00
        grant ad1 2.00 -> granted 2.00
        expire 65s -> 1
        lease l1 settled 0 released 1.96 doubt 0 back 0.04
        bill b1 of l1 max 0.05 price 0.03 -> charged 0.03 late
        lease l1 settled 0.03 released 1.96 doubt 0 back 0.01 beyond 0
        bill b2 of l1 max 0.05 price 0.03 -> charged 0.03 late
        lease l1 settled 0.04 released 1.96 doubt 0 back 0 beyond 0.02
        account ad1 day posted 0.06 held 0
        at 70s
        grant ad1 1.93 -> granted 1.93
        bill b3 of l1 max 0.05 price 0.03 -> charged 0.01 house 0.02 late
        bill b3 of l1 max 0.05 price 0.03 -> repeated
        account ad1 day posted 0.07 held 1.93
        house ad1 0.02
        lose b4 of l1 max 0.05 -> repeated
        bill b4 of l1 max 0.05 price 0.05 -> charged 0.00 house 0.05 late
        house ad1 0.07
        ",
    );
}

#[test]
fn a_late_billing_has_no_room_where_a_cap_was_cut() {
    check(
        "
        budget ad1 day 2.00
        grant ad1 2.00 -> granted 2.00
        expire 12m -> 1
        grant ad1 1.00 -> granted 1.00
        budget ad1 day 0.50
        bill b1 of l1 max 0.05 price 0.05 -> charged 0.00 house 0.05 late
        account ad1 day posted 0 held 1.00 effective 1.00
        ",
    );
}

#[test]
fn the_hold_back_grows_where_billings_come_late() {
    check(
        "
        grant ad1 90.00 -> granted 90.00
        expire 65s -> 1
        lease l1 back 1.80
        bill b1 of l1 max 20.00 price 19.90 -> charged 19.90 late
        at 70s
        grant ad1 1.00 -> granted 1.00
        expire 140s -> 1
        # 2 × (0.10 + 19.90) ÷ (10 + 90)
        lease l2 back 0.40
        ",
    );
}

#[test]
fn a_billing_without_a_lease_is_the_houses() {
    check(
        "
        bill b1 of l5 max 0.50 price 0.40 -> charged 0.00 house 0.40 late
        bill b1 of l5 max 0.50 price 0.40 -> repeated
        lose b2 of l5 max 0.50 -> repeated
        house ad1 0.40
        ",
    );
}

#[test]
fn more_bids_than_a_lease_has_money_for_never_charge_more_than_there_is_room() {
    check(
        "
        budget ad1 lifetime 1.00
        grant ad1 1.00 -> granted 1.00
        bill b1 of l1 max 0.60 price 0.60 -> charged 0.60
        bill b2 of l1 max 0.60 price 0.60 -> charged 0.40 house 0.20
        lose b3 of l1 max 0.60 -> voided 0.00
        return l1 used 0.60 -> freed 0.00
        account ad1 lifetime posted 1.00 held 0
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

#[test]
fn after_a_restart_releases_wait_for_the_notices_that_nobody_took() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        bill b1 of l1 max 0.50 price 0.40 -> charged 0.40
        lose b2 of l1 max 0.50 -> voided 0.50
        restart 1h
        expire 1h -> 0
        account ad1 day posted 0.40 held 1.00
        # The loss is still known, although its first time to be forgotten has passed.
        lose b2 of l1 max 0.50 -> repeated
        expire 3659s -> 0
        lose b2 of l1 max 0.50 -> repeated
        expire 3660s -> 1
        account ad1 day held 0.02
        at 1h
        # No number is given twice.
        grant ad1 1.00 -> granted 1.00
        lease l2 doubt 1.00
        ",
    );
}

#[test]
fn what_is_over_is_forgotten_but_a_repetition_is_never_charged_again() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        bill b1 of l1 max 0.50 price 0.40 -> charged 0.40
        return l1 used 0.50 -> freed 1.50
        expire 8d -> 1
        bill b1 of l1 max 0.50 price 0.40 -> repeated
        expire 12000m -> 0
        lease l1 gone
        bill b1 of l1 max 0.50 price 0.40 -> tooold
        house ad1 0
        account ad1 day posted 0.40
        expire 18d -> 0
        account ad1 day gone
        account ad1 lifetime posted 0.40
        ",
    );
}

#[test]
fn a_loss_told_after_its_billing_was_forgotten_frees_nothing() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        bill b1 of l1 max 0.50 price 0.50 -> charged 0.50
        # Nobody took notices for nine days, so the lease is still in doubt when the bid is forgotten.
        restart 9d
        expire 9d -> 0
        bill b1 of l1 max 0.50 price 0.50 -> tooold
        lose b1 of l1 max 0.50 -> repeated
        account ad1 day posted 0.50 held 1.50
        ",
    );
}
