//! The program against every Xerox profile of the lab: from looking to rolling back, and what goes wrong on the way.
#![allow(clippy::unwrap_used)]

use std::process::Output;

use scanfleet_mocks::{DeviceHandle, Fault, FaultKind, Item, Lab, LabSpec};
use serde_json::Value;

const PHP: [&str; 5] =
    ["altalink-c8155", "workcentre-7835", "workcentre-7835-old", "workcentre-5735", "versalink-c415"];

const PLAYBOOK: &str = "name: new relay
plays:
  - name: all
    target: vendor=xerox
    smtp:
      server: smtp.new.example
      port: 587
      security: starttls
      sender: scan@new.example
      auth:
        user: scan@new.example
        password: { secret: 'file:secrets/smtp.txt' }
";

struct Bench {
    lab: Lab,
    workspace: tempfile::TempDir,
}

struct Said {
    code: i32,
    json: Value,
    stderr: String,
}

impl Bench {
    async fn start(profile: &str) -> Self {
        let mut spec = LabSpec::single(profile);
        let device = &mut spec.devices[0];
        device.next_smtp_password = Some("app-password-not-a-secret".into());
        device.settings.set(Item::SmtpServer, "10.1.1.20");
        device.settings.set(Item::DeviceAddress, "old@old.example");
        let lab = Lab::start(spec).await.unwrap();
        let workspace = tempfile::tempdir().unwrap();
        lab.write_workspace(workspace.path()).unwrap();
        let secrets = workspace.path().join("secrets");
        std::fs::rename(secrets.join("smtp-copier.txt"), secrets.join("smtp.txt")).unwrap();
        std::fs::write(workspace.path().join("relay.yaml"), PLAYBOOK).unwrap();
        Self { lab, workspace }
    }

    fn device(&self) -> DeviceHandle {
        self.lab.device("copier")
    }

    /// Runs the program in the workspace.
    async fn run(&self, arguments: &[&str]) -> Said {
        let workspace = self.workspace.path().to_owned();
        let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
        let Output { status, stdout, stderr } = tokio::task::spawn_blocking(move || {
            std::process::Command::new(env!("CARGO_BIN_EXE_scanfleet"))
                .args(["--format", "json"])
                .args(arguments)
                .current_dir(&workspace)
                .output()
                .unwrap()
        })
        .await
        .unwrap();
        let stderr = String::from_utf8_lossy(&stderr).into_owned();
        let text = String::from_utf8_lossy(&stdout).into_owned();
        for said in [&text, &stderr] {
            assert!(!said.contains("app-password-not-a-secret"), "{said}");
            assert!(!said.contains("lab-admin-not-a-secret"), "{said}");
        }
        let json = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Said { code: status.code().unwrap_or(-1), json, stderr }
    }

    async fn apply(&self) -> Said {
        self.run(&["apply", "relay.yaml", "--yes"]).await
    }

    async fn stop(self) {
        assert_eq!(self.device().state().sessions, 0, "a session stayed open");
        self.lab.shutdown().await;
    }
}

impl Said {
    /// The result and the category of the only device, wherever the command puts it.
    fn outcome(&self) -> (String, String) {
        let devices = self.json.get("devices").and_then(Value::as_array);
        let device =
            devices.and_then(|all| all.first()).unwrap_or_else(|| panic!("{} {}", self.json, self.stderr));
        let text = |key: &str| device.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        (text("result"), text("category"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_looking_to_rolling_back() {
    for profile in PHP {
        let bench = Bench::start(profile).await;
        let before = bench.device().state().settings;
        let probe = bench.run(&["probe"]).await;
        assert_eq!(probe.code, 0, "{profile}: {} {}", probe.json, probe.stderr);
        let show = bench.run(&["show", "copier"]).await;
        assert!(show.json.to_string().contains("10.1.1.20"), "{profile}: {} {}", show.json, show.stderr);
        let plan = bench.run(&["plan", "relay.yaml", "--detailed-exitcode"]).await;
        assert_eq!(plan.code, 4, "{profile}: {} {}", plan.json, plan.stderr);
        assert_eq!(bench.device().state().writes, 0, "{profile}: a plan wrote");
        let apply = bench.apply().await;
        assert_eq!(apply.code, 0, "{profile}: {} {}", apply.json, apply.stderr);
        let state = bench.device().state();
        assert_eq!(state.settings.get(Item::SmtpServer), "smtp.new.example", "{profile}");
        assert_eq!(state.settings.get(Item::SmtpSecurity), "starttls", "{profile}");
        assert_eq!(state.settings.get(Item::UserJobsLogin), "system", "{profile}");
        assert_eq!(state.settings.get(Item::SystemJobsLogin), "system", "{profile}");
        assert_eq!((state.writes, state.smtp_password_set()), (1, true), "{profile}");
        let again = bench.run(&["plan", "relay.yaml", "--detailed-exitcode"]).await;
        assert_eq!(again.code, 0, "{profile}: {} {}", again.json, again.stderr);
        let back = bench.run(&["rollback", "last", "--yes"]).await;
        assert_eq!(back.code, 0, "{profile}: {} {}", back.json, back.stderr);
        assert_eq!(bench.device().state().settings, before, "{profile}");
        bench.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_has_its_name_and_leaves_nothing_behind() {
    for profile in ["altalink-c8155", "workcentre-7835", "workcentre-5735"] {
        for (fault, result, category, writes) in [
            (Fault::new(FaultKind::WrongPassword), "failed", "auth-refused", 0),
            (Fault::new(FaultKind::FieldMissing { item: Item::SmtpServer }), "failed", "page-changed", 0),
            (Fault::new(FaultKind::FieldTwice { item: Item::SmtpUser }), "failed", "page-changed", 0),
            (Fault::new(FaultKind::Busy), "failed", "busy", 0),
            (Fault::new(FaultKind::DroppedWrite), "failed", "not-applied", 0),
            (Fault::new(FaultKind::ExpireSession).times(1).on("@save"), "changed", "", 1),
            (
                Fault::new(FaultKind::OtherModel { model: "Brother MFC-L8900CDW".into() }),
                "failed",
                "unknown-model",
                0,
            ),
        ] {
            let name = format!("{profile} {:?}", fault.kind);
            let bench = Bench::start(profile).await;
            bench.device().fault(fault);
            let apply = bench.apply().await;
            assert_eq!(
                apply.outcome(),
                (result.into(), category.into()),
                "{name}: {} {}",
                apply.json,
                apply.stderr
            );
            let state = bench.device().state();
            assert_eq!(state.writes, writes, "{name}");
            if category == "auth-refused" {
                let logins = bench.device().requests().iter().filter(|r| r.kind == "login").count();
                assert_eq!(logins, 1, "{name}");
            }
            bench.stop().await;
        }
        // The reply is lost and the device has stored it: reading back settles what can be read. Whether the password was
        // taken, nobody knows.
        let bench = Bench::start(profile).await;
        bench.device().fault(Fault::new(FaultKind::LostReply));
        let apply = bench.apply().await;
        let (_, category) = apply.outcome();
        assert!(
            category.is_empty() || category == "unconfirmed",
            "{profile}: {} {}",
            apply.json,
            apply.stderr
        );
        assert_eq!(bench.device().state().writes, 1, "{profile}: a write was sent twice");
        bench.stop().await;
    }
}
