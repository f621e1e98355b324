//! The devices of the lab.
//!
//! Model names, firmware numbers, log-in fields, the attributes `connectivity.smtp.*` and their factory values are
//! known. INVENTED, and different in each profile: the SMTP page's path and markup, the order of its fields, ids, the
//! wire values of choices other than `manual`, `none`, `imgbdry`, `OFF` and those of `credentialSource`, the box that
//! saves a password, the test mail, the path of the log-out.

use super::book;
use super::profile::{
    Barrier, Cloning, Csrf, FieldValues, LoginEnd, ProductStyle, SmtpField, SmtpPages, XeroxDoor,
    XeroxProfile, XeroxTestMail, XeroxUi, XeroxWording,
};
use crate::settings::Item;
use crate::spec::TlsKind;

impl XeroxProfile {
    /// The names that [`XeroxProfile::find`] knows.
    pub const NAMES: [&'static str; 7] = [
        "altalink-c8155",
        "workcentre-7835",
        "workcentre-7835-old",
        "workcentre-5735",
        "versalink-c415",
        "versalink-c405",
        "xerox-b235",
    ];

    /// A profile by its name.
    pub fn find(name: &str) -> Option<Self> {
        Some(match name {
            "altalink-c8155" => altalink_c8155(),
            "workcentre-7835" => workcentre_7835(),
            "workcentre-7835-old" => {
                let mut profile = workcentre_7835().with_csrf(Csrf::None);
                profile.name = name.into();
                profile.firmware = "072.040.004.09100".into();
                profile
            }
            "workcentre-5735" => workcentre_5735(),
            "versalink-c415" => versalink_c415(),
            "versalink-c405" => stranger(name, XeroxUi::FirstGeneration, "Xerox VersaLink C405", "68.50.61"),
            "xerox-b235" => stranger(name, XeroxUi::Lexmark, "Xerox B235", "MXLBD.081.215"),
            _ => return None,
        })
    }
}

fn setting(item: Item, attribute: &str) -> SmtpField {
    SmtpField::Setting(item, format!("connectivity.smtp.{attribute}"))
}

fn server() -> SmtpField {
    SmtpField::Server("connectivity.smtp.server".into())
}

fn password() -> SmtpField {
    SmtpField::Password("connectivity.smtp.password".into())
}

fn hidden(name: &str, value: &str) -> SmtpField {
    SmtpField::Hidden(name.into(), value.into())
}

/// The wire values that are known, or follow from their siblings.
const KNOWN_WIRE: [(Item, &str, &str); 6] = [
    (Item::ServerChoice, "manual", "manual"),
    (Item::Splitting, "page", "imgbdry"),
    (Item::UserJobsLogin, "none", "none"),
    (Item::UserJobsLogin, "system", "system"),
    (Item::SystemJobsLogin, "none", "none"),
    (Item::SystemJobsLogin, "system", "system"),
];

fn wire(more: &[(Item, &'static str, &'static str)]) -> Vec<(Item, &'static str, &'static str)> {
    KNOWN_WIRE.iter().chain(more).copied().collect()
}

const GROUPS: [(&str, &str); 6] = [
    ("1", "Address Book"),
    ("2", "Administrative Settings"),
    ("3", "Connectivity"),
    ("4", "E-mail"),
    ("5", "Scanning"),
    ("tmpl", "Templates"),
];

