//! The first story: a law firm's two machines, of two makers, whose mail provider dropped plain passwords.

use std::sync::Arc;

use scanfleet_mocks::{DeviceInfo, Lab, LabSpec};
use scanfleet_sdk::Secret;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::super::apply::{About, keep_and_run};
use super::super::args::Format;
use super::super::ui::Ui;
use super::super::{plan, render};
use super::control::Control;
use super::story::{device, expect, hex, secret_name, text};
use crate::files::SourceFile;
use crate::inventory::Inventory;
use crate::journal::{Journal, RunKind};
use crate::playbook::Playbook;
use crate::run::{Engine, Mode, ResultKind, RunOutcome, Settings, Silent, Task};
use crate::secrets::{Backend, Secrets, SecretsConfig};

/// The playbook that ships with the program; its account is the law firm's here.
const PLAYBOOK: &str = include_str!("../../../playbooks/gmail-app-password.yaml");
const PLAYBOOK_ACCOUNT: &str = "scan@lawfirm.example";
const ACCOUNT: &str = "scan@larkin-pryor.example";

/// The story while it is told.
pub(super) struct LawFirm {
    ui: Ui,
    lab: Option<Lab>,
    control: Control,
    engine: Engine,
    inventory: Inventory,
    playbook: Playbook,
    infos: Vec<DeviceInfo>,
    app_passwords: Vec<Secret>,
    _workspace: tempfile::TempDir,
}

impl LawFirm {
    /// Names that stay, and what a person reads.
    pub(super) const STEPS: [(&'static str, &'static str); 4] = [
        (
            "law-firm",
            "Another story: a law firm, one Xerox, one Brother, and a provider that dropped plain passwords",
        ),
        ("law-plan", "One playbook for both makers, an app password for each"),
        ("law-apply", "Apply it and ask the machines what they hold"),
        ("law-scan", "Both scan again"),
    ];

    /// How many machines the firm has.
    pub(super) const DEVICES: usize = 2;

    pub(super) async fn begin(ui: &Ui, cancel: &CancellationToken) -> Result<Self, String> {
        let spec = LabSpec::story_one();
        let app_passwords: Vec<Secret> =
            spec.devices.iter().filter_map(|d| d.next_smtp_password.clone()).map(Secret::new).collect();
        let lab = Lab::start(spec).await.map_err(|e| e.to_string())?;
        let control = Control::new(lab.control_url())?;
        let infos = lab.devices();
        let workspace = tempfile::tempdir().map_err(|e| e.to_string())?;
        let journal = Journal::open(workspace.path()).map_err(|e| e.to_string())?;
        let secrets = Secrets::open(SecretsConfig { index_dir: None, backend: Backend::Memory })
            .map_err(|e| e.to_string())?;
        for (info, app_password) in infos.iter().zip(&app_passwords) {
            let admin = Secret::new(info.admin_password_in_inventory.clone());
            secrets.set(&secret_name(info), &admin).map_err(|e| e.to_string())?;
            secrets.set(&format!("gmail/{}", info.vendor), app_password).map_err(|e| e.to_string())?;
        }
        let inventory = Inventory {
            file: workspace.path().join("inventory.csv"),
            devices: infos.iter().map(device).collect::<Result<_, _>>()?,
            sites: Vec::new(),
            notes: Vec::new(),
        };
        let source = SourceFile::from_text(
            workspace.path().join("gmail-app-password.yaml"),
            PLAYBOOK.replace(PLAYBOOK_ACCOUNT, ACCOUNT),
        );
        let playbook = Playbook::read(source).map_err(|e| e.to_string())?;
        let settings = Settings { cancel: cancel.clone(), host: "demo".into(), ..Settings::default() };
        let engine = Engine::new(journal, secrets, settings, Arc::new(Silent));
        Ok(Self {
            ui: ui.clone(),
            lab: Some(lab),
            control,
            engine,
            inventory,
            playbook,
            infos,
            app_passwords,
            _workspace: workspace,
        })
    }

    pub(super) async fn step(&mut self, name: &str) -> Result<String, String> {
        match name {
            "law-firm" => self.firm().await,
            "law-plan" => self.plan().await,
            "law-apply" => self.apply().await,
            _ => self.scan().await,
        }
    }

    pub(super) async fn end(&mut self) {
        if let Some(lab) = self.lab.take() {
            lab.shutdown().await;
        }
    }

    async fn firm(&self) -> Result<String, String> {
        let mut replies = Vec::new();
        for info in &self.infos {
            let scan = self.control.scan(&info.name, "frontdesk@larkin-pryor.example").await?;
            expect(scan["sent"] == false, || format!("{} can send", info.name))?;
            let reply = text(&scan["reply"]);
            let short: String = reply.chars().take(48).collect();
            replies.push(format!("{} ({}) hears \u{201c}{short}\u{2026}\u{201d}", info.name, info.model));
        }
        Ok(format!("{}. The cause is upstream and shared.", replies.join("; ")))
    }

    async fn tasks(&self) -> Result<Vec<Task>, String> {
        let wishes = plan::wishes(&self.playbook, &self.inventory, &self.inventory.devices)
            .map_err(|e| e.to_string())?;
        plan::tasks(&self.engine, wishes).await.map_err(|e| e.to_string())
    }

    async fn plan(&self) -> Result<String, String> {
        let outcomes = self.engine.run(self.tasks().await?, Mode::Plan).await;
        let outcome = RunOutcome::of(None, None, outcomes, self.engine.settings.cancel.is_cancelled());
        if let Some(failed) = outcome.devices.iter().find(|d| d.result != ResultKind::Pending) {
            return Err(format!("{}: {}", failed.name, failed.message));
        }
        if self.ui.format == Format::Text {
            render::changes(&self.ui, &outcome.devices).map_err(|e| e.to_string())?;
        }
        Ok("Both machines would move to port 587 with STARTTLS and an app password. Nothing was written."
            .into())
    }

    async fn apply(&self) -> Result<String, String> {
        let about = About {
            kind: RunKind::Apply,
            playbook: Some(self.playbook.name.clone()),
            playbook_sha256: Some(self.playbook.sha256.clone()),
            what: serde_json::json!({"demo": true}),
            of_run: None,
        };
        let outcome =
            keep_and_run(&self.engine, about, self.tasks().await?).await.map_err(|e| e.to_string())?;
        if let Some(failed) = outcome.devices.iter().find(|d| d.result != ResultKind::Changed) {
            return Err(format!("{}: {}", failed.name, failed.message));
        }
        for ((info, held), app_password) in
            self.infos.iter().zip(self.control.devices().await?).zip(&self.app_passwords)
        {
            let settings = &held["settings"];
            let right = settings["smtp_server"] == "smtp.gmail.com"
                && settings["smtp_port"] == "587"
                && held["passwords"]["smtp"] == hex(&Sha256::digest(app_password.expose())).as_str();
            expect(right, || format!("{} does not hold the new settings", info.name))?;
            expect(held["sessions"].as_u64() == Some(0), || format!("{} has an open session", info.name))?;
        }
        Ok("Both really hold server, port and their own app password. No session is left open.".into())
    }

    async fn scan(&self) -> Result<String, String> {
        for info in &self.infos {
            let scan = self.control.scan(&info.name, "frontdesk@larkin-pryor.example").await?;
            expect(scan["sent"] == true, || format!("{}: {}", info.name, scan["reply"]))?;
        }
        let arrived = self.control.messages().await?.len();
        expect(arrived == self.infos.len(), || format!("{arrived} messages arrived"))?;
        Ok(format!("{arrived} scans arrived through smtp.gmail.com, one from each machine."))
    }
}
