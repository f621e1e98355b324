//! The profiles.
//!
//! Known of the models named here: log-in fields, the pages' paths but that of the SMTP page, `pageid` 403, 473 and the
//! field B150a's neighbourhood of the MFC-L8900CDW, 16 for the address book of the MFC-L2740DW, 3 for "Maintenance
//! Information" where that page posts to `mnt_info.csv`. Every other number, and all rows of the SMTP page, are INVENTED
//! and differ on purpose.

use std::time::Duration;

use super::book;
use super::profile::*;
use crate::settings::{Item, PasswordKind};
use crate::spec::TlsKind;

impl BrotherProfile {
    /// The names that [`BrotherProfile::named`] knows.
    pub const NAMES: [&'static str; 5] =
        ["mfc-l8900cdw", "mfc-l2740dw", "mfc-l2750dw", "mfc-l8390cdw", "ads-3350w"];

    /// A ready-made profile; an unknown name gives the MFC-L8900CDW.
    pub fn named(name: &str) -> Self {
        match name {
            "mfc-l2740dw" => mfc_l2740dw(),
            "mfc-l2750dw" => mfc_l2750dw(),
            "mfc-l8390cdw" => mfc_l8390cdw(),
            "ads-3350w" => ads_3350w(),
            _ => mfc_l8900cdw(),
        }
    }
}

fn options(choices: &[(&str, &str, &str)]) -> Vec<BrotherOption> {
    choices
        .iter()
        .map(|(word, value, text)| BrotherOption {
            word: (*word).to_owned(),
            value: (*value).to_owned(),
            text: (*text).to_owned(),
        })
        .collect()
}

fn heading(text: &str) -> BrotherRow {
    BrotherRow::Heading(text.to_owned())
}

fn text(item: Item, id: u32, label: &str, max: usize) -> BrotherRow {
    BrotherRow::Text { item, id, label: label.to_owned(), max }
}

fn choice(item: Item, id: u32, label: &str, radio: bool, choices: &[(&str, &str, &str)]) -> BrotherRow {
    BrotherRow::Choice { item, id, label: label.to_owned(), radio, options: options(choices) }
}

fn switch(item: Item, id: u32, label: &str) -> BrotherRow {
    BrotherRow::Switch { item, id, label: label.to_owned() }
}

fn password(kind: PasswordKind, id: u32, label: &str, again: (u32, &str), max: usize) -> BrotherRow {
    let again = Some((again.0, again.1.to_owned()));
    BrotherRow::Password { kind, id, label: label.to_owned(), again, max }
}

/// Generation C: tokens with entities for line breaks, a `Referer` that must be there, English.
fn mfc_l8900cdw() -> BrotherProfile {
    BrotherProfile {
        name: "mfc-l8900cdw".into(),
        model: "MFC-L8900CDW".into(),
        sample_serial: "U64180L7N120345".into(),
        firmware: "ZF".into(),
        generation: Generation::C,
        tls: TlsKind::None,
        server: "debut/1.30".into(),
        language: "en".into(),
        paths: BrotherPaths {
            status: "/general/status.html".into(),
            information: "/general/information.html".into(),
            protocol: "/net/net/protocol.html".into(),
            smtp: "/net/net/certificate/smtp.html".into(),
            http: "/net/net/certificate/http.html".into(),
            address: "/address/speeddial.html".into(),
        },
        page_ids: PageIds {
            password: 231,
            information: 3,
            network: 380,
            protocol: 385,
            smtp: 398,
            http: 403,
            address: 21,
            reset: 236,
        },
        field_ids: FieldIds { login: 0x15bd, protocol: 0x1480, http: 0x1500, test_address: 0x15a8 },
        advanced: "Advanced Setting".into(),
        smtp_row: "SMTP".into(),
        rows: vec![
            text(Item::SmtpServer, 0x1390, "SMTP Server Address", 64),
            text(Item::SmtpPort, 0x1391, "Port", 5),
            choice(
                Item::SmtpAuth,
                0x1393,
                "Server Authentication Method (SMTP)",
                true,
                &[("none", "0", "None"), ("smtp_auth", "1", "SMTP-AUTH")],
            ),
            text(Item::SmtpUser, 0x1394, "SMTP-AUTH Account Name", 60),
            password(
                PasswordKind::Smtp,
                0x1395,
                "SMTP-AUTH Account Password",
                (0x1396, "Retype Password"),
                60,
            ),
            choice(
                Item::SmtpSecurity,
                0x1399,
                "SSL/TLS",
                true,
                &[("none", "0", "None"), ("tls", "1", "SSL"), ("starttls", "2", "TLS")],
            ),
            switch(Item::VerifyCertificate, 0x139a, "Verify Server Certificate"),
            text(Item::DeviceAddress, 0x139d, "Device E-mail Address", 60),
        ],
        book: book::l8900(),
        door: DoorManners {
            accepted: 301,
            refused: WrongPassword::Redirect,
            cookie_on_failure: true,
            token: false,
        },
        token: Some(TokenManners { life: FormTokens::LastPage, breaks: TokenBreaks::Entities }),
        referer: true,
        marker: Marker::SubmitOk,
        missing: MissingFields::Lost,
        stars: Stars::Keep,
        mnt_info: MntInfo::Open,
        identity_needs_login: false,
        test_mail: TestMail::SecondStep { control: "smtp_page_mode".into(), waits: 2 },
        restarts_after_save: false,
        restart: Duration::from_millis(400),
        patience: Duration::from_secs(2),
        idle: Duration::from_secs(300),
        mail_tls_max: None,
    }
}

/// Generation B: no tokens, an old vocabulary, POP3 on the same page, short passwords, English.
fn mfc_l2740dw() -> BrotherProfile {
    BrotherProfile {
        name: "mfc-l2740dw".into(),
        model: "MFC-L2740DW".into(),
        sample_serial: "U63887H5N210876".into(),
        firmware: "N".into(),
        generation: Generation::B,
        server: "debut/1.20".into(),
        paths: BrotherPaths { smtp: "/net/net/pop3smtp.html".into(), ..mfc_l8900cdw().paths },
        page_ids: PageIds {
            password: 140,
            information: 3,
            network: 171,
            protocol: 175,
            smtp: 186,
            http: 191,
            address: 16,
            reset: 149,
        },
        field_ids: FieldIds { login: 0x6f1, protocol: 0x5c0, http: 0x640, test_address: 0x6d2 },
        smtp_row: "POP3/SMTP".into(),
        rows: vec![
            heading("SMTP"),
            text(Item::SmtpServer, 0x4a1, "SMTP Server Address", 64),
            text(Item::SmtpPort, 0x4a2, "Port", 5),
            choice(
                Item::SmtpAuth,
                0x4a4,
                "Server Authentication Method (SMTP)",
                false,
                &[
                    ("none", "0", "None"),
                    ("pop_before_smtp", "1", "POP before SMTP"),
                    ("smtp_auth", "2", "SMTP-AUTH"),
                ],
            ),
            text(Item::SmtpUser, 0x4a6, "SMTP-AUTH Account Name", 32),
            password(PasswordKind::Smtp, 0x4a7, "SMTP-AUTH Account Password", (0x4a8, "Retype Password"), 32),
            choice(
                Item::SmtpSecurity,
                0x4ab,
                "SMTP over SSL",
                false,
                &[("none", "0", "None"), ("tls", "1", "SSL"), ("starttls", "2", "TLS")],
            ),
            text(Item::DeviceAddress, 0x4ad, "Device E-mail Address", 60),
            heading("POP3"),
            text(Item::PopServer, 0x4b0, "POP3 Server Address", 64),
            text(Item::Pop3Port, 0x4b1, "POP3 Port", 5),
            text(Item::PopUser, 0x4b3, "POP3 Account Name", 32),
            password(PasswordKind::Pop, 0x4b4, "POP3 Account Password", (0x4b5, "Retype POP3 Password"), 32),
        ],
        book: book::l2740(),
        door: DoorManners {
            accepted: 302,
            refused: WrongPassword::Page,
            cookie_on_failure: true,
            token: false,
        },
        token: None,
        referer: false,
        test_mail: TestMail::SecondStep { control: "postif_test_mail".into(), waits: 1 },
        ..mfc_l8900cdw()
    }
}

/// Generation C in Spanish: a token in the log-in form too, 200 after the log-in, a post without a mark.
fn mfc_l2750dw() -> BrotherProfile {
    BrotherProfile {
        name: "mfc-l2750dw".into(),
        model: "MFC-L2750DW".into(),
        sample_serial: "U64646K9N331207".into(),
        firmware: "1.72".into(),
        language: "es".into(),
        paths: BrotherPaths { smtp: "/net/net/smtp_client.html".into(), ..mfc_l8900cdw().paths },
        page_ids: PageIds {
            password: 202,
            information: 3,
            network: 310,
            protocol: 315,
            smtp: 322,
            http: 326,
            address: 18,
            reset: 208,
        },
        field_ids: FieldIds { login: 0xaf9, protocol: 0xa30, http: 0xa8c, test_address: 0xaea },
        advanced: "Configuración avanzada".into(),
        rows: vec![
            text(Item::DeviceAddress, 0x9b0, "Dirección de correo electrónico del equipo", 60),
            text(Item::SmtpServer, 0x9b2, "Dirección del servidor SMTP", 64),
            text(Item::SmtpPort, 0x9b3, "Puerto", 5),
            choice(
                Item::SmtpSecurity,
                0x9b5,
                "SSL/TLS",
                false,
                &[("none", "1", "Ninguno"), ("tls", "2", "SSL"), ("starttls", "4", "TLS")],
            ),
            switch(Item::VerifyCertificate, 0x9b6, "Verificar certificado de servidor"),
            choice(
                Item::SmtpAuth,
                0x9b8,
                "Método de autenticación de servidor (SMTP)",
                true,
                &[("none", "1", "Ninguno"), ("smtp_auth", "3", "SMTP-AUTH")],
            ),
            text(Item::SmtpUser, 0x9b9, "Nombre de cuenta SMTP-AUTH", 60),
            password(
                PasswordKind::Smtp,
                0x9ba,
                "Contraseña de cuenta SMTP-AUTH",
                (0x9bb, "Vuelva a escribir la contraseña"),
                60,
            ),
        ],
        book: book::l2750(),
        door: DoorManners {
            accepted: 200,
            refused: WrongPassword::Page,
            cookie_on_failure: false,
            token: true,
        },
        token: Some(TokenManners { life: FormTokens::Unused, breaks: TokenBreaks::Plain }),
        referer: false,
        marker: Marker::Nothing,
        missing: MissingFields::Kept,
        stars: Stars::Literal,
        mnt_info: MntInfo::Missing,
        ..mfc_l8900cdw()
    }
}

/// Generation C2: `/home/status.html`, https, identity behind the log-in, a token in the log-in form, English.
fn mfc_l8390cdw() -> BrotherProfile {
    BrotherProfile {
        name: "mfc-l8390cdw".into(),
        model: "MFC-L8390CDW".into(),
        sample_serial: "E78120M3N450019".into(),
        firmware: "B2402070919".into(),
        generation: Generation::C2,
        tls: TlsKind::SelfSigned,
        paths: BrotherPaths {
            status: "/home/status.html".into(),
            information: "/general/information.html".into(),
            protocol: "/net/net/protocol.html".into(),
            smtp: "/net/email/smtp.html".into(),
            http: "/net/net/certificate/http.html".into(),
            address: "/address/addressbook.html".into(),
        },
        page_ids: PageIds {
            password: 262,
            information: 4,
            network: 420,
            protocol: 426,
            smtp: 441,
            http: 386,
            address: 33,
            reset: 271,
        },
        field_ids: FieldIds { login: 0x1889, protocol: 0x1740, http: 0x17d0, test_address: 0x1870 },
        advanced: "Advanced Settings".into(),
        rows: vec![
            heading("SMTP"),
            text(Item::SmtpServer, 0x162c, "SMTP Server Address", 64),
            text(Item::SmtpPort, 0x162d, "Port", 5),
            choice(
                Item::SmtpSecurity,
                0x1630,
                "SSL/TLS",
                true,
                &[("none", "none", "None"), ("tls", "ssl", "SSL"), ("starttls", "tls", "TLS")],
            ),
            switch(Item::VerifyCertificate, 0x1631, "Verify Server Certificate"),
            text(Item::DeviceAddress, 0x1634, "Device E-mail Address", 60),
            heading("SMTP-AUTH"),
            choice(
                Item::SmtpAuth,
                0x1638,
                "Server Authentication Method (SMTP)",
                false,
                &[("none", "none", "None"), ("smtp_auth", "smtp_auth", "SMTP-AUTH")],
            ),
            text(Item::SmtpUser, 0x163a, "SMTP-AUTH Account Name", 64),
            password(
                PasswordKind::Smtp,
                0x163b,
                "SMTP-AUTH Account Password",
                (0x163c, "Retype Password"),
                64,
            ),
        ],
        book: book::l8390(),
        door: DoorManners {
            accepted: 302,
            refused: WrongPassword::Redirect,
            cookie_on_failure: true,
            token: true,
        },
        token: Some(TokenManners { life: FormTokens::Unused, breaks: TokenBreaks::Entities }),
        referer: false,
        marker: Marker::Accepted,
        mnt_info: MntInfo::LoginPage,
        identity_needs_login: true,
        test_mail: TestMail::SecondStep { control: "email_test_process".into(), waits: 3 },
        ..mfc_l8900cdw()
    }
}

/// Generation D: pages made by script; for recognising and refusing.
fn ads_3350w() -> BrotherProfile {
    BrotherProfile {
        name: "ads-3350w".into(),
        model: "ADS-3350W".into(),
        sample_serial: "E79004B4N600231".into(),
        firmware: "B2312150844".into(),
        generation: Generation::D,
        tls: TlsKind::SelfSigned,
        paths: BrotherPaths { status: "/EWS/home/status.html".into(), ..mfc_l8900cdw().paths },
        mnt_info: MntInfo::Missing,
        rows: Vec::new(),
        test_mail: TestMail::Absent,
        referer: false,
        ..mfc_l8900cdw()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn ids(profile: &BrotherProfile) -> Vec<u32> {
        profile
            .rows
            .iter()
            .flat_map(|row| match row {
                BrotherRow::Heading(_) => Vec::new(),
                BrotherRow::Text { id, .. }
                | BrotherRow::Choice { id, .. }
                | BrotherRow::Switch { id, .. } => {
                    vec![*id]
                }
                BrotherRow::Password { id, again, .. } => {
                    [Some(*id), again.as_ref().map(|(id, _)| *id)].into_iter().flatten().collect()
                }
            })
            .collect()
    }

    #[test]
    fn no_two_profiles_share_an_id_and_no_page_has_one_twice() {
        let mut all = Vec::new();
        for name in BrotherProfile::NAMES {
            let profile = BrotherProfile::named(name);
            assert_eq!(profile.name, name);
            all.extend(ids(&profile));
        }
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
    }

    #[test]
    fn what_they_hold_is_what_their_page_has() {
        let l8900 = BrotherProfile::named("mfc-l8900cdw").factory_settings();
        assert!(l8900.has(Item::VerifyCertificate) && !l8900.has(Item::PopServer));
        let l2740 = BrotherProfile::named("mfc-l2740dw").factory_settings();
        assert!(l2740.has(Item::PopServer) && !l2740.has(Item::VerifyCertificate));
    }
}