fn altalink_c8155() -> XeroxProfile {
    use Item::*;
    XeroxProfile {
        name: "altalink-c8155".into(),
        model: "Xerox AltaLink C8155".into(),
        product: ProductStyle::Marks,
        sample_serial: "EHQ204417".into(),
        firmware: "118.013.021.17400".into(),
        tls: TlsKind::SelfSigned,
        ui: XeroxUi::Php,
        door: XeroxDoor {
            user_field: "frmwebUsername".into(),
            password_field: "frmwebPassword".into(),
            decoy: Some("fred".into()),
            next_page: "/properties/authentication/luidLogin.php?type=&authStatus=".into(),
            script_fills: true,
            csrf: Csrf::Enforced,
            end: LoginEnd::Status,
            barrier: Barrier::Redirect,
            logout: "/properties/authentication/luidLogout.php".into(),
        },
        smtp: SmtpPages {
            page: "/connectivity/smtp/general.php?from=setup".into(),
            link: "SMTP (Email)".into(),
            fields: vec![
                SmtpField::Function,
                SmtpField::NextPage,
                hidden("from", "setup"),
                setting(ServerChoice, "serverChoice"),
                server(),
                setting(DeviceAddress, "emailAddress"),
                setting(SmtpSecurity, "encryption"),
                SmtpField::Token,
                // INVENTED: only the twin `ldap.sslCertVal` is known.
                setting(VerifyCertificate, "sslCertVal"),
                setting(UserJobsLogin, "credentialSource.userJobs"),
                setting(SystemJobsLogin, "credentialSource.systemJobs"),
                setting(SmtpUser, "username"),
                password(),
                setting(MaxMessageKb, "maxFragSize"),
                setting(Fragments, "maxFragments"),
                setting(MaxJobKb, "maxJobSize"),
                setting(Splitting, "emailSplitting"),
                setting(Kerberos, "kerberization"),
            ],
            values: FieldValues::Object,
            wording: XeroxWording::Newer,
            ids: "smtp_".into(),
            script_fills: true,
            strict_order: true,
            wire: wire(&[
                (ServerChoice, "dns", "dns"),
                (SmtpSecurity, "none", "none"),
                (SmtpSecurity, "starttls_if_offered", "startTLSIfAvail"),
                (SmtpSecurity, "starttls", "startTLS"),
                (SmtpSecurity, "tls", "sslTLS"),
                (VerifyCertificate, "true", "TRUE"),
                (VerifyCertificate, "false", "FALSE"),
                (UserJobsLogin, "user", "domainUser"),
                (UserJobsLogin, "prompt", "promptAlways"),
                (Splitting, "automatic", "auto"),
                (Kerberos, "true", "PREFERRED"),
                (Kerberos, "false", "OFF"),
            ]),
            save_box: ("saveNewPassword".into(), "TRUE".into()),
            retype: None,
            password_with_server: false,
            test: Some(XeroxTestMail {
                function: "HTTP_Send_Test_Email_fn".into(),
                to_field: "testEmailTo".into(),
                next_page: "/connectivity/smtp/general.php?from=setup&tab=test".into(),
                ajax: true,
            }),
        },
        book: book::altalink(),
        links: true,
        version_label: "Device Software Version:".into(),
        cloning: Some(Cloning {
            groups: GROUPS.to_vec(),
            smtp_group: "3",
            in_script: true,
            download: "/download/cloning.dlm".into(),
        }),
        soap: true,
        mail_tls_max: None,
    }
}

