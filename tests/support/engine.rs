//! The engine as a library, where a test needs short time-outs or secrets in memory.

use std::sync::Arc;
use std::time::Duration;

use scanfleet::files::SecretRef;
use scanfleet::inventory::Device;
use scanfleet::journal::{Journal, NewRun, RunId, RunKind};
use scanfleet::plan::{Desired, DesiredPassword};
use scanfleet::run::{
    Aim, DeviceOutcome, Engine, Mode, ResultKind, RunOutcome, Settings as EngineSettings, Silent, Task,
};
use scanfleet::secrets::{Backend, Secrets, SecretsConfig};
use scanfleet_sdk::{AuthMethod, Secret, Security};

use super::Bench;

/// The name of the mail account's password in memory.
pub const SCAN: &str = "m365/scan";

/// Secrets in memory, with the mail account's password.
pub fn secrets() -> Secrets {
    let secrets = Secrets::open(SecretsConfig { index_dir: None, backend: Backend::Memory }).unwrap();
    secrets.set(SCAN, &Secret::new(super::SCAN_PASSWORD.into())).unwrap();
    secrets
}

/// What the playbook wants.
pub fn wish() -> Desired {
    Desired {
        server: Some("smtp.office365.com".into()),
        port: Some(587),
        security: Some(Security::Starttls),
        sender: Some("scan@northshore.example".into()),
        auth_method: Some(AuthMethod::Password),
        auth_user: Some("scan@northshore.example".into()),
        auth_sender: None,
        password: DesiredPassword::Secret { reference: SecretRef::Keyring(SCAN.into()), version: None },
    }
}

/// Another server and nothing else; needs no password.
pub fn other_server(server: &str) -> Desired {
    Desired { server: Some(server.into()), ..Desired::default() }
}

impl Bench {
    /// The workspace's journal.
    pub fn journal(&self) -> Journal {
        Journal::open(&self.state_dir()).unwrap()
    }

    /// An engine over this workspace.
    pub fn engine(&self) -> Engine {
        self.engine_with(secrets(), |_| {})
    }

    /// An engine with other settings.
    pub fn engine_with(&self, secrets: Secrets, change: impl FnOnce(&mut EngineSettings)) -> Engine {
        self.engine_over(self.journal(), secrets, change)
    }

    /// An engine over a journal that was opened in a special way.
    pub fn engine_over(
        &self,
        journal: Journal,
        secrets: Secrets,
        change: impl FnOnce(&mut EngineSettings),
    ) -> Engine {
        let mut settings = EngineSettings { host: "bench".into(), ..EngineSettings::default() };
        // A loaded machine must not look like a dead device.
        settings.limits.connect = Duration::from_secs(20);
        settings.limits.handshake = Duration::from_secs(30);
        change(&mut settings);
        Engine::new(journal, secrets, settings, Arc::new(Silent))
    }
}

/// The task that brings a device to a wish, with every secret resolved.
pub async fn task(engine: &Engine, device: Device, desired: Desired) -> Task {
    let admin = match &device.admin_secret {
        Some(reference) => Some(engine.secret(reference, None).await.unwrap()),
        None => None,
    };
    let password = match &desired.password {
        DesiredPassword::Keep => None,
        DesiredPassword::Secret { reference, version } => {
            Some(engine.secret(reference, *version).await.unwrap())
        }
    };
    Task { device, admin, aim: Aim { desired, password, ..Aim::default() }, expected: None }
}

/// Starts a run of the journal.
pub fn start(engine: &Engine, kind: RunKind, of_run: Option<RunId>) -> RunId {
    let new = NewRun {
        kind,
        playbook: Some("test".into()),
        playbook_sha256: None,
        what: serde_json::json!({}),
        host: "bench".into(),
        user: "tester".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        of_run,
    };
    engine.journal.start_run(&new).unwrap()
}

/// Carries tasks out as a run of the journal.
pub async fn carry_out(engine: &Engine, kind: RunKind, tasks: Vec<Task>) -> (RunId, RunOutcome) {
    let run = start(engine, kind, None);
    let mode = if kind == RunKind::Apply { Mode::Apply(run) } else { Mode::Rollback(run) };
    let outcomes = engine.run(tasks, mode).await;
    let outcome =
        RunOutcome::of(Some(run.to_string()), None, outcomes, engine.settings.cancel.is_cancelled());
    // A full journal cannot take the end of the run either; the test looks at what it came to.
    let _ = engine.journal.finish_run(&run, outcome.status, &outcome.counts);
    (run, outcome)
}

/// Brings the first device of the workspace to a wish.
pub async fn apply(bench: &Bench, engine: &Engine, desired: Desired) -> (RunId, DeviceOutcome) {
    let device = bench.inventory().devices[0].clone();
    let task = task(engine, device, desired).await;
    let (run, mut outcome) = carry_out(engine, RunKind::Apply, vec![task]).await;
    (run, outcome.devices.remove(0))
}

/// What bringing the first device of the workspace to a wish would change.
pub async fn plan(bench: &Bench, engine: &Engine, desired: Desired) -> DeviceOutcome {
    let device = bench.inventory().devices[0].clone();
    let task = task(engine, device, desired).await;
    engine.run(vec![task], Mode::Plan).await.remove(0)
}

/// Takes every device of a run back.
pub async fn rollback(bench: &Bench, engine: &Engine, run: RunId) -> RunOutcome {
    let restores = engine.before_run(run, &bench.inventory(), |_| true).await.unwrap();
    let mut tasks = Vec::new();
    for restore in &restores.devices {
        let admin = engine.secret(restore.device.admin_secret.as_ref().unwrap(), None).await.unwrap();
        tasks.push(restore.task(Some(admin)).unwrap());
    }
    carry_out(engine, RunKind::Rollback, tasks).await.1
}

/// Fails unless the device came out as changed and read back equal.
#[track_caller]
pub fn assert_changed(outcome: &DeviceOutcome) {
    assert_eq!(outcome.result, ResultKind::Changed, "{}", outcome.message);
}
