//! Brother machines on the wire.
#![allow(missing_docs)]

mod book;
mod client;
mod door;
mod faults;
mod flow;
mod traps;

use client::{Client, Form};
use scanfleet_mocks::{
    BrotherProfile, BrotherRow, DeviceHandle, DeviceSpec, Item, Lab, LabSpec, PasswordKind,
};

pub const PASSWORD: &str = "lab-admin-not-a-secret";
/// The profiles with forms.
pub const FORMS: [&str; 4] = ["mfc-l8900cdw", "mfc-l2740dw", "mfc-l2750dw", "mfc-l8390cdw"];

/// A machine of a profile with changes, in a lab from which mail can be sent.
pub struct Bench {
    pub lab: Lab,
    pub device: DeviceHandle,
    pub client: Client,
    pub profile: BrotherProfile,
}

impl Bench {
    pub async fn new(name: &str) -> Self {
        Self::with(name, |_| {}).await
    }

    pub async fn with(name: &str, change: impl FnOnce(&mut DeviceSpec)) -> Self {
        let mut spec = LabSpec::single(name);
        change(&mut spec.devices[0]);
        let profile = spec.devices[0].profile.brother().expect("a Brother").clone();
        let lab = Lab::start(spec).await.unwrap();
        let device = lab.device("copier");
        let client = Client::new(&lab.devices()[0].address);
        Self { lab, device, client, profile }
    }

    /// Logs in and opens the SMTP page by the list of protocols.
    pub async fn smtp(&mut self) -> (String, Form) {
        if self.client.cookie.is_none() {
            self.client.log_in(&self.profile.paths.status.clone(), PASSWORD).await;
        }
        let page = self.open().await;
        let reply = self.client.get(&page).await;
        (page, reply.main_form())
    }

    /// The way to the SMTP page: the link beside the label.
    pub async fn open(&mut self) -> String {
        let list = self.client.get(&self.profile.paths.protocol.clone()).await;
        let row = list
            .body
            .split("<dt>")
            .find(|row| client::decoded(row.split('<').next().unwrap()) == self.profile.smtp_row)
            .unwrap_or_else(|| panic!("no row {} in {}", self.profile.smtp_row, list.body));
        let link = row.split("<a href=\"").nth(1).unwrap().split('"').next().unwrap();
        link.split('?').next().unwrap().to_owned()
    }

    /// The label of an item in this profile.
    pub fn label(&self, item: Item) -> String {
        let rows = self.profile.rows.iter();
        rows.filter_map(|row| match row {
            BrotherRow::Text { item: of, label, .. }
            | BrotherRow::Choice { item: of, label, .. }
            | BrotherRow::Switch { item: of, label, .. }
                if *of == item =>
            {
                Some(label.clone())
            }
            _ => None,
        })
        .next()
        .unwrap_or_else(|| panic!("no row for {item:?}"))
    }

    /// The labels of the SMTP password.
    pub fn password_labels(&self) -> [String; 2] {
        let rows = self.profile.rows.iter();
        rows.filter_map(|row| match row {
            BrotherRow::Password { kind: PasswordKind::Smtp, label, again: Some((_, again)), .. } => {
                Some([label.clone(), again.clone()])
            }
            _ => None,
        })
        .next()
        .expect("a password")
    }

    /// The words on the page for a lab's word.
    pub fn words(&self, item: Item, word: &str) -> String {
        let rows = self.profile.rows.iter();
        rows.filter_map(|row| match row {
            BrotherRow::Choice { item: of, options, .. } if *of == item => Some(options),
            _ => None,
        })
        .flatten()
        .find(|option| option.word == word)
        .unwrap_or_else(|| panic!("no {word}"))
        .text
        .clone()
    }

    /// Fills the form with the account at the tenant.
    pub fn fill(&self, form: &mut Form) {
        form.set(&self.label(Item::SmtpServer), "smtp.office365.com");
        form.set(&self.label(Item::SmtpPort), "587");
        form.set(&self.label(Item::DeviceAddress), "scan@northshore.example");
        form.choose(&self.label(Item::SmtpSecurity), &self.words(Item::SmtpSecurity, "starttls"));
        form.choose(&self.label(Item::SmtpAuth), &self.words(Item::SmtpAuth, "smtp_auth"));
        form.set(&self.label(Item::SmtpUser), "scan@northshore.example");
        for label in self.password_labels() {
            form.set(&label, "lab-m365-not-a-secret");
        }
    }
}
