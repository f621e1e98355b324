//! Brother devices that are not ours: small simulators written from what is known of the maker's pages, each in another
//! manner for all that is not known. The e-mail page of no device has ever been published: its address, field names
//! and layout are inventions here, its labels those that manuals are remembered to show.

pub mod address;
pub mod device;
pub mod pages;
pub mod wire;
pub mod words;

use std::sync::{Arc, Mutex, MutexGuard};

use device::{Device, Generation, Kind, Layout, Profile, Role, Row, Stars, row};
use wire::Server;

use crate::strangers::program::{Setup, Workspace};

/// The administrator's password wherever there is one.
pub const ADMIN: &str = "Geh+eim/42&ü=7";
/// The mail account's password.
pub const MAIL: &str = "M365 wört%<7>'\"";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// About 2014: nobody ever set a password, so there is no log-in.
    Open,
    /// A small printer whose one page about mail holds two of the settings.
    Single,
    /// About 2019: tokens, referer, everything checked.
    Strict,
    /// The same generation in German, without a word of success.
    German,
    /// About 2022: the newer paths, OAuth in the list, a question after each save.
    Newer,
    /// A language that no family names.
    Finnish,
    /// About 2024: pages built by scripts.
    Scripted,
}

/// A device that answers; it stops with the test.
pub struct Copier {
    pub device: Arc<Mutex<Device>>,
    pub server: Server,
}

impl Copier {
    pub fn start(which: Which) -> Self {
        let (profile, rows) = match which {
            Which::Open => open(),
            Which::Single => single(),
            Which::Strict => strict(),
            Which::German => german(),
            Which::Newer => newer(),
            Which::Finnish => finnish(),
            Which::Scripted => {
                let scripted = Profile {
                    generation: Generation::D,
                    model: "ADS-3350W",
                    status: "/EWS/home/status.html",
                    ..strict().0
                };
                (scripted, Vec::new())
            }
        };
        let device = Arc::new(Mutex::new(Device::new(profile, rows)));
        let server = Server::start(device.clone());
        Self { device, server }
    }

    pub fn get(&self) -> MutexGuard<'_, Device> {
        self.device.lock().unwrap()
    }

    /// A workspace with this one device in its inventory.
    pub fn workspace(&self) -> Workspace {
        let admin = self.get().profile.admin;
        Workspace::new(&Setup { vendor: "brother", url: &self.url(), admin_user: None, admin, mail: MAIL })
    }

    /// What an inventory calls it.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// The value that stands for a choice of a role's control.
    pub fn choice(&self, role: Role, at: usize) -> &'static str {
        let device = self.get();
        match device.rows.iter().find(|r| r.role == role).map(|r| r.kind.clone()) {
            Some(Kind::Radio(choices) | Kind::Select(choices)) => choices[at].0,
            other => panic!("{role:?} is {other:?}"),
        }
    }

    /// All values that no playbook here speaks of.
    pub fn others(&self) -> Vec<(String, String)> {
        self.values(|r| r.role == Role::Other && !matches!(r.kind, Kind::Again(_)))
    }

    /// Every value but the passwords.
    pub fn all(&self) -> Vec<(String, String)> {
        self.values(|r| !matches!(r.kind, Kind::Secret | Kind::Again(_)))
    }

    fn values(&self, keep: fn(&Row) -> bool) -> Vec<(String, String)> {
        let device = self.get();
        let kept = device.rows.iter().filter(|r| keep(r));
        kept.map(|r| (r.name.to_owned(), r.value.clone())).collect()
    }
}

const METHODS: &[(&str, &str)] = &[("0", "None"), ("1", "SMTP-AUTH"), ("2", "POP before SMTP")];
const SECURITY: &[(&str, &str)] = &[("0", "None"), ("1", "SSL"), ("2", "TLS")];

