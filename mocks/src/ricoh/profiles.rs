//! The four generations of the lab.
//!
//! Model names, the markup by generation, the seven bold field names and the manners of log-in follow the evidence.
//! INVENTED, and different in each profile so that nobody can learn them by heart: the E-mail page's paths, the names
//! of the other fields, the order of the rows, wire values of choices, and which profile shows which quirk.

use super::address::{AddressPages, Batch, Column};
use super::profile::{
    AfterPassword, AfterSave, CookiePage, Dashes, EmailPages, Markup, Profile, Row, ScriptStyle,
    SessionManners, SwitchWords, TokenLife, ValueStyle,
};
use super::texts::{Heading, Wording};
use crate::settings::{Item, PasswordKind};
use crate::spec::TlsKind;

impl Profile {
    /// The names that [`Profile::named`] knows.
    pub const NAMES: [&'static str; 4] = ["mp-c3003", "mp-c4504ex", "im-c4500", "aficio-mp-301"];

    /// A profile by its name; an unknown name gives the newer generation, `mp-c4504ex`.
    pub fn named(name: &str) -> Self {
        match name {
            "mp-c3003" => mp_c3003(),
            "im-c4500" => im_c4500(),
            "aficio-mp-301" => aficio_mp_301(),
            _ => mp_c4504ex(),
        }
    }
}

fn languages(list: &[&str]) -> Vec<String> {
    list.iter().map(|language| (*language).to_owned()).collect()
}

fn field(item: Item, name: &str) -> Row {
    Row::Field(item, name.to_owned())
}

fn button(kind: PasswordKind, function: &str) -> Row {
    Row::Password(kind, function.to_owned())
}

/// The older generation: tables, Spanish panel, plain http.
fn mp_c3003() -> Profile {
    use Item::*;
    Profile {
        name: "mp-c3003".into(),
        model: "RICOH MP C3003".into(),
        sample_serial: "E174M830457".into(),
        firmware: "1.16".into(),
        wim_version: "1.03".into(),
        tls: TlsKind::None,
        languages: languages(&["es", "en", "fr"]),
        wording: Wording::Older,
        markup: Markup::Table,
        email: EmailPages {
            page: "websys/netw/mailConfGet.cgi".into(),
            save: "websys/netw/mailConfSet.cgi".into(),
            password: "websys/netw/mailPasswdGet.cgi".into(),
            password_save: "websys/netw/mailPasswdSet.cgi".into(),
            rows: vec![
                field(AdminAddress, "adminMailAddress"),
                field(Signature, "mailSignature"),
                Row::Heading(Heading::Reception),
                field(ReceptionProtocol, "recvProtocol"),
                field(ReceptionIntervalOn, "recvIntervalEnable"),
                field(ReceptionInterval, "recvInterval"),
                field(MaxReceptionSize, "recvMaxSize"),
                field(StorageInServer, "mailStorage"),
                Row::Heading(Heading::Smtp),
                field(SmtpServer, "smtpServerName"),
                field(SmtpPort, "smtpSendPort"),
                field(SmtpSsl, "smtpOverSSL"),
                field(SmtpAuth, "smtpAuth"),
                field(SmtpAuthAddress, "smtpAuthMailAddress"),
                field(SmtpUser, "smtpUserName"),
                button(PasswordKind::Smtp, "smtpPwd"),
                field(SmtpEncryption, "smtpAuthEncrypt"),
                Row::Heading(Heading::PopBeforeSmtp),
                field(PopBeforeSmtp, "popBeforeSmtp"),
                field(PopAddress, "popMailAddress"),
                field(PopUser, "popUserName"),
                button(PasswordKind::Pop, "popPwd"),
                field(PopWait, "popAuthWait"),
                Row::Heading(Heading::PopImap),
                field(PopServer, "popServerName"),
                field(PopEncryption, "popEncrypt"),
                Row::Heading(Heading::Ports),
                field(Pop3Port, "pop3RecvPort"),
                field(ImapPort, "imap4RecvPort"),
                Row::Heading(Heading::Notification),
                field(NotifyAddress, "mirsMailAddress"),
                field(NotifyReceive, "mirsReceive"),
                field(NotifyUser, "mirsUserName"),
                button(PasswordKind::Notify, "mirsPwd"),
            ],
            switches: SwitchWords::OnOff,
            values: ValueStyle::Words,
            selects: true,
            apply_sets: Vec::new(),
            scripts: ScriptStyle::Plain,
            after_save: AfterSave::Page,
            after_password: AfterPassword::Page,
            disables_auth_fields: false,
            busy_return_value: false,
        },
        address: AddressPages { batches_first: true, ..AddressPages::older() },
        session: SessionManners {
            cookie_page: CookiePage::Page,
            cookie_http_only: false,
            dashes: Dashes::Never,
            easy_security: false,
            absolute_location: false,
            token: TokenLife::Constant,
            token_checked: false,
        },
        mail_tls_max: None,
    }
}

/// The newer generation: lists, English panel, the SMTP account's fields disabled while authentication is off. Its
/// paths are the evidence's guess (by the hidden `methodName`), in a directory that is a guess too.
fn mp_c4504ex() -> Profile {
    use Item::*;
    Profile {
        name: "mp-c4504ex".into(),
        model: "RICOH MP C4504ex".into(),
        sample_serial: "C737M900123".into(),
        firmware: "2.01".into(),
        wim_version: "1.09.4".into(),
        tls: TlsKind::None,
        languages: languages(&["en", "fr", "es"]),
        wording: Wording::Newer,
        markup: Markup::List,
        email: EmailPages {
            page: "websys/mail/mailConfGet.cgi".into(),
            save: "websys/mail/mailConfSet.cgi".into(),
            password: "websys/mail/mailPwdConfGet.cgi".into(),
            password_save: "websys/mail/mailPwdConfSet.cgi".into(),
            rows: vec![
                field(AdminAddress, "adminMailAddress"),
                field(AutoSender, "autoSenderSpecify"),
                field(Signature, "signatureText"),
                Row::Heading(Heading::Smtp),
                field(SmtpServer, "smtpServerName"),
                field(SmtpPort, "smtpSendPort"),
                field(SmtpSsl, "smtpOverSSL"),
                field(SmtpAuth, "smtpAuth"),
                field(SmtpAuthAddress, "smtpAuthMailAddress"),
                field(SmtpUser, "smtpUserName"),
                button(PasswordKind::Smtp, "smtpPwd"),
                field(SmtpEncryption, "smtpAuthCrypt"),
                Row::Heading(Heading::PopBeforeSmtp),
                field(PopBeforeSmtp, "pbsUse"),
                field(PopAddress, "pbsMailAddress"),
                field(PopUser, "pbsUserName"),
                button(PasswordKind::Pop, "popPwd"),
                field(PopWait, "pbsWaitTime"),
                Row::Heading(Heading::Reception),
                field(ReceptionProtocol, "receptionProtocol"),
                field(ReceptionIntervalOn, "receptionTimer"),
                field(ReceptionInterval, "receptionTimerMinutes"),
                field(MaxReceptionSize, "receptionMaxSize"),
                field(StorageInServer, "serverStorage"),
                Row::Heading(Heading::PopImap),
                field(PopServer, "popImapServerName"),
                field(PopEncryption, "popImapCrypt"),
                field(Pop3Port, "pop3Port"),
                field(ImapPort, "imap4Port"),
                Row::Heading(Heading::Fax),
                field(FaxReceive, "faxMailReceive"),
                field(FaxAddress, "faxMailAddress"),
                field(FaxUser, "faxMailUserName"),
                button(PasswordKind::Fax, "faxMailPwd"),
                Row::Heading(Heading::Notification),
                field(NotifyAddress, "notifyMailAddress"),
                field(NotifyReceive, "notifyMailReceive"),
                field(NotifyUser, "notifyMailUserName"),
                button(PasswordKind::Notify, "mirsPwd"),
            ],
            switches: SwitchWords::OnOff,
            values: ValueStyle::Numbers,
            selects: true,
            apply_sets: Vec::new(),
            scripts: ScriptStyle::Variable,
            after_save: AfterSave::Redirect,
            after_password: AfterPassword::Redirect,
            disables_auth_fields: true,
            busy_return_value: true,
        },
        address: AddressPages::newer(),
        session: SessionManners {
            cookie_page: CookiePage::Script,
            cookie_http_only: true,
            dashes: Dashes::AtLogin,
            easy_security: false,
            absolute_location: true,
            token: TokenLife::Constant,
            token_checked: true,
        },
        mail_tls_max: None,
    }
}

/// The latest generation: https, Easy Security after the log-in, `wimsesid=--` on each answer, Active/Inactive.
fn im_c4500() -> Profile {
    use Item::*;
    Profile {
        name: "im-c4500".into(),
        model: "RICOH IM C4500".into(),
        sample_serial: "3120R710042".into(),
        firmware: "3.04".into(),
        wim_version: "1.23".into(),
        tls: TlsKind::SelfSigned,
        languages: languages(&["en", "es", "fr"]),
        wording: Wording::Newer,
        markup: Markup::List,
        email: EmailPages {
            page: "websys/config/mail/mailConfGet.cgi".into(),
            save: "websys/config/mail/mailConfSetup.cgi".into(),
            password: "websys/config/passwd/mailAuthPasswordGet.cgi".into(),
            password_save: "websys/config/passwd/mailAuthPasswordSet.cgi".into(),
            rows: vec![
                field(AdminAddress, "adminMailAddress"),
                field(AutoSender, "senderNameAuto"),
                field(Signature, "bodySignature"),
                Row::Heading(Heading::Reception),
                field(ReceptionProtocol, "rcvProtocolSel"),
                field(ReceptionIntervalOn, "rcvIntervalSw"),
                field(ReceptionInterval, "rcvIntervalMin"),
                field(MaxReceptionSize, "rcvSizeLimit"),
                field(StorageInServer, "keepOnServer"),
                Row::Heading(Heading::Smtp),
                field(SmtpServer, "smtpServerName"),
                field(SmtpSsl, "smtpOverSSL"),
                field(SmtpPort, "smtpSendPort"),
                field(SmtpAuth, "smtpAuth"),
                field(SmtpEncryption, "authCipherSel"),
                field(SmtpAuthAddress, "smtpAuthMailAddress"),
                field(SmtpUser, "smtpUserName"),
                button(PasswordKind::Smtp, "smtpPwd"),
                Row::Heading(Heading::PopBeforeSmtp),
                field(PopBeforeSmtp, "popFirstSw"),
                field(PopAddress, "popFirstAddress"),
                field(PopUser, "popFirstUser"),
                button(PasswordKind::Pop, "popPwd"),
                field(PopWait, "popFirstTimeout"),
                Row::Heading(Heading::PopImap),
                field(PopServer, "inServerName"),
                field(PopEncryption, "inCipherSel"),
                Row::Heading(Heading::Ports),
                field(Pop3Port, "inPort_pop"),
                field(ImapPort, "inPort_imap"),
                Row::Heading(Heading::Notification),
                field(NotifyAddress, "mirAddress"),
                field(NotifyReceive, "mirReceiveSw"),
                field(NotifyUser, "mirUser"),
                button(PasswordKind::Notify, "mirsPwd"),
            ],
            switches: SwitchWords::ActiveInactive,
            values: ValueStyle::Codes,
            selects: false,
            apply_sets: vec![("paramControl".into(), "INPUT".into())],
            scripts: ScriptStyle::Absolute,
            after_save: AfterSave::Redirect,
            after_password: AfterPassword::Page,
            disables_auth_fields: true,
            busy_return_value: true,
        },
        address: AddressPages {
            columns: vec![
                Column::EntryId,
                Column::Type,
                Column::Index,
                Column::Name,
                Column::UserCode,
                Column::LastUsed,
                Column::Fax,
                Column::Mail,
                Column::Folder,
            ],
            fax: true,
            batches_first: true,
            members: "grpMemberEntryIn".into(),
            ..AddressPages::newer()
        },
        session: SessionManners {
            cookie_page: CookiePage::Script,
            cookie_http_only: true,
            dashes: Dashes::Always,
            easy_security: true,
            absolute_location: true,
            token: TokenLife::Constant,
            token_checked: true,
        },
        mail_tls_max: None,
    }
}

/// The oldest generation: legacy TLS, French panel, no English installed.
fn aficio_mp_301() -> Profile {
    use Item::*;
    Profile {
        name: "aficio-mp-301".into(),
        model: "Aficio MP 301".into(),
        sample_serial: "W9127700318".into(),
        firmware: "1.07".into(),
        wim_version: "1.00".into(),
        tls: TlsKind::Legacy,
        languages: languages(&["fr", "es"]),
        wording: Wording::Older,
        markup: Markup::Table,
        email: EmailPages {
            page: "websys/webArch/emailConf.cgi".into(),
            save: "websys/webArch/emailConfWrite.cgi".into(),
            password: "websys/webArch/passwdConfGet.cgi".into(),
            password_save: "websys/webArch/passwdConfWrite.cgi".into(),
            rows: vec![
                Row::Heading(Heading::Smtp),
                field(SmtpServer, "smtpServerName"),
                field(SmtpPort, "smtpSendPort"),
                field(SmtpSsl, "smtpOverSSL"),
                field(SmtpAuth, "smtpAuth"),
                field(SmtpAuthAddress, "smtpAuthMailAddress"),
                field(SmtpUser, "smtpUserName"),
                button(PasswordKind::Smtp, "smtpPwd"),
                field(SmtpEncryption, "encSmtp"),
                Row::Heading(Heading::PopBeforeSmtp),
                field(PopBeforeSmtp, "bfrSmtp"),
                field(PopAddress, "bfrSmtpAddr"),
                field(PopUser, "bfrSmtpUser"),
                button(PasswordKind::Pop, "bfrPwd"),
                field(PopWait, "bfrSmtpWait"),
                Row::Heading(Heading::Reception),
                field(AdminAddress, "adminMailAddress"),
                field(ReceptionProtocol, "protoRcv"),
                field(ReceptionIntervalOn, "intervalRcvOn"),
                field(ReceptionInterval, "intervalRcv"),
                field(MaxReceptionSize, "sizeRcv"),
                field(StorageInServer, "storeRcv"),
                Row::Heading(Heading::PopImap),
                field(PopServer, "popImapName"),
                field(PopEncryption, "encPop"),
                field(Pop3Port, "portPop"),
                field(ImapPort, "portImap"),
                Row::Heading(Heading::Notification),
                field(NotifyAddress, "noticeAddr"),
                field(NotifyReceive, "noticeRcv"),
                field(NotifyUser, "noticeUser"),
                button(PasswordKind::Notify, "mirsPwd"),
            ],
            switches: SwitchWords::ActiveInactive,
            values: ValueStyle::Words,
            selects: true,
            apply_sets: Vec::new(),
            scripts: ScriptStyle::Plain,
            after_save: AfterSave::Page,
            after_password: AfterPassword::Skip,
            disables_auth_fields: false,
            busy_return_value: false,
        },
        address: AddressPages {
            // The columns of layout A in an order that nobody has seen.
            columns: vec![
                Column::Blank,
                Column::Type,
                Column::Index,
                Column::Name,
                Column::UserCode,
                Column::Frequent,
                Column::Title1,
                Column::Title2,
                Column::Title3,
                Column::Folder,
                Column::Mail,
            ],
            batch: Batch::Always(10),
            members: "groupUserIn".into(),
            ..AddressPages::older()
        },
        session: SessionManners {
            cookie_page: CookiePage::Page,
            cookie_http_only: false,
            dashes: Dashes::Never,
            easy_security: false,
            absolute_location: false,
            token: TokenLife::Constant,
            token_checked: false,
        },
        mail_tls_max: None,
    }
}
