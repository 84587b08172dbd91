//! What billings and losses do to a lease that is not over.

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
