//! The steps of the demo, each checked against what the copiers really hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use scanfleet_mocks::{DeviceInfo, Lab, LabSpec};
use scanfleet_sdk::transport::{Endpoint, TlsProfile};
use scanfleet_sdk::{Category, Secret};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::super::apply::{About, keep_and_run};
use super::super::args::Format;
use super::super::plan;
use super::super::progress::Progress;
use super::super::render;
use super::super::ui::Ui;
use super::control::Control;
use crate::files::{SecretRef, SourceFile};
use crate::inventory::{Device, Inventory, Place};
use crate::journal::{Journal, RunId, RunKind};
use crate::plan::group;
use crate::playbook::Playbook;
use crate::run::{Engine, Mode, ResultKind, RunOutcome, Settings, Silent, Task, View};
use crate::secrets::{Backend, Secrets, SecretsConfig};

/// How many copiers the story has.
pub(super) const DEVICES: usize = 26;

/// The playbook of the story, the same as the lab's but for the password, which lives in memory here.
const PLAYBOOK: &str = include_str!("../lab_playbook.yaml");
const PASSWORD_FILE: &str = "file:secrets/m365-scan.txt";
const PASSWORD_NAME: &str = "m365/scan";

/// The story while it is told.
pub(super) struct Story {
    pub(super) ui: Ui,
    lab: Option<Lab>,
    pub(super) control: Control,
    pub(super) engine: Engine,
    pub(super) inventory: Inventory,
    playbook: Playbook,
    mail_password: Secret,
    infos: Vec<DeviceInfo>,
    /// Holds the journal and the list of people; goes with the story.
    pub(super) workspace: tempfile::TempDir,
    /// What the copiers really held at the beginning, by name.
    pub(super) before: BTreeMap<String, Value>,
    run: Option<RunId>,
    pub(super) hero: String,
}

impl Story {
    /// Names that stay, and what a person reads.
    pub(super) const STEPS: [(&'static str, &'static str); 12] = [
        ("fleet", "The fleet: one hospital group, four subnets"),
        ("read", "Read what every copier holds"),
        ("scan-before", "Somebody scans a page, and it does not arrive"),
        ("plan", "Plan the move; nothing is changed"),
        ("apply", "Apply the plan, several copiers at once"),
        ("verify", "Are the settings really there? Ask the copiers, not the program"),
        ("scan-refused", "Scan again: the settings are right, and Microsoft's switch is not"),
        ("scan-after", "The administrator allows SMTP AUTH, and the scan arrives"),
        ("idempotent", "Apply once more: nothing left to do"),
        ("panel", "Somebody changes one copier at its panel"),
        ("drift", "Find the drift"),
        ("rollback", "Take everything back"),
    ];

    pub(super) async fn begin(ui: &Ui, cancel: &CancellationToken) -> Result<Self, String> {
        let lab = Lab::start(LabSpec::demo()).await.map_err(|e| e.to_string())?;
        let control = Control::new(lab.control_url())?;
        let infos = lab.devices();
        let workspace = tempfile::tempdir().map_err(|e| e.to_string())?;
        let journal = Journal::open(workspace.path()).map_err(|e| e.to_string())?;
        let secrets = Secrets::open(SecretsConfig { index_dir: None, backend: Backend::Memory })
            .map_err(|e| e.to_string())?;
        let mail_password = Secret::new(mail_password(&lab)?);
        secrets.set(PASSWORD_NAME, &mail_password).map_err(|e| e.to_string())?;
        for info in &infos {
            secrets
                .set(&secret_name(info), &Secret::new(info.admin_password_in_inventory.clone()))
                .map_err(|e| e.to_string())?;
        }
        let inventory = Inventory {
            file: workspace.path().join("inventory.csv"),
            devices: infos.iter().map(device).collect::<Result<_, _>>()?,
            sites: Vec::new(),
            notes: Vec::new(),
        };
        let text = PLAYBOOK.replace(PASSWORD_FILE, &format!("keyring:{PASSWORD_NAME}"));
        let source = SourceFile::from_text(workspace.path().join("microsoft-365.yaml"), text);
        let playbook = Playbook::read(source).map_err(|e| e.to_string())?;
        let settings = Settings { cancel: cancel.clone(), host: "demo".into(), ..Settings::default() };
        let engine = Engine::new(journal, secrets, settings, Arc::new(Silent));
        let hero = infos
            .iter()
            .find(|info| !info.dead && info.password_is_right)
            .map(|info| info.name.clone())
            .ok_or("the lab has no healthy copier")?;
        Ok(Self {
            ui: ui.clone(),
            lab: Some(lab),
            control,
            engine,
            inventory,
            playbook,
            mail_password,
            infos,
            workspace,
            before: BTreeMap::new(),
            run: None,
            hero,
        })
    }

