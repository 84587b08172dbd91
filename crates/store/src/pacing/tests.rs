use super::*;
use crate::Store;

fn event(campaign: u64, at: i64) -> PacingEvent {
    PacingEvent {
        campaign: CampaignId(campaign),
        at: Timestamp(at),
        kind: EventKind::Rise,
        metric: "traffic".to_string(),
        what: "ü".repeat(5_000),
    }
}

#[test]
fn the_newest_of_each_campaign_are_kept_and_listed_first() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = Store::open(directory.path()).unwrap();
    let work = |transaction: &Transaction<'_>| {
        transaction.add_pacing_event(&event(2, 7))?;
        (0..KEPT + 5).try_for_each(|at| transaction.add_pacing_event(&event(1, at)))?;
        let all = transaction.list_pacing_events(CampaignId(1), None, 5_000)?;
        assert_eq!(all.len() as i64, KEPT);
        assert_eq!(
            (all[0].1.at, all[0].1.what.len()),
            (Timestamp(KEPT + 4), MAX_SENTENCE)
        );
        let next = transaction.list_pacing_events(CampaignId(1), Some(all[1].0), 2)?;
        assert_eq!(next, all[2..4]);
        assert_eq!(
            transaction
                .list_pacing_events(CampaignId(2), None, 9)?
                .len(),
            1
        );
        Ok::<_, StoreError>(())
    };
    store.transaction(work).unwrap();
}

#[test]
fn moves_are_found_with_their_group_and_with_both_members() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = Store::open(directory.path()).unwrap();
    let work = |transaction: &Transaction<'_>| {
        let between = |group: u64, from: u64, to: u64| Move {
            group: RecordId(group),
            at: Timestamp(3),
            from: RecordId(from),
            to: RecordId(to),
            amount: Money(5),
            share_ppm: 250_000,
            why: "it clicks better".to_string(),
        };
        // Campaigns 2, 3 and 4 of advertiser 1; ads of campaign 2.
        let all = [
            between(2, 5, u64::MAX),
            between(1, 2, 3),
            between(1, 3, 4),
            between(3, 7, 8),
        ];
        all.iter().try_for_each(|one| transaction.add_move(one))?;
        let check = |of: u64, within: Option<u64>, expect: &[usize]| {
            let within = within.map(RecordId);
            let found = transaction
                .list_moves(RecordId(of), within, None, 9)
                .unwrap();
            let found: Vec<Move> = found.into_iter().map(|(_, one)| one).collect();
            let expect: Vec<Move> = expect.iter().map(|one| all[*one].clone()).collect();
            assert_eq!(found, expect, "{of}");
        };
        check(1, None, &[2, 1]);
        check(2, Some(1), &[1, 0]);
        check(3, Some(1), &[3, 2, 1]);
        check(4, Some(1), &[2]);
        let newest = transaction.list_moves(RecordId(3), Some(RecordId(1)), None, 1)?;
        let before = Some(newest[0].0);
        let next = transaction.list_moves(RecordId(3), Some(RecordId(1)), before, 1)?;
        assert_eq!(next[0].1, all[2]);
        Ok::<_, StoreError>(())
    };
    store.transaction(work).unwrap();
}

#[test]
fn a_multiplier_is_the_one_that_was_noted_last() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = Store::open(directory.path()).unwrap();
    let work = |transaction: &Transaction<'_>| {
        let (one, other) = (Level::Campaign(CampaignId(7)), Level::Ad(AdId(7)));
        transaction.write_multiplier(one, 1.5, Timestamp(1))?;
        transaction.write_multiplier(other, 2.5, Timestamp(1))?;
        transaction.write_multiplier(one, 3.5, Timestamp(9))?;
        let since = |at| transaction.read_multipliers(Timestamp(at));
        assert_eq!(since(2)?, [(one, 3.5)]);
        assert_eq!(since(0)?.len(), 2);
        Ok::<_, StoreError>(())
    };
    store.transaction(work).unwrap();
}

#[test]
fn what_was_learned_of_hours_and_promises_reads_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = Store::open(directory.path()).unwrap();
    let work = |transaction: &Transaction<'_>| {
        let mut auctions = [0.5; HOURS];
        auctions[167] = 12_345.678;
        let plan = PlanProfile {
            profile: Profile::kept(auctions, [3.0; HOURS]),
            per_hour: 1_000.25,
        };
        let level = Level::Campaign(CampaignId(7));
        transaction.write_plan_profile(level, &plan, Timestamp(5))?;
        let since = |at| transaction.read_plan_profiles(Timestamp(at));
        assert_eq!((since(6)?, since(5)?), (vec![], vec![(level, plan)]));
        let mut promise = Promise {
            promise: "a click for 5".to_string(),
            running: Running::default(),
            events: 2.0,
        };
        transaction.write_promise(CampaignId(7), &promise, Timestamp(5))?;
        promise.running.spent = 1e18;
        transaction.write_promise(CampaignId(7), &promise, Timestamp(6))?;
        assert_eq!(transaction.read_promises()?, [(CampaignId(7), promise)]);
        transaction.forget_promise(CampaignId(7))?;
        assert_eq!(transaction.read_promises()?, []);
        Ok::<_, StoreError>(())
    };
    store.transaction(work).unwrap();
}
