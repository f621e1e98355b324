//! The words of the pages, one file a language.
//!
//! English texts and those marked in the language files are evidence; the other translations are the lab's own.

mod en;
mod es;
mod fr;

use crate::settings::{Item, PasswordKind};

/// Which vocabulary a generation uses ("E-mail" or "Email", "SSL" or "SSL/TLS").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// The words of older firmware.
    Older,
    /// The words of newer firmware.
    Newer,
}

/// Something a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// The label of a setting.
    Label(Item),
    /// The label of a password row.
    Password(PasswordKind),
    /// The title of the page on which a password is changed.
    ChangePassword(PasswordKind),
    /// One choice of a select or radio group, in the lab's word.
    Choice(&'static str),
    /// An entry of the configuration list.
    Menu(Menu),
    /// A heading on the E-mail page.
    Heading(Heading),
    On,
    Off,
    Active,
    Inactive,
    Ok,
    Cancel,
    Change,
    LogIn,
    LogOut,
    LoginUserName,
    LoginPassword,
    AuthFailed,
    CookieTitle,
    CookieText,
    TooManySessions,
    Busy,
    Error,
    SessionTimedOut,
    BadEntry,
    PasswordMismatch,
    NoPermission,
    NewPassword,
    ConfirmPassword,
    NoSslNote,
    DeviceInfo,
    ModelName,
    MachineId,
    TotalMemory,
    SystemVersion,
    NibVersion,
    WimVersion,
    DeviceName,
    Location,
    HostName,
    Status,
    Ready,
    Configuration,
    DeviceSettings,
    EasySecurity,
    Skip,
}

/// A heading on the E-mail page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    /// Reception.
    Reception,
    /// SMTP.
    Smtp,
    /// POP before SMTP.
    PopBeforeSmtp,
    /// POP3/IMAP4.
    PopImap,
    /// E-mail communication ports.
    Ports,
    /// Fax e-mail account.
    Fax,
    /// E-mail notification account.
    Notification,
}

/// An entry of the configuration list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Menu {
    System,
    Paper,
    DateTime,
    Timer,
    Logs,
    DownloadLogs,
    Email,
    AutoNotification,
    OnDemandNotification,
    FileTransfer,
    UserAuthentication,
    AdministratorAuthentication,
    ProgramAdministrator,
    PrintVolume,
    LdapServer,
    FirmwareUpdate,
    Kerberos,
    ImportTest,
    ImportExport,
    Interface,
}

/// The languages the lab can speak.
pub(crate) const LANGUAGES: [&str; 3] = ["en", "fr", "es"];

/// A text in a language; English where the language is none of the lab's.
pub(crate) fn text(language: &str, wording: Wording, word: Word) -> &'static str {
    match language {
        "fr" => fr::text(wording, word),
        "es" => es::text(wording, word),
        _ => en::text(wording, word),
    }
}