    pub(super) async fn step(&mut self, name: &str) -> Result<String, String> {
        match name {
            "fleet" => self.fleet().await,
            "read" => self.read().await,
            "scan-before" => self.scan_before().await,
            "plan" => self.plan().await,
            "apply" => self.apply().await,
            "verify" => self.verify().await,
            "scan-refused" => self.scan_refused().await,
            "scan-after" => self.scan_after().await,
            "idempotent" => self.idempotent().await,
            "panel" => self.panel().await,
            "drift" => self.drift().await,
            _ => self.rollback().await,
        }
    }

    pub(super) async fn end(&mut self) {
        if let Some(lab) = self.lab.take() {
            lab.shutdown().await;
        }
    }

    pub(super) fn healthy(&self) -> impl Iterator<Item = &DeviceInfo> {
        self.infos.iter().filter(|info| !info.dead && info.password_is_right)
    }

    /// The engine with progress for a number of devices.
    fn with_progress(&self, total: usize) -> Engine {
        self.engine.heard_by(Arc::new(Progress::new(&self.ui, total)))
    }

    async fn fleet(&mut self) -> Result<String, String> {
        self.control.tenant(&json!({"smtp_auth": false, "clear": true})).await?;
        let devices = self.control.devices().await?;
        expect(devices.len() == DEVICES, || {
            format!("the lab runs {} copiers, not {DEVICES}", devices.len())
        })?;
        let mut subnets: Vec<&str> = self.infos.iter().map(|i| i.subnet.as_str()).collect();
        subnets.sort_unstable();
        subnets.dedup();
        let mut servers: Vec<String> = devices.iter().map(|d| text(&d["settings"]["smtp_server"])).collect();
        servers.sort_unstable();
        servers.dedup();
        let old = servers.join(" and ");
        self.before = by_name(devices);
        Ok(format!(
            "{DEVICES} Ricoh copiers of two generations on {} subnets. They send through {old}, one server that was shut down. \
             One copier is dead, and one has another administrator password.",
            subnets.len()
        ))
    }

    async fn read(&mut self) -> Result<String, String> {
        let engine = self.with_progress(DEVICES);
        let devices = super::super::context::with_passwords(&engine, self.inventory.devices.clone())
            .await
            .map_err(|e| e.to_string())?;
        let results = engine.views(devices, View::Smtp).await;
        let (mut read, mut dead, mut locked_out) = (0, 0, 0);
        for (info, result) in self.infos.iter().zip(results) {
            match result {
                Some(Ok(view)) => {
                    let smtp = view.smtp.ok_or("a copier was read without its settings")?;
                    let truth = &self.before[&info.name]["settings"];
                    expect(truth["smtp_server"] == smtp.server.as_str(), || {
                        format!("{} holds {}, and {} was read", info.name, truth["smtp_server"], smtp.server)
                    })?;
                    read += 1;
                }
                Some(Err(error)) if error.category == Category::Unreachable && info.dead => dead += 1,
                Some(Err(error)) if error.category == Category::AuthRefused && !info.password_is_right => {
                    locked_out += 1
                }
                Some(Err(error)) => return Err(format!("{}: {}: {error}", info.name, error.category)),
                None => return Err("the demo was stopped".into()),
            }
        }
        expect((dead, locked_out) == (1, 1), || {
            format!("{dead} dead and {locked_out} refused, not one of each")
        })?;
        self.nobody_logged_in().await?;
        Ok(format!(
            "{read} copiers read, and what was read is what they hold. One does not answer (unreachable), one refuses the \
             password (auth-refused, asked once and not again). No session is left open."
        ))
    }

