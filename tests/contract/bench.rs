//! The lab as the contract suite wants it: maker-neutral words on one side, the lab's on the other.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use scanfleet_mocks::mail::{Account, TenantSpec};
use scanfleet_mocks::{
    Csrf, DeviceHandle, DeviceSpec, Egress, EgressRule, Fault, FaultKind, Generation, Item, Lab, LabSpec,
    MakerProfile, PasswordKind, Settings, SubnetSpec,
};
use scanfleet_sdk::contract::{
    ADMIN_PASSWORD, Bench, BookTruth, Field, PanelEdit, Profile, SMTP_PASSWORD, Seen, Setup, Simulated,
    Times, Trouble, Truth,
};
use scanfleet_sdk::transport::{Endpoint, TlsProfile};
use scanfleet_sdk::{
    AuthMethod, AuthWanted, Identity, PasswordState, PasswordWanted, Secret, Security, SmtpAuth,
    SmtpSettings, SmtpWanted, Vendor,
};

use crate::book;
use crate::profiles::{self, SECURITY};

const NAME: &str = "bench";
const ACCOUNT: &str = "scan@example.test";

/// The lab.
pub struct LabBench;

/// One device in a lab of its own.
struct Bench1 {
    lab: Lab,
    device: DeviceHandle,
    profile: MakerProfile,
    firmware: String,
}

#[async_trait]
impl Bench for LabBench {
    fn adapters(&self) -> Vec<Arc<dyn Vendor>> {
        // Making one reads all its families.
        static ADAPTERS: LazyLock<Vec<Arc<dyn Vendor>>> = LazyLock::new(scanfleet::run::makers);
        ADAPTERS.clone()
    }

    fn profiles(&self) -> Vec<Profile> {
        profiles::all()
    }

    async fn start(&self, profile: &str, setup: &Setup) -> Result<Box<dyn Simulated>, String> {
        let mut profile = MakerProfile::named(profile);
        if setup.renamed {
            profiles::rename(&mut profile);
        }
        let mut spec = DeviceSpec::new(NAME, profile.clone());
        spec.admin_password = if setup.open_door { String::new() } else { ADMIN_PASSWORD.to_owned() };
        spec.smtp_password.clone_from(&setup.smtp_password);
        furnish(&mut spec.settings);
        store(&profile, &mut spec.settings, &setup.smtp);
        spec.book = book::planted(&profile, &setup.book, setup.book_users)?;
        let firmware = spec.firmware.clone();
        let spec = LabSpec {
            devices: vec![spec],
            subnets: vec![SubnetSpec {
                name: "lab".into(),
                range: "127.0.0.0/8".into(),
                egress: vec![
                    EgressRule::new("smtp.works.test", 587, Egress::Submission),
                    EgressRule::new("*", None, Egress::NxDomain),
                ],
            }],
            mail: TenantSpec::new("example.test")
                .with_account(Account::new(ACCOUNT, SMTP_PASSWORD))
                .with_recipient("test@example.test"),
            delay: Duration::ZERO,
            control_port: None,
        };
        let lab = Lab::start(spec).await.map_err(|error| format!("the lab does not start: {error}"))?;
        let device = lab.device(NAME);
        Ok(Box::new(Bench1 { lab, device, profile, firmware }))
    }
}

/// Values that a factory would not set, so that whoever loses one is seen.
fn furnish(settings: &mut Settings) {
    use Item::*;
    let odd = [
        (AutoSender, "true"),
        (Signature, "Gr\u{fc}\u{df}e & <\"R\u{e9}ception\">; 100 % + 1"),
        (ReceptionProtocol, "imap4"),
        (ReceptionIntervalOn, "true"),
        (ReceptionInterval, "33"),
        (MaxReceptionSize, "7"),
        (StorageInServer, "errors"),
        (SmtpEncryption, "inactive"),
        (PopAddress, "pop@example.test"),
        (PopUser, "M\u{fc}ller & 'S\u{f6}hne' <1>"),
        (PopWait, "450"),
        (PopServer, "pop.example.test"),
        (PopEncryption, "active"),
        (Pop3Port, "1110"),
        (ImapPort, "1143"),
        (FaxReceive, "true"),
        (FaxAddress, "fax@example.test"),
        (FaxUser, "fax \"user\""),
        (NotifyAddress, "notify@example.test"),
        (NotifyReceive, "true"),
        (NotifyUser, "notify=user&x"),
        (VerifyCertificate, "true"),
        (MaxMessageKb, "2048"),
        (Fragments, "3"),
        (MaxJobKb, "4096"),
        (Splitting, "automatic"),
        (Kerberos, "true"),
    ];
    for (item, value) in odd {
        if settings.has(item) {
            settings.set(item, value);
        }
    }
}

