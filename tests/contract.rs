//! Every driver against the simulated devices of every profile: the sdk's contract suite over the lab.
//!
//! `CONTRACT=brother/busy cargo test --test contract` runs only what fits: a part of a profile's name or its maker, a
//! slash, and a part of a case's name. The table of profile by case is left in `target/tmp/contract.txt`.

#[path = "contract/bench.rs"]
mod bench;
#[path = "contract/book.rs"]
mod book;
#[path = "contract/profiles.rs"]
mod profiles;

use std::sync::Arc;

use scanfleet_mocks::{BrotherProfile, MakerProfile, Profile, XeroxProfile};
use scanfleet_sdk::contract::{Bench, cases, run};

use bench::LabBench;

#[tokio::test(flavor = "multi_thread")]
async fn every_driver_keeps_the_contract_on_every_profile() {
    let only = std::env::var("CONTRACT").unwrap_or_default();
    let (profile, case) = only.split_once('/').unwrap_or((&only, ""));
    let fits = |name: &str, id: &str| {
        let maker = MakerProfile::named(name).vendor();
        (name.contains(profile) || maker == profile) && id.contains(case)
    };
    let matrix = run(Arc::new(LabBench), fits).await;
    // For people: what passes, what does not apply and why.
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/contract.txt"), matrix.to_string()).unwrap();
    assert!(matrix.passed(), "\n{matrix}");
}

#[test]
fn every_profile_of_the_lab_is_on_the_bench() {
    let there: Vec<String> = LabBench.profiles().into_iter().map(|profile| profile.name).collect();
    let all = Profile::NAMES.iter().chain(&XeroxProfile::NAMES).chain(&BrotherProfile::NAMES);
    for name in all {
        assert!(there.iter().any(|known| known == name), "{name}");
    }
    for adapter in scanfleet::run::makers() {
        assert!(
            LabBench.profiles().iter().any(|profile| profile.maker == adapter.name()),
            "{}",
            adapter.name()
        );
    }
}

#[test]
fn the_suite_has_a_case_for_each_point_of_the_contract() {
    let there: Vec<&str> = cases().into_iter().map(|case| case.id).collect();
    for point in [
        "identity",
        "read-",
        "write-",
        "write-password",
        "password-kept",
        "test-mail",
        "logout-",
        "login-refused",
        "no-password-set",
        "expired-",
        "token-stale",
        "busy",
        "lost-reply",
        "dropped-write",
        "field-missing",
        "field-doubled",
        "other-labels",
        "other-ids",
        "book-read",
        "book-add",
        "book-change",
        "book-remove",
        "book-group",
        "book-locked",
        "book-lost-reply",
        "book-dropped-write",
        "book-expired",
        "book-full",
        "book-other-ids",
    ] {
        assert!(there.iter().any(|id| id.contains(point)), "no case for {point}");
    }
    let mut once = there.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), there.len(), "two cases of one name");
}