    async fn scan_before(&mut self) -> Result<String, String> {
        let scan = self.control.scan(&self.hero, "smtptest@northshore.example").await?;
        expect(scan["sent"] == false, || "the scan was sent although the mail server is gone".into())?;
        expect(self.control.messages().await?.is_empty(), || "a message arrived".into())?;
        Ok(format!(
            "The scan at {} fails at the stage `{}`: {}.",
            self.hero,
            text(&scan["stage"]),
            text(&scan["detail"])
        ))
    }

    async fn tasks(&self, engine: &Engine) -> Result<Vec<Task>, String> {
        let wishes = plan::wishes(&self.playbook, &self.inventory, &self.inventory.devices)
            .map_err(|e| e.to_string())?;
        plan::tasks(engine, wishes).await.map_err(|e| e.to_string())
    }

    async fn planned(&self) -> Result<RunOutcome, String> {
        let engine = self.with_progress(DEVICES);
        let tasks = self.tasks(&engine).await?;
        let outcomes = engine.run(tasks, Mode::Plan).await;
        Ok(RunOutcome::of(
            None,
            Some(self.playbook.name.clone()),
            outcomes,
            engine.settings.cancel.is_cancelled(),
        ))
    }

    async fn plan(&mut self) -> Result<String, String> {
        let outcome = self.planned().await?;
        if self.ui.format == Format::Text {
            render::changes(&self.ui, &outcome.devices).map_err(|e| e.to_string())?;
        }
        let pending = outcome.count(ResultKind::Pending);
        expect(pending == self.healthy().count(), || format!("{pending} copiers would change"))?;
        let now = by_name(self.control.devices().await?);
        for (name, before) in &self.before {
            expect(
                now[name]["settings"] == before["settings"] && now[name]["writes"] == before["writes"],
                || format!("{name} was written to by a plan"),
            )?;
        }
        let groups = group(outcome.devices.iter().map(|d| (d.name.as_str(), d.changes.as_slice()))).len();
        Ok(format!(
            "{pending} copiers would change: {}. Not one of them was written to.",
            match groups {
                1 => "all alike".to_owned(),
                n => format!("{n} groups of identical changes"),
            }
        ))
    }

    async fn applied(&self) -> Result<RunOutcome, String> {
        let engine = self.with_progress(DEVICES);
        let tasks = self.tasks(&engine).await?;
        let about = About {
            kind: RunKind::Apply,
            playbook: Some(self.playbook.name.clone()),
            playbook_sha256: Some(self.playbook.sha256.clone()),
            what: json!({"demo": true}),
            of_run: None,
        };
        keep_and_run(&engine, about, tasks).await.map_err(|e| e.to_string())
    }

    async fn apply(&mut self) -> Result<String, String> {
        let outcome = self.applied().await?;
        let changed = outcome.count(ResultKind::Changed);
        let failed = outcome.count(ResultKind::Failed);
        self.run = outcome.run.as_deref().and_then(|id| id.parse().ok());
        expect(changed == self.healthy().count() && failed == 2, || {
            format!("{changed} changed and {failed} failed")
        })?;
        Ok(format!(
            "{changed} copiers changed and read back equal; the dead one and the one with another password failed, as before."
        ))
    }