/// The lab's items behind a field.
fn items(profile: &MakerProfile, field: Field) -> Vec<Item> {
    let ricoh = profile.ricoh().is_some();
    match field {
        Field::Server => vec![Item::SmtpServer],
        Field::Port => vec![Item::SmtpPort],
        Field::Security if ricoh => vec![Item::SmtpSsl],
        Field::Security => vec![Item::SmtpSecurity],
        Field::Sender if ricoh => vec![Item::AdminAddress],
        Field::Sender => vec![Item::DeviceAddress],
        Field::Method if profile.xerox().is_some() => vec![Item::UserJobsLogin, Item::SystemJobsLogin],
        Field::Method => vec![Item::SmtpAuth],
        Field::User => vec![Item::SmtpUser],
    }
}

/// All items that the settings of the suite are made of.
fn smtp_items(profile: &MakerProfile) -> Vec<Item> {
    let fields = [Field::Server, Field::Port, Field::Security, Field::Sender, Field::Method, Field::User];
    let mut all: Vec<Item> = fields.into_iter().flat_map(|field| items(profile, field)).collect();
    match profile {
        MakerProfile::Ricoh(_) => all.extend([Item::SmtpAuthAddress, Item::PopBeforeSmtp]),
        MakerProfile::Brother(_) => all.push(Item::PopBeforeSmtp),
        MakerProfile::Xerox(_) => {}
    }
    all
}

