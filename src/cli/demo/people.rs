//! The chapter of the address books: a list goes on every copier, somebody comes, somebody leaves, and what was typed in
//! at a panel stays.

use serde_json::{Value, json};

use super::super::apply::{About, keep_and_run};
use super::super::args::Format;
use super::super::{context, plan, render};
use super::story::{Story, by_name, expect};
use crate::files::SourceFile;
use crate::journal::RunKind;
use crate::playbook::Playbook;
use crate::run::{Mode, ResultKind, RunOutcome, Task, View};

/// The playbook that ships with the program.
const PLAYBOOK: &str = include_str!("../../../playbooks/address-book.yaml");

const STAYS: [&str; 2] =
    ["Front Desk,frontdesk@northshore.example", "Avery Stone,avery.stone@northshore.example"];
const LEAVER: &str = "marion.leaver@northshore.example";
const NEWCOMER: &str = "nell.newcomer@northshore.example";
const PANEL: &str = "pat.panel@northshore.example";
/// Rows of the answer to "who" that are shown.
const SHOWN: usize = 3;

impl Story {
    /// Names that stay, and what a person reads.
    pub(super) const PEOPLE: [(&'static str, &'static str); 4] = [
        ("people", "The address books: one list of people goes on every copier"),
        ("people-plan", "Somebody types an entry in at a panel; the list gets a newcomer and loses a leaver"),
        ("people-apply", "Apply it and ask the copiers who is listed"),
        ("people-who", "On which copiers is the newcomer listed?"),
    ];

    pub(super) async fn people_step(&mut self, name: &str) -> Result<String, String> {
        match name {
            "people" => self.people().await,
            "people-plan" => self.people_plan().await,
            "people-apply" => self.people_apply().await,
            _ => self.people_who().await,
        }
    }

    async fn people(&mut self) -> Result<String, String> {
        self.write_list("Marion Leaver", LEAVER)?;
        let outcome = self.people_applied().await?;
        let changed = outcome.count(ResultKind::Changed);
        expect(changed == self.healthy().count(), || {
            let failed = outcome.devices.iter().find(|d| d.result == ResultKind::Failed);
            format!("{changed} changed; {}", failed.map(|d| d.message.as_str()).unwrap_or_default())
        })?;
        let listed = self.listed(LEAVER).await?;
        expect(listed == changed, || format!("{listed} copiers list the third person"))?;
        Ok(format!("3 people are on {changed} copiers now, beside everybody whom others put there."))
    }

    async fn people_plan(&mut self) -> Result<String, String> {
        let entry = json!({"add": {"name": "Pat Panel", "email": PANEL}});
        self.control.book(&self.hero, &entry).await?;
        self.write_list("Nell Newcomer", NEWCOMER)?;
        let outcomes = self.engine.run(self.people_tasks().await?, Mode::Plan).await;
        let outcome = RunOutcome::of(None, None, outcomes, self.engine.settings.cancel.is_cancelled());
        if self.ui.format == Format::Text {
            render::changes(&self.ui, &outcome.devices).map_err(|e| e.to_string())?;
        }
        let pending = outcome.count(ResultKind::Pending);
        expect(pending == self.healthy().count(), || format!("{pending} copiers would change"))?;
        let listed = self.listed(NEWCOMER).await?;
        expect(listed == 0, || format!("a plan wrote to {listed} copiers"))?;
        Ok(format!("{pending} copiers would get the one and lose the other. Nothing was written."))
    }

    async fn people_apply(&mut self) -> Result<String, String> {
        let outcome = self.people_applied().await?;
        let changed = outcome.count(ResultKind::Changed);
        expect(changed == self.healthy().count(), || format!("{changed} changed"))?;
        let (new, old) = (self.listed(NEWCOMER).await?, self.listed(LEAVER).await?);
        expect((new, old) == (changed, 0), || format!("{new} list the newcomer, {old} the leaver"))?;
        // Of all that others put there, nothing is missing: the panel's entry is one more on that copier.
        let now = by_name(self.control.devices().await?);
        for info in self.healthy() {
            let before = entries(&self.before[&info.name]);
            let held = entries(&now[&info.name]);
            let kept = before.iter().all(|entry| {
                held.iter().any(|e| {
                    e["id"] == entry["id"] && e["name"] == entry["name"] && e["email"] == entry["email"]
                })
            });
            expect(kept, || format!("{} lost an entry of others", info.name))?;
        }
        expect(self.listed(PANEL).await? == 1, || "the entry typed in at the panel is gone".into())?;
        Ok(format!(
            "The newcomer is on {changed} copiers, the leaver on none. The entry typed in at {} is still there, and so is every \
             other that was there at first.",
            self.hero
        ))
    }

    async fn people_who(&mut self) -> Result<String, String> {
        let healthy: Vec<String> = self.healthy().map(|info| info.name.clone()).collect();
        let meant = self.inventory.devices.iter().filter(|d| healthy.contains(&d.name)).cloned().collect();
        let devices = context::with_passwords(&self.engine, meant).await.map_err(|e| e.to_string())?;
        let mut rows = Vec::new();
        for result in self.engine.views(devices, View::Book).await {
            let view = result.ok_or("the demo was stopped")?.map_err(|e| e.to_string())?;
            let book = view.address_book.unwrap_or_default();
            let found = book.entries.iter().filter(|e| e.email.as_deref() == Some(NEWCOMER));
            rows.extend(
                found.map(|entry| vec![view.device.clone(), entry.name.clone(), NEWCOMER.to_owned()]),
            );
        }
        if self.ui.format == Format::Text {
            let shown = &rows[..rows.len().min(SHOWN)];
            self.ui.table(&["DEVICE", "NAME", "E-MAIL"], shown, &[]).map_err(|e| e.to_string())?;
        }
        expect(rows.len() == healthy.len(), || format!("{} copiers list the newcomer", rows.len()))?;
        Ok(format!("`book who {NEWCOMER}` finds {} copiers; the first of them stand above.", rows.len()))
    }

    fn write_list(&self, third: &str, email: &str) -> Result<(), String> {
        let text = format!("name,email\n{}\n{}\n{third},{email}\n", STAYS[0], STAYS[1]);
        std::fs::write(self.workspace.path().join("contacts.csv"), text).map_err(|e| e.to_string())
    }

    async fn people_tasks(&self) -> Result<Vec<Task>, String> {
        let source =
            SourceFile::from_text(self.workspace.path().join("address-book.yaml"), PLAYBOOK.to_owned());
        let playbook = Playbook::read(source).map_err(|e| e.to_string())?;
        let wishes =
            plan::wishes(&playbook, &self.inventory, &self.inventory.devices).map_err(|e| e.to_string())?;
        plan::tasks(&self.engine, wishes).await.map_err(|e| e.to_string())
    }

    async fn people_applied(&self) -> Result<RunOutcome, String> {
        let about = About {
            kind: RunKind::Apply,
            playbook: Some("address-book".into()),
            playbook_sha256: None,
            what: json!({"demo": true}),
            of_run: None,
        };
        keep_and_run(&self.engine, about, self.people_tasks().await?).await.map_err(|e| e.to_string())
    }

    /// How many copiers really list an address.
    async fn listed(&self, email: &str) -> Result<usize, String> {
        let devices = self.control.devices().await?;
        Ok(devices.iter().filter(|device| entries(device).iter().any(|e| e["email"] == email)).count())
    }
}

/// The entries that a copier really holds.
fn entries(device: &Value) -> &[Value] {
    device["book"]["entries"].as_array().map(Vec::as_slice).unwrap_or_default()
}