fn workcentre_7835() -> XeroxProfile {
    use Item::*;
    XeroxProfile {
        name: "workcentre-7835".into(),
        model: "Xerox WorkCentre 7835".into(),
        product: ProductStyle::Capitals,
        sample_serial: "MX4318825".into(),
        firmware: "072.162.004.09100".into(),
        tls: TlsKind::None,
        ui: XeroxUi::Php,
        door: XeroxDoor {
            user_field: "webUsername".into(),
            password_field: "webPassword".into(),
            decoy: None,
            next_page: "/properties/authentication/luidLogin.php".into(),
            script_fills: false,
            csrf: Csrf::Enforced,
            end: LoginEnd::Opener,
            barrier: Barrier::Redirect,
            logout: "/properties/authentication/logout.php".into(),
        },
        smtp: SmtpPages {
            page: "/protocols/smtp/setup.php?from=protocolConfig".into(),
            link: "SMTP (Email)".into(),
            fields: vec![
                setting(ServerChoice, "serverChoice"),
                server(),
                setting(DeviceAddress, "emailAddress"),
                SmtpField::Function,
                SmtpField::NextPage,
                hidden("from", "protocolConfig"),
                setting(UserJobsLogin, "credentialSource.userJobs"),
                setting(SystemJobsLogin, "credentialSource.systemJobs"),
                setting(SmtpUser, "username"),
                password(),
                setting(SmtpSecurity, "encryption"),
                setting(Kerberos, "kerberization"),
                setting(MaxMessageKb, "maxFragSize"),
                setting(Fragments, "maxFragments"),
                setting(MaxJobKb, "maxJobSize"),
                setting(Splitting, "emailSplitting"),
                SmtpField::Token,
            ],
            values: FieldValues::Mixed,
            wording: XeroxWording::Newer,
            ids: "w".into(),
            script_fills: false,
            strict_order: true,
            wire: wire(&[
                (ServerChoice, "dns", "useDNS"),
                (SmtpSecurity, "none", "none"),
                (SmtpSecurity, "starttls_if_offered", "tlsIfAvailable"),
                (SmtpSecurity, "starttls", "tls"),
                (SmtpSecurity, "tls", "ssl"),
                (UserJobsLogin, "user", "user"),
                (UserJobsLogin, "prompt", "promptAlways"),
                (Splitting, "automatic", "bytebdry"),
                (Kerberos, "true", "ON"),
                (Kerberos, "false", "OFF"),
            ]),
            save_box: ("connectivity.smtp.savePassword".into(), "on".into()),
            retype: Some("retypePassword".into()),
            password_with_server: false,
            test: Some(XeroxTestMail {
                function: "HTTP_SMTP_Test_fn".into(),
                to_field: "toAddress".into(),
                next_page: "/protocols/smtp/testResult.php".into(),
                ajax: false,
            }),
        },
        book: book::workcentre(),
        links: true,
        version_label: "System Software:".into(),
        cloning: Some(Cloning {
            groups: GROUPS.to_vec(),
            smtp_group: "4",
            in_script: true,
            download: "/download/cloning.dlm".into(),
        }),
        soap: true,
        mail_tls_max: None,
    }
}

fn workcentre_5735() -> XeroxProfile {
    use Item::*;
    XeroxProfile {
        name: "workcentre-5735".into(),
        model: "Xerox WorkCentre 5735".into(),
        product: ProductStyle::Capitals,
        sample_serial: "UTW803361".into(),
        firmware: "061.132.221.35401".into(),
        tls: TlsKind::None,
        ui: XeroxUi::Php,
        door: XeroxDoor {
            user_field: "webUsername".into(),
            password_field: "webPassword".into(),
            decoy: None,
            next_page: "/properties/authentication/luidLogin.php".into(),
            script_fills: false,
            csrf: Csrf::None,
            end: LoginEnd::Message,
            barrier: Barrier::Page,
            logout: "/logout.php".into(),
        },
        smtp: SmtpPages {
            page: "/properties/smtp.php".into(),
            link: "SMTP (E-mail)".into(),
            fields: vec![
                SmtpField::Function,
                SmtpField::NextPage,
                setting(DeviceAddress, "emailAddress"),
                server(),
                setting(MaxMessageKb, "maxFragSize"),
                setting(Fragments, "maxFragments"),
                setting(UserJobsLogin, "credentialSource.userJobs"),
                setting(SystemJobsLogin, "credentialSource.systemJobs"),
                setting(SmtpUser, "username"),
                password(),
                setting(SmtpSecurity, "encryption"),
            ],
            values: FieldValues::Arrays,
            wording: XeroxWording::Older,
            ids: "id".into(),
            script_fills: false,
            strict_order: false,
            // No TLS from the first byte, so that some device cannot hold what a playbook wants.
            wire: wire(&[
                (SmtpSecurity, "none", "none"),
                (SmtpSecurity, "starttls_if_offered", "ifAvailable"),
                (SmtpSecurity, "starttls", "always"),
                (UserJobsLogin, "prompt", "promptAlways"),
            ]),
            save_box: ("chkSavePw".into(), "1".into()),
            retype: Some("retypePw".into()),
            password_with_server: false,
            test: None,
        },
        book: book::old_workcentre(),
        links: false,
        version_label: "Device Software:".into(),
        cloning: Some(Cloning {
            groups: vec![
                ("Connectivity", "Connectivity Settings"),
                ("Email", "E-mail Settings"),
                ("Scan", "Scan"),
            ],
            smtp_group: "Email",
            in_script: false,
            download: "/properties/cloneDownload.php".into(),
        }),
        soap: true,
        mail_tls_max: Some(crate::mail::client::TlsMax::Tls12),
    }
}