    async fn verify(&mut self) -> Result<String, String> {
        let now = by_name(self.control.devices().await?);
        let password = hex(&Sha256::digest(self.mail_password.expose()));
        for info in &self.infos {
            let held = &now[&info.name];
            if !info.dead && info.password_is_right {
                let settings = &held["settings"];
                let right = settings["smtp_server"] == "smtp.office365.com"
                    && settings["smtp_port"] == "587"
                    && settings["smtp_ssl"] == "true"
                    && settings["smtp_auth"] == "true"
                    && settings["smtp_user"] == "scan@northshore.example"
                    && settings["admin_address"] == "scan@northshore.example"
                    && held["passwords"]["smtp"] == password.as_str();
                expect(right, || format!("{} does not hold the new settings", info.name))?;
                self.nothing_else_changed(&info.name, held)?;
            } else {
                expect(held["settings"] == self.before[&info.name]["settings"], || {
                    format!("{} was changed", info.name)
                })?;
            }
        }
        self.nobody_logged_in().await?;
        Ok("Every copier really holds server, port, TLS, sender, user and the right password, and every other setting of the page \
            is as it was. No session is left open."
            .into())
    }

    async fn scan_refused(&mut self) -> Result<String, String> {
        let scan = self.control.scan(&self.hero, "smtptest@northshore.example").await?;
        expect(scan["sent"] == false, || {
            "the scan was sent although SMTP AUTH is off for the tenant".into()
        })?;
        Ok(format!("Microsoft answers at the stage `{}`: {}", text(&scan["stage"]), text(&scan["reply"])))
    }

    async fn scan_after(&mut self) -> Result<String, String> {
        self.control.tenant(&json!({"smtp_auth": true})).await?;
        let scan = self.control.scan(&self.hero, "smtptest@northshore.example").await?;
        expect(scan["sent"] == true, || format!("the scan fails: {}", scan["reply"]))?;
        let messages = self.control.messages().await?;
        expect(messages.iter().any(|m| m["message_id"] == scan["message_id"]), || {
            "the message did not arrive".into()
        })?;
        Ok(format!(
            "The scan from {} is in the mailbox, sent over {} as scan@northshore.example.",
            self.hero,
            text(&scan["tls"])
        ))
    }

    async fn idempotent(&mut self) -> Result<String, String> {
        let writes = |devices: &BTreeMap<String, Value>| {
            devices.values().filter_map(|d| d["writes"].as_u64()).sum::<u64>()
        };
        let before = writes(&by_name(self.control.devices().await?));
        let outcome = self.applied().await?;
        let after = writes(&by_name(self.control.devices().await?));
        let unchanged = outcome.count(ResultKind::Unchanged);
        expect(unchanged == self.healthy().count() && before == after, || {
            format!("{unchanged} copiers unchanged, {} writes", after - before)
        })?;
        Ok(format!("{unchanged} copiers hold what they should, the password included; nothing was written."))
    }

    async fn panel(&mut self) -> Result<String, String> {
        let settings = json!({"smtp_server": "mail.elsewhere.example", "smtp_port": 25});
        let held = self.control.panel(&self.hero, &settings).await?;
        expect(held["settings"]["smtp_server"] == "mail.elsewhere.example", || {
            "the panel's change was not taken".into()
        })?;
        Ok(format!("{} now sends through mail.elsewhere.example, port 25.", self.hero))
    }

    async fn drift(&mut self) -> Result<String, String> {
        let outcome = self.planned().await?;
        let drifted: Vec<_> = outcome.devices.iter().filter(|d| d.result == ResultKind::Pending).collect();
        expect(drifted.len() == 1 && drifted[0].name == self.hero, || {
            format!("{} copiers differ", drifted.len())
        })?;
        if self.ui.format == Format::Text {
            render::changes(&self.ui, &outcome.devices).map_err(|e| e.to_string())?;
        }
        Ok(format!(
            "{} is the one that differs: {}.",
            self.hero,
            crate::files::words::count(drifted[0].changes.len(), "setting")
        ))
    }

