//! A plan over many simulated copiers without any delay of their own: what the program itself costs.
//!
//! The copiers run in the same process, so their work is measured too.

use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use scanfleet::inventory::Inventory;
use scanfleet::journal::Journal;
use scanfleet::plan::Desired;
use scanfleet::run::{Aim, Engine, Mode, ResultKind, Settings, Silent, Task};
use scanfleet::secrets::{Backend, Secrets, SecretsConfig};
use scanfleet_mocks::{Lab, LabSpec};

struct Fleet {
    lab: Lab,
    engine: Engine,
    tasks: Vec<Task>,
    _workspace: tempfile::TempDir,
}

async fn fleet(devices: usize) -> Fleet {
    let lab = Lab::start(LabSpec::of(devices)).await.unwrap();
    let workspace = tempfile::tempdir().unwrap();
    let inventory = Inventory::load(&lab.write_workspace(workspace.path()).unwrap()).unwrap();
    let journal = Journal::open(&workspace.path().join(".scanfleet")).unwrap();
    let secrets =
        Secrets::open(SecretsConfig { index_dir: Some(workspace.path().into()), backend: Backend::Memory })
            .unwrap();
    let engine = Engine::new(journal, secrets, Settings::default(), Arc::new(Silent));
    let mut tasks = Vec::new();
    for device in &inventory.devices {
        let admin = match &device.admin_secret {
            Some(reference) => Some(engine.secret(reference, None).await.unwrap()),
            None => None,
        };
        let desired =
            Desired { server: Some("smtp.office365.com".into()), port: Some(587), ..Desired::default() };
        let aim =
            Aim { desired, password: None, unrestorable: Vec::new(), unrestorable_because: None, book: None };
        tasks.push(Task { device: device.clone(), admin, aim, expected: None });
    }
    Fleet { lab, engine, tasks, _workspace: workspace }
}

fn plans(c: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // `cargo bench` says so; as a test, each runs once and small.
    let measured = std::env::args().any(|arg| arg == "--bench");
    let mut group = c.benchmark_group("plan");
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(10));
    for devices in if measured { &[26, 500][..] } else { &[4] } {
        let fleet = runtime.block_on(fleet(*devices));
        group.bench_function(format!("{devices} devices"), |b| {
            b.to_async(&runtime).iter(|| async {
                let outcomes = fleet.engine.run(fleet.tasks.clone(), Mode::Plan).await;
                assert!(outcomes.iter().all(|o| o.result == ResultKind::Pending), "{:?}", outcomes[0]);
            });
        });
        runtime.block_on(fleet.lab.shutdown());
    }
    group.finish();
}

criterion_group!(benches, plans);
criterion_main!(benches);