fn versalink_c415() -> XeroxProfile {
    use Item::*;
    XeroxProfile {
        name: "versalink-c415".into(),
        model: "Xerox VersaLink C415".into(),
        product: ProductStyle::Marks,
        sample_serial: "AHT551092".into(),
        firmware: "120.016.023.20700".into(),
        tls: TlsKind::SelfSigned,
        ui: XeroxUi::Php,
        door: XeroxDoor {
            user_field: "frmwebUsername".into(),
            password_field: "frmwebPassword".into(),
            decoy: Some("fred".into()),
            next_page: "/properties/authentication/luidLogin.php?type=&authStatus=".into(),
            script_fills: true,
            csrf: Csrf::Enforced,
            end: LoginEnd::Status,
            barrier: Barrier::Redirect,
            logout: "/userlogout.php?user=admin".into(),
        },
        smtp: SmtpPages {
            page: "/properties/email/smtpServer.php".into(),
            link: "SMTP (Email)".into(),
            fields: vec![
                server(),
                setting(ServerChoice, "serverChoice"),
                setting(SmtpSecurity, "encryption"),
                // INVENTED, as on the AltaLink.
                setting(VerifyCertificate, "validateCert"),
                setting(DeviceAddress, "emailAddress"),
                setting(SystemJobsLogin, "credentialSource.systemJobs"),
                setting(UserJobsLogin, "credentialSource.userJobs"),
                setting(SmtpUser, "username"),
                password(),
                setting(MaxMessageKb, "maxFragSize"),
                SmtpField::Function,
                SmtpField::NextPage,
                SmtpField::Token,
            ],
            values: FieldValues::Inputs,
            wording: XeroxWording::Newer,
            ids: "frm".into(),
            script_fills: false,
            strict_order: true,
            wire: wire(&[
                (ServerChoice, "dns", "automatic"),
                (SmtpSecurity, "none", "none"),
                (SmtpSecurity, "starttls_if_offered", "2"),
                (SmtpSecurity, "starttls", "3"),
                (SmtpSecurity, "tls", "4"),
                (VerifyCertificate, "true", "TRUE"),
                (VerifyCertificate, "false", "FALSE"),
                (UserJobsLogin, "user", "user"),
                (UserJobsLogin, "prompt", "promptAlways"),
            ]),
            save_box: ("savePassword".into(), "yes".into()),
            retype: Some("passwordAgain".into()),
            password_with_server: false,
            test: Some(XeroxTestMail {
                function: "HTTP_Email_Test_Config_fn".into(),
                to_field: "testTo".into(),
                next_page: "/properties/email/smtpTest.php".into(),
                ajax: false,
            }),
        },
        book: book::versalink(),
        links: true,
        version_label: "Device Software Version:".into(),
        // Whether this generation's clone can be read is not known.
        cloning: None,
        soap: true,
        mail_tls_max: None,
    }
}

/// A device of a generation that is only recognised.
fn stranger(name: &str, ui: XeroxUi, model: &str, firmware: &str) -> XeroxProfile {
    let mut profile = versalink_c415();
    profile.name = name.into();
    profile.model = model.into();
    profile.ui = ui;
    profile.firmware = firmware.into();
    profile.sample_serial = if ui == XeroxUi::Lexmark { "45147PHH0R4VD" } else { "4HX330918" }.into();
    profile.smtp.fields.clear();
    profile.smtp.test = None;
    profile.soap = false;
    profile
}