fn open() -> (Profile, Vec<Row>) {
    use Role::{Auth, Other, Password, Port, Security, Sender, Server, User};
    let profile = Profile {
        generation: Generation::B,
        words: &words::ENGLISH,
        model: "MFC-L2740DW series",
        serial: "E73225F5N481516",
        firmware: "R1506040956:27AB",
        status: "/general/status.html",
        protocol: "/net/net/protocol.html?pageid=87",
        smtp_row: "POP3/SMTP",
        smtp_link: "Advanced Setting(s)",
        smtp: "/net/net/k9/mailsv.html?pageid=91",
        in_menu: false,
        pageid: "91",
        login: "B126",
        logout: "B127",
        admin: None,
        csrf: false,
        token_at_login: false,
        referer: false,
        login_status: 301,
        passerror: true,
        marker: true,
        stars: Stars::Keep,
        identity_open: true,
        csv: true,
        raw: false,
        layout: Layout::List,
        test_mail: false,
    };
    let rows = vec![
        row(Server, "SMTP", "B3c1", "SMTP Server Address", Kind::Text, "10.4.0.25", 64),
        row(Port, "SMTP", "B3c2", "Port", Kind::Number(1, 65535), "25", 5),
        row(Auth, "SMTP", "B3c3", "Server Authentication Method (SMTP)", Kind::Radio(METHODS), "0", 0),
        row(User, "SMTP", "B3c4", "SMTP-AUTH Account Name", Kind::Text, "", 60).needs("B3c3", &["1"]),
        row(Password, "SMTP", "B3c5", "SMTP-AUTH Account Password", Kind::Secret, "", 32)
            .needs("B3c3", &["1"]),
        row(Other, "SMTP", "B3c6", "Retype Password", Kind::Again("B3c5"), "", 32).needs("B3c3", &["1"]),
        row(Security, "SMTP", "B3c7", "SSL/TLS", Kind::Radio(SECURITY), "0", 0),
        row(Other, "SMTP", "B3c8", "Verify Server Certificate", Kind::Check("1"), "", 0),
        row(Sender, "SMTP", "B3c9", "Device E-mail Address", Kind::Text, "brn30055c1a2b3c@example.com", 60),
        row(Other, "POP3", "B3d1", "POP3 Server Address", Kind::Text, "pop.clinic.example", 64),
        row(Other, "POP3", "B3d2", "Port", Kind::Number(1, 65535), "110", 5),
        row(Other, "POP3", "B3d3", "Mailbox Name", Kind::Text, "fax inbox", 60),
        row(Other, "POP3", "B3d4", "Mailbox Password", Kind::Secret, "kept", 32),
        row(Other, "POP3", "B3d5", "Retype Password", Kind::Again("B3d4"), "kept", 32),
        row(Other, "POP3", "B3d6", "Use APOP", Kind::Check("1"), "", 0),
        row(Other, "POP3", "B3d7", "SSL/TLS", Kind::Radio(SECURITY), "1", 0),
        row(Other, "POP3", "B3d8", "Segmentation", Kind::Check("9"), "9", 0),
    ];
    (profile, rows)
}

fn single() -> (Profile, Vec<Row>) {
    use Role::{Other, Sender, Server};
    let profile = Profile {
        model: "DCP-1610NW series",
        serial: "E71234L5J108642",
        firmware: "1.04",
        smtp: "/net/net/notification.html?pageid=88",
        in_menu: true,
        pageid: "88",
        marker: false,
        raw: true,
        ..open().0
    };
    let rows = vec![
        row(Server, "", "B81", "SMTP Server Address", Kind::Text, "10.4.0.25", 64),
        row(Sender, "", "B82", "Device E-mail Address", Kind::Text, "drucker-küche@example.com", 60),
        row(Other, "Administrator Address", "B83", "E-mail Address", Kind::Text, "it@clinic.example", 60),
        row(Other, "Administrator Address", "B84", "Toner Low", Kind::Check("1"), "", 0),
        row(Other, "Administrator Address", "B85", "Paper Jam", Kind::Check("1"), "1", 0),
    ];
    (profile, rows)
}