/// Puts neutral settings into a device.
fn store(profile: &MakerProfile, settings: &mut Settings, smtp: &SmtpSettings) {
    let mut set = |item: Item, value: &str| {
        if settings.has(item) {
            settings.set(item, value);
        }
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    set(Item::SmtpServer, &smtp.server);
    set(Item::SmtpPort, &smtp.port.unwrap_or(25).to_string());
    set(items(profile, Field::Sender)[0], &text(&smtp.sender));
    set(Item::SmtpUser, &text(&smtp.auth.user));
    set(Item::SmtpAuthAddress, &text(&smtp.auth.sender));
    let security = smtp.security.unwrap_or(Security::None);
    let word = SECURITY.iter().find(|(known, ..)| *known == security).map_or("none", |(_, word, _)| word);
    set(Item::SmtpSecurity, word);
    set(Item::SmtpSsl, &(security != Security::None).to_string());
    let password = smtp.auth.method == AuthMethod::Password;
    set(Item::SmtpAuth, &password.to_string());
    set(Item::PopBeforeSmtp, &(smtp.auth.method == AuthMethod::PopBeforeSmtp).to_string());
    for item in [Item::UserJobsLogin, Item::SystemJobsLogin] {
        set(item, if password { "system" } else { "none" });
    }
}

/// What a device holds, in neutral words.
fn told(profile: &MakerProfile, settings: &Settings, password: bool) -> SmtpSettings {
    let text = |item: Item| Some(settings.get(item).to_owned()).filter(|text| !text.is_empty());
    let port: Option<u16> = settings.get(Item::SmtpPort).parse().ok();
    let security = if profile.ricoh().is_some() {
        match (settings.on(Item::SmtpSsl), port) {
            (false, _) => Some(Security::None),
            (true, Some(465)) => Some(Security::Tls),
            (true, _) => Some(Security::Starttls),
        }
    } else {
        let word = settings.get(Item::SmtpSecurity);
        SECURITY.iter().find(|(_, known, _)| *known == word).map(|(security, ..)| *security)
    };
    let method = if profile.xerox().is_some() {
        match (settings.get(Item::UserJobsLogin), settings.get(Item::SystemJobsLogin)) {
            ("system", "system") => AuthMethod::Password,
            ("none", "none") => AuthMethod::None,
            _ => AuthMethod::Other,
        }
    } else {
        match (settings.on(Item::SmtpAuth), settings.on(Item::PopBeforeSmtp)) {
            (true, _) => AuthMethod::Password,
            (false, true) => AuthMethod::PopBeforeSmtp,
            (false, false) => AuthMethod::None,
        }
    };
    SmtpSettings {
        server: settings.get(Item::SmtpServer).to_owned(),
        port,
        security,
        sender: text(items(profile, Field::Sender)[0]),
        auth: SmtpAuth { method, user: text(Item::SmtpUser), sender: text(Item::SmtpAuthAddress) },
        password: if password { PasswordState::Set } else { PasswordState::Unset },
    }
}

/// The kinds of pages behind which something of the device may change, log-in and log-out aside.
const ALTER: [&str; 11] = [
    "save",
    "password",
    "password_save",
    "menu_save",
    "http_save",
    "test",
    "test_mail",
    "clone_save",
    "other_post",
    "admin_password",
    "reset",
];

#[async_trait]
impl Simulated for Bench1 {
    fn endpoint(&self) -> Endpoint {
        Endpoint::parse(&self.device.info().address).expect("the lab writes addresses as people do")
    }

    fn tls(&self) -> TlsProfile {
        if self.device.info().legacy_tls { TlsProfile::Legacy } else { TlsProfile::Modern }
    }

    fn admin_user(&self) -> Option<String> {
        Some(self.device.info().admin_user)
    }

    fn truth(&self) -> Truth {
        let (state, info) = (self.device.state(), self.device.info());
        let password = state.passwords.get(&PasswordKind::Smtp).cloned();
        let mut others = BTreeMap::new();
        let ours = smtp_items(&self.profile);
        if let Ok(serde_json::Value::Object(all)) = serde_json::to_value(&state.settings) {
            for (name, value) in all {
                let item: Result<Item, _> = serde_json::from_value(serde_json::Value::String(name.clone()));
                if !item.is_ok_and(|item| ours.contains(&item)) {
                    others.insert(name, value.as_str().unwrap_or_default().to_owned());
                }
            }
        }
        let other_passwords = state.passwords.iter().filter(|(kind, _)| **kind != PasswordKind::Smtp);
        Truth {
            identity: Identity {
                vendor: info.vendor,
                model: info.model,
                serial: Some(info.serial),
                firmware: Some(self.firmware.clone()),
            },
            smtp: told(&self.profile, &state.settings, password.is_some()),
            others,
            other_passwords: other_passwords.map(|(k, digest)| (format!("{k:?}"), digest.clone())).collect(),
            password_sha256: password,
            sessions: state.sessions,
            writes: state.writes,
            log: self
                .device
                .requests()
                .into_iter()
                .map(|request| Seen {
                    alters: request.method == "POST"
                        && (ALTER.contains(&request.kind.as_str()) || book::alters(&request.kind)),
                    kind: if book::SAVES.contains(&request.kind.as_str()) {
                        "book_save".into()
                    } else {
                        request.kind
                    },
                    method: request.method,
                    path: request.path,
                })
                .collect(),
        }
    }

    fn trouble(&self, trouble: &Trouble) -> Result<(), String> {
        for fault in self.faults(trouble)? {
            self.device.fault(fault);
        }
        if *trouble == Trouble::PanelInUse {
            self.device.lock(true);
        }
        if *trouble == Trouble::BookLocked {
            self.device.panel_book(|book| book.locked_by = Some("somebody at the panel".into()));
        }
        Ok(())
    }

    fn panel(&self, smtp: &SmtpSettings) -> Result<(), String> {
        let mut settings = self.device.state().settings;
        store(&self.profile, &mut settings, smtp);
        let items = smtp_items(&self.profile);
        let entered: Vec<(Item, &str)> = items
            .into_iter()
            .filter(|item| settings.has(*item))
            .map(|item| (item, settings.get(item)))
            .collect();
        self.device.panel(&entered)
    }

    fn book(&self) -> BookTruth {
        book::truth(&self.device)
    }

    fn panel_book(&self, edit: &PanelEdit) -> Result<(), String> {
        book::panel(&self.device, edit)
    }

    fn mend(&self) {
        self.device.clear_faults();
        self.device.lock(false);
        self.device.panel_book(|book| book.locked_by = None);
    }

    fn expire(&self) {
        self.device.expire_sessions();
    }

    fn mail_that_works(&self) -> (SmtpWanted, String) {
        // The lab's mail server signs its own certificate.
        if self.device.state().settings.has(Item::VerifyCertificate) {
            self.device
                .panel(&[(Item::VerifyCertificate, "false")])
                .expect("a panel takes `false` for a switch");
        }
        let wanted = SmtpWanted {
            server: Some("smtp.works.test".into()),
            port: Some(587),
            security: Some(Security::Starttls),
            sender: Some(ACCOUNT.into()),
            auth: AuthWanted { method: Some(AuthMethod::Password), user: Some(ACCOUNT.into()), sender: None },
            password: PasswordWanted::Set(Secret::new(SMTP_PASSWORD.into())),
        };
        (wanted, "test@example.test".into())
    }

    async fn delivered(&self, to: &str) -> usize {
        let messages = self.lab.mail().messages();
        messages.iter().filter(|message| message.recipients.iter().any(|known| known == to)).count()
    }
}

impl Bench1 {
    /// A trouble in the lab's words.
    fn faults(&self, trouble: &Trouble) -> Result<Vec<Fault>, String> {
        let one = |kind: FaultKind| Ok(vec![Fault::new(kind)]);
        let book_save = |kind: FaultKind| {
            let on = |page: &&str| Fault::new(kind.clone()).times(1).on(format!("@{page}"));
            Ok(book::SAVES.iter().map(on).collect())
        };
        let once = |kind: FaultKind| Ok(vec![Fault::new(kind).times(1)]);
        let often = |fault: Fault, times: &Times| match times {
            Times::Once => Ok(vec![fault.times(1)]),
            Times::Always => Ok(vec![fault]),
        };
        let each = |field: Field, make: &dyn Fn(Item) -> Vec<FaultKind>| {
            let kinds = items(&self.profile, field).into_iter().flat_map(make);
            Ok(kinds.map(Fault::new).collect())
        };
        match trouble {
            Trouble::LoginRefused => one(FaultKind::WrongPassword),
            Trouble::LockedOut => one(FaultKind::LockedOut),
            Trouble::TooManySessions if self.profile.brother().is_some() => {
                Err("what this maker says then is not known; the lab answers as to a wrong password".into())
            }
            Trouble::TooManySessions => one(FaultKind::TooManySessions),
            Trouble::ExpiredAtRead(times) => often(Fault::new(FaultKind::ExpireSession).on("@email"), times),
            Trouble::ExpiredAtSave(times) => often(Fault::new(FaultKind::ExpireSession).on("@save"), times),
            Trouble::StaleToken(times) => {
                self.looks_at_tokens()?;
                often(Fault::new(FaultKind::StaleToken), times)
            }
            Trouble::Busy => one(FaultKind::Busy),
            Trouble::PanelInUse | Trouble::BookLocked => Ok(Vec::new()),
            Trouble::BookLostReply => book_save(FaultKind::LostReply),
            Trouble::BookLostBefore => book_save(FaultKind::LostBefore),
            Trouble::BookDropped => book_save(FaultKind::DroppedWrite),
            Trouble::BookExpired => book_save(FaultKind::ExpireSession),
            Trouble::LostReply => once(FaultKind::LostReply),
            Trouble::LostBefore => once(FaultKind::LostBefore),
            Trouble::DroppedWrite => one(FaultKind::DroppedWrite),
            Trouble::ServerErrorAtSave => Ok(vec![Fault::new(FaultKind::ServerError).on("@save")]),
            Trouble::FieldMissing(Field::Port) if self.profile.xerox().is_some() => {
                Err("server and port travel in one field of the page".into())
            }
            Trouble::FieldMissing(field) => each(*field, &|item| vec![FaultKind::FieldMissing { item }]),
            Trouble::FieldDoubled(field) => each(*field, &|item| vec![FaultKind::FieldTwice { item }]),
            Trouble::SecurityMissing(security) => {
                let word =
                    SECURITY.iter().find(|(known, ..)| known == security).map_or("", |(_, word, _)| word);
                let choice = if self.profile.ricoh().is_some() { "true" } else { word };
                let choice = choice.to_owned();
                each(Field::Security, &|item| vec![FaultKind::OptionMissing { item, choice: choice.clone() }])
            }
            Trouble::UnknownField(field) => each(*field, &|item| {
                vec![
                    FaultKind::OtherLabel { item, label: "Wqx Zrrp".into() },
                    FaultKind::OtherName { item, name: "wqxZrrp".into() },
                ]
            }),
            Trouble::NoMenuEntry => one(FaultKind::MissingMenuEntry),
            Trouble::LookOnly => one(FaultKind::ReadOnlyPage),
            Trouble::IgnoresServer => one(FaultKind::IgnoresField { item: Item::SmtpServer }),
        }
    }

    fn looks_at_tokens(&self) -> Result<(), String> {
        let looks = match &self.profile {
            MakerProfile::Ricoh(profile) => profile.session.token_checked,
            MakerProfile::Xerox(profile) => profile.door.csrf == Csrf::Enforced,
            MakerProfile::Brother(profile) => profile.token.is_some() && profile.generation != Generation::D,
        };
        if looks { Ok(()) } else { Err("this profile looks at no token".into()) }
    }
}
