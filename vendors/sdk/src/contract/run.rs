//! Every case on every profile, at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::bench::{Bench, Profile, Standing};
use super::cases::{Case, For, cases};
use super::device::Stand;
use super::leak::Said;
use super::matrix::{Matrix, Stop, Verdict};

/// Cases in flight; each has a device and a mail server of its own.
const AT_ONCE: usize = 32;

/// A case that has not ended by then never will; nothing is measured by it.
const HANGS: Duration = Duration::from_secs(120);

/// Runs every case on every profile whose name `wanted` accepts.
pub async fn run(bench: Arc<dyn Bench>, wanted: impl Fn(&str, &str) -> bool) -> Matrix {
    let profiles = bench.profiles();
    let mut matrix = Matrix {
        profiles: profiles.iter().map(|profile| profile.name.clone()).collect(),
        cases: cases().iter().map(|case| case.id).collect(),
        gaps: gaps(bench.as_ref(), &profiles),
        ..Matrix::default()
    };
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for profile in &profiles {
        for case in cases() {
            let key = (profile.name.clone(), case.id);
            if !wanted(&profile.name, case.id) {
                let why = "left out of this run".to_owned();
                matrix.verdicts.insert(key, Verdict::NotApplicable(why));
                continue;
            }
            let (bench, profile, seats) = (Arc::clone(&bench), profile.clone(), Arc::clone(&seats));
            tasks.spawn(async move {
                let _seat = seats.acquire_owned().await;
                // A task of its own, so that a panic is one case's failure.
                let verdict = tokio::spawn(one(bench, profile, case)).await;
                let verdict =
                    verdict.unwrap_or_else(|error| Verdict::Failed(format!("the driver broke: {error}")));
                (key, verdict)
            });
        }
    }
    while let Some(done) = tasks.join_next().await {
        if let Ok((key, verdict)) = done {
            matrix.verdicts.insert(key, verdict);
        }
    }
    matrix
}

async fn one(bench: Arc<dyn Bench>, profile: Profile, case: Case) -> Verdict {
    match (&profile.standing, case.suits) {
        (Standing::Driven, For::Refused) => {
            return Verdict::NotApplicable("the profile is driven, not refused".into());
        }
        (Standing::Refused { .. }, For::Driven) => {
            return Verdict::NotApplicable("the profile is recognised and refused".into());
        }
        _ => {}
    }
    let said = Said::default();
    let stand = Stand { bench, profile, said: said.clone() };
    let ended = tokio::time::timeout(HANGS, (case.run)(&stand)).await;
    if let Some(leak) = said.leak() {
        return Verdict::Failed(leak);
    }
    match ended {
        Ok(Ok(())) => Verdict::Passed,
        Ok(Err(Stop::NotApplicable(why))) => Verdict::NotApplicable(why),
        Ok(Err(Stop::Failed(why))) => Verdict::Failed(why),
        Err(_) => Verdict::Failed("did not end".into()),
    }
}

/// Adapters without a driven profile, and profiles without an adapter.
fn gaps(bench: &dyn Bench, profiles: &[Profile]) -> Vec<String> {
    let adapters = bench.adapters();
    let mut gaps = Vec::new();
    for adapter in &adapters {
        let driven =
            |profile: &&Profile| profile.maker == adapter.name() && profile.standing == Standing::Driven;
        if !profiles.iter().any(|profile| driven(&profile)) {
            gaps.push(format!("the bench has no profile for the adapter {}", adapter.name()));
        }
    }
    for profile in profiles {
        if !adapters.iter().any(|adapter| adapter.name() == profile.maker) {
            gaps.push(format!("there is no adapter {} for the profile {}", profile.maker, profile.name));
        }
    }
    gaps
}