fn strict() -> (Profile, Vec<Row>) {
    use Role::{Auth, Other, Password, Port, Security, Sender, Server, User};
    let profile = Profile {
        generation: Generation::C,
        model: "MFC-L8690CDW series",
        serial: "E78283H0F205318",
        firmware: "U1904191029(1.27)",
        smtp_row: "SMTP",
        smtp_link: "Advanced Setting",
        smtp: "/net/net/certificate/7f2.html?pageid=412",
        pageid: "412",
        login: "B15d1",
        logout: "B15d2",
        admin: Some(ADMIN),
        csrf: true,
        referer: true,
        login_status: 302,
        layout: Layout::Boxed,
        csv: false,
        ..open().0
    };
    let rows = vec![
        row(Sender, "E-mail", "B16f0", "Device E-mail Address", Kind::Text, "mfc12@clinic.example", 60),
        row(Other, "E-mail", "B16f1", "Note", Kind::Note, "SMTP is used for Scan to E-mail Server.", 0),
        row(Server, "SMTP", "B1600", "SMTP Server Address", Kind::Text, "relay.clinic.example", 64),
        row(Port, "SMTP", "B1601", "Port", Kind::Number(1, 65535), "25", 5),
        row(Auth, "SMTP", "B1602", "Server Authentication Method (SMTP)", Kind::Select(METHODS), "0", 0),
        row(User, "SMTP", "B1603", "SMTP-AUTH Account Name", Kind::Text, "", 60).needs("B1602", &["1"]),
        row(Password, "SMTP", "B1604", "SMTP-AUTH Account Password", Kind::Secret, "", 64)
            .needs("B1602", &["1"]),
        row(Other, "SMTP", "B1605", "Retype Password", Kind::Again("B1604"), "", 64).needs("B1602", &["1"]),
        row(Security, "SMTP", "B1608", "SSL/TLS", Kind::Select(SECURITY), "0", 0),
        row(Other, "SMTP", "B1609", "Verify Server Certificate", Kind::Check("1"), "", 0)
            .needs("B1608", &["1", "2"]),
        row(Other, "SMTP", "B160a", "Keep a copy", Kind::Check("1"), "1", 0),
        row(Other, "POP before SMTP", "B1610", "POP3 Server Address", Kind::Text, "", 64)
            .needs("B1602", &["2"]),
        row(Other, "POP before SMTP", "B1611", "Port", Kind::Number(1, 65535), "995", 5)
            .needs("B1602", &["2"]),
        row(Other, "POP before SMTP", "B1612", "Account Name", Kind::Text, "", 60).needs("B1602", &["2"]),
    ];
    (profile, rows)
}

const GERMAN_METHODS: &[(&str, &str)] = &[("none", "Keine"), ("auth", "SMTP-AUTH"), ("pop", "POP vor SMTP")];
const GERMAN_SECURITY: &[(&str, &str)] = &[("1", "Keine"), ("2", "SSL"), ("4", "TLS")];

fn german() -> (Profile, Vec<Row>) {
    use Role::{Auth, Other, Password, Port, Security, Sender, Server, User};
    let profile = Profile {
        words: &words::GERMAN,
        model: "MFC-L3770CDW series",
        serial: "E75604B1H772190",
        firmware: "M2005181012:A9F1",
        smtp_link: "Erweiterte Einstellungen",
        smtp: "/net/net/mail_tx.html?pageid=377",
        pageid: "377",
        login: "B12a1",
        logout: "B12a2",
        referer: false,
        login_status: 301,
        passerror: false,
        marker: false,
        raw: true,
        layout: Layout::List,
        ..strict().0
    };
    let rows = vec![
        row(Server, "", "Bc01", "SMTP-Serveradresse", Kind::Text, "post.klinik.example", 64),
        row(Port, "", "Bc02", "Port", Kind::Number(1, 65535), "25", 5),
        row(
            Auth,
            "",
            "Bc03",
            "Server-Authentifizierungsmethode (SMTP)",
            Kind::Radio(GERMAN_METHODS),
            "none",
            0,
        ),
        row(User, "", "Bc04", "SMTP-AUTH-Kontoname", Kind::Text, "", 60).needs("Bc03", &["auth"]),
        row(Password, "", "Bc05", "SMTP-AUTH-Kontokennwort", Kind::Secret, "", 64).needs("Bc03", &["auth"]),
        row(Other, "", "Bc06", "Kennwort erneut eingeben", Kind::Again("Bc05"), "", 64)
            .needs("Bc03", &["auth"]),
        row(Security, "", "Bc07", "SSL/TLS", Kind::Radio(GERMAN_SECURITY), "1", 0),
        row(Other, "", "Bc08", "Serverzertifikat überprüfen", Kind::Check("1"), "", 0),
        row(Sender, "", "Bc09", "Geräte-E-Mail-Adresse", Kind::Text, "gerät-7@klinik.example", 60),
    ];
    (profile, rows)
}