    async fn rollback(&mut self) -> Result<String, String> {
        let run = self.run.ok_or("there is no run to take back")?;
        let engine = self.with_progress(self.healthy().count());
        let restores = engine.before_run(run, &self.inventory, |_| true).await.map_err(|e| e.to_string())?;
        let devices = restores.devices.iter().map(|r| r.device.clone()).collect();
        let mut tasks = Vec::new();
        let admins =
            super::super::context::with_passwords(&engine, devices).await.map_err(|e| e.to_string())?;
        for ((_, admin), restore) in admins.into_iter().zip(&restores.devices) {
            tasks.push(restore.task(admin)?);
        }
        let about = About {
            kind: RunKind::Rollback,
            playbook: Some(self.playbook.name.clone()),
            playbook_sha256: None,
            what: json!({"demo": true}),
            of_run: Some(run),
        };
        let outcome = keep_and_run(&engine, about, tasks).await.map_err(|e| e.to_string())?;
        let back = outcome.count(ResultKind::RolledBack);
        expect(back == self.healthy().count(), || format!("{back} copiers were taken back"))?;
        let now = by_name(self.control.devices().await?);
        for (name, before) in &self.before {
            expect(now[name]["settings"] == before["settings"], || {
                format!("{name} does not hold what it held at first")
            })?;
        }
        self.nobody_logged_in().await?;
        Ok(format!(
            "{back} copiers hold what they held at first, the one changed at its panel included. Their former passwords were \
             never known to anybody here, and the answer names them as unrestorable."
        ))
    }

    async fn nobody_logged_in(&self) -> Result<(), String> {
        let open = self.control.devices().await?.iter().filter(|d| d["sessions"].as_u64() != Some(0)).count();
        expect(open == 0, || format!("{open} copiers have an open session"))
    }

    /// Settings that the playbook does not name are as they were.
    fn nothing_else_changed(&self, name: &str, held: &Value) -> Result<(), String> {
        const NAMED: [&str; 7] = [
            "smtp_server",
            "smtp_port",
            "smtp_ssl",
            "smtp_auth",
            "smtp_user",
            "admin_address",
            "smtp_auth_address",
        ];
        let (Some(before), Some(now)) =
            (self.before[name]["settings"].as_object(), held["settings"].as_object())
        else {
            return Err(format!("the lab does not tell what {name} holds"));
        };
        for (key, value) in before.iter().filter(|(key, _)| !NAMED.contains(&key.as_str())) {
            expect(now.get(key) == Some(value), || {
                format!("{key} of {name} changed from {value} to {:?}", now.get(key))
            })?;
        }
        Ok(())
    }
}

/// The password of the tenant's scan account.
fn mail_password(lab: &Lab) -> Result<String, String> {
    let tenant = lab.mail().spec();
    let account = tenant.accounts.first().ok_or("the lab's mail server has no scan account")?;
    Ok(account.password.reveal().to_owned())
}

pub(super) fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

pub(super) fn by_name(devices: Vec<Value>) -> BTreeMap<String, Value> {
    devices.into_iter().filter_map(|d| Some((d["name"].as_str()?.to_owned(), d))).collect()
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().map(scanfleet_sdk::error::clean).unwrap_or_default()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub(super) fn secret_name(info: &DeviceInfo) -> String {
    format!("demo/{}/admin", info.name)
}

pub(super) fn device(info: &DeviceInfo) -> Result<Device, String> {
    Ok(Device {
        name: info.name.clone(),
        address: info.address.clone(),
        endpoint: Endpoint::parse(&info.address)?,
        vendor: Some(info.vendor.clone()),
        admin_user: Some(info.admin_user.clone()),
        admin_secret: Some(SecretRef::Keyring(secret_name(info))),
        site: Some(info.site.clone()),
        location: Some(info.location.clone()),
        model: Some(info.model.clone()),
        serial: Some(info.serial.clone()),
        subnet: info.subnet.clone(),
        tls: if info.legacy_tls { TlsProfile::Legacy } else { TlsProfile::Modern },
        tags: BTreeMap::new(),
        place: Place::default(),
    })
}