const NEWER_METHODS: &[(&str, &str)] =
    &[("0", "None"), ("4", "SMTP-AUTH"), ("5", "POP before SMTP"), ("9", "OAuth 2.0")];

fn newer() -> (Profile, Vec<Row>) {
    use Role::{Auth, Other, Password, Port, Security, Sender, Server, User};
    let profile = Profile {
        generation: Generation::C2,
        model: "MFC-L3760CDW series",
        serial: "E80512A3J114477",
        firmware: "1.19",
        status: "/home/status.html",
        protocol: "/net/net/services.html?pageid=212",
        smtp: "/net/net/smtpcl.html?pageid=268",
        pageid: "268",
        login: "B1887",
        logout: "B1888",
        token_at_login: true,
        login_status: 200,
        identity_open: false,
        layout: Layout::List,
        test_mail: true,
        ..strict().0
    };
    let rows = vec![
        row(Server, "", "B90", "SMTP Server Address", Kind::Text, "mail.clinic.example", 64),
        row(Port, "", "B91", "SMTP Port", Kind::Number(1, 65535), "25", 5),
        row(Security, "", "B92", "SSL/TLS", Kind::Select(SECURITY), "0", 0),
        row(Other, "", "B93", "Verify Server Certificate", Kind::Check("1"), "", 0).needs("B92", &["1", "2"]),
        row(Auth, "", "B94", "Server Authentication Method", Kind::Radio(NEWER_METHODS), "0", 0),
        row(User, "", "B95", "SMTP-AUTH Account Name", Kind::Text, "", 60).needs("B94", &["4"]),
        row(Password, "", "B96", "SMTP-AUTH Account Password", Kind::Secret, "", 64).needs("B94", &["4"]),
        row(Other, "", "B97", "Retype Password", Kind::Again("B96"), "", 64).needs("B94", &["4"]),
        row(Other, "", "B98", "OAuth 2.0 Account", Kind::Note, "Not authorised", 0),
        row(Sender, "", "B99", "Device E-mail Address", Kind::Text, "mfc3760@clinic.example", 60),
    ];
    (profile, rows)
}

const FINNISH_METHODS: &[(&str, &str)] = &[("0", "Ei mitään"), ("1", "SMTP-AUTH"), ("2", "POP ennen SMTP")];
const FINNISH_SECURITY: &[(&str, &str)] = &[("0", "Ei mitään"), ("1", "SSL"), ("2", "TLS")];

fn finnish() -> (Profile, Vec<Row>) {
    use Role::{Auth, Other, Password, Port, Security, Sender, Server, User};
    let profile = Profile {
        words: &words::FINNISH,
        model: "DCP-L3550CDW series",
        serial: "E76611K0G003141",
        firmware: "K2101121408:77D0",
        smtp_link: "Lisäasetukset",
        smtp: "/net/net/s_post.html?pageid=366",
        pageid: "366",
        login: "B11c3",
        logout: "B11c4",
        layout: Layout::List,
        ..strict().0
    };
    let rows = vec![
        row(Server, "", "Bd1", "SMTP-palvelimen osoite", Kind::Text, "posti.klinikka.example", 64),
        row(Port, "", "Bd2", "Portti", Kind::Number(1, 65535), "25", 5),
        row(Auth, "", "Bd3", "Palvelimen todennustapa (SMTP)", Kind::Radio(FINNISH_METHODS), "0", 0),
        row(User, "", "Bd4", "SMTP-AUTH-tilin nimi", Kind::Text, "", 60).needs("Bd3", &["1"]),
        row(Password, "", "Bd5", "SMTP-AUTH-tilin salasana", Kind::Secret, "", 64).needs("Bd3", &["1"]),
        row(Other, "", "Bd6", "Salasana uudelleen", Kind::Again("Bd5"), "", 64).needs("Bd3", &["1"]),
        row(Security, "", "Bd7", "SSL/TLS", Kind::Select(FINNISH_SECURITY), "0", 0),
        row(Sender, "", "Bd9", "Laitteen sähköpostiosoite", Kind::Text, "laite@klinikka.example", 60),
    ];
    (profile, rows)
}
