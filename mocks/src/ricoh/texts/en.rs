//! English. Labels of the E-mail page, log-in, cookie, configuration and time-out texts are evidence; the text for too
//! many sessions and the one for "busy" are translations of what was seen in Spanish and French.

use super::{Heading, Menu, Word, Wording};
use crate::settings::{Item, PasswordKind};

pub(super) fn text(wording: Wording, word: Word) -> &'static str {
    let by = |older: &'static str, newer: &'static str| match wording {
        Wording::Older => older,
        Wording::Newer => newer,
    };
    match word {
        Word::Label(item) => label(item, &by),
        Word::Password(kind) => match kind {
            PasswordKind::Smtp => "SMTP Auth. Password",
            PasswordKind::Pop => "POP Password",
            PasswordKind::Fax => by("Fax E-mail Password", "Fax Email Password"),
            PasswordKind::Notify => by("E-mail Notification Password", "Email Notification Password"),
        },
        Word::ChangePassword(kind) => match kind {
            PasswordKind::Smtp => "Change SMTP Auth. Password",
            PasswordKind::Pop => "Change POP Password",
            PasswordKind::Fax => by("Change Fax E-mail Password", "Change Fax Email Password"),
            PasswordKind::Notify => {
                by("Change E-mail Notification Password", "Change Email Notification Password")
            }
        },
        Word::Choice(choice) => match choice {
            "auto" => "Auto Select",
            "active" => "Active",
            "inactive" => "Inactive",
            "pop3" => "POP3",
            "imap4" => "IMAP4",
            "smtp" => "SMTP",
            "off" => "Off",
            "all" => "All",
            "errors" => "Errors Only",
            other => other,
        },
        Word::Menu(entry) => menu(entry, &by),
        Word::Heading(heading) => match heading {
            Heading::Reception => "Reception",
            Heading::Smtp => "SMTP",
            Heading::PopBeforeSmtp => "POP before SMTP",
            Heading::PopImap => "POP3/IMAP4",
            Heading::Ports => by("E-mail Communication Port", "Email Communication Port"),
            Heading::Fax => by("Fax E-mail Account", "Fax Email Account"),
            Heading::Notification => by("E-mail Notification Account", "Email Notification Account"),
        },
        Word::On => "On",
        Word::Off => "Off",
        Word::Active => "Active",
        Word::Inactive => "Inactive",
        Word::Ok => "OK",
        Word::Cancel => "Cancel",
        Word::Change => "Change",
        Word::LogIn => "Login",
        Word::LogOut => "Logout",
        Word::LoginUserName => "Login User Name",
        Word::LoginPassword => "Login Password",
        Word::AuthFailed => "Authentication has failed.",
        Word::CookieTitle => "Cookie error",
        Word::CookieText => "Enable cookies in the browser.",
        Word::TooManySessions => {
            "The number of users accessing the server exceeds the maximum number allowed. Try again later."
        }
        Word::Busy => "The device is being used by other functions. Try again later.",
        Word::Error => "Error",
        Word::SessionTimedOut => {
            "Session timed out.<br />Settings will be reset.<br />Please retry from the Main Page."
        }
        Word::BadEntry => "There is an error with the entry. Check the item(s).",
        Word::PasswordMismatch => {
            "Confirmation password does not match the login password you first entered."
        }
        Word::NoPermission => "You do not have the privileges to use this function.",
        Word::NewPassword => "New Password",
        Word::ConfirmPassword => "Confirm Password",
        Word::NoSslNote => {
            "[Note] SSL communication is currently unavailable. The following items will be transmitted without \
             being encrypted."
        }
        Word::DeviceInfo => "Device Info",
        Word::ModelName => "Model Name",
        Word::MachineId => "Machine ID",
        Word::TotalMemory => "Total Memory",
        Word::SystemVersion => "System",
        Word::NibVersion => "NIB",
        Word::WimVersion => "Web Image Monitor",
        Word::DeviceName => "Device Name",
        Word::Location => "Location",
        Word::HostName => "Host Name",
        Word::Status => "Status",
        Word::Ready => "Status OK",
        Word::Configuration => "Configuration",
        Word::DeviceSettings => "Device Settings",
        Word::EasySecurity => "Easy Security Setup",
        Word::Skip => "Skip",
    }
}

fn label(item: Item, by: &dyn Fn(&'static str, &'static str) -> &'static str) -> &'static str {
    match item {
        Item::AdminAddress => by("Administrator E-mail Address", "Administrator Email Address"),
        Item::AutoSender => "Auto Specify Sender Name",
        Item::Signature => "Signature",
        Item::ReceptionProtocol => "Reception Protocol",
        Item::ReceptionIntervalOn => by("E-mail Reception Interval", "Email Reception Interval"),
        Item::ReceptionInterval => {
            by("E-mail Reception Interval (minute(s))", "Email Reception Interval (minute(s))")
        }
        Item::MaxReceptionSize => by("Max. Reception E-mail Size", "Max. Reception Email Size"),
        Item::StorageInServer => by("E-mail Storage in Server", "Email Storage in Server"),
        Item::SmtpServer => "SMTP Server Name",
        Item::SmtpPort => "SMTP Port No.",
        Item::SmtpSsl => by("Use Secure Connection (SSL)", "Use Secure Connection (SSL/TLS)"),
        Item::SmtpAuth => "SMTP Authentication",
        Item::SmtpAuthAddress => by("SMTP Auth. E-mail Address", "SMTP Auth. Email Address"),
        Item::SmtpUser => "SMTP Auth. User Name",
        Item::SmtpEncryption => "SMTP Auth. Encryption",
        Item::PopBeforeSmtp => "POP before SMTP",
        Item::PopAddress => by("POP E-mail Address", "POP Email Address"),
        Item::PopUser => "POP User Name",
        Item::PopWait => "Timeout setting after POP Auth.",
        Item::PopServer => "POP3/IMAP4 Server Name",
        Item::PopEncryption => "POP3/IMAP4 Encryption",
        Item::Pop3Port => "POP3 Reception Port No.",
        Item::ImapPort => "IMAP4 Reception Port No.",
        Item::FaxReceive => by("Receive Fax E-mail", "Receive Fax Email"),
        Item::FaxAddress => by("Fax E-mail Address", "Fax Email Address"),
        Item::FaxUser => by("Fax E-mail User Name", "Fax Email User Name"),
        Item::NotifyAddress => by("E-mail Notification E-mail Address", "Email Notification Email Address"),
        Item::NotifyReceive => by("Receive E-mail Notification", "Receive Email Notification"),
        Item::NotifyUser => by("E-mail Notification User Name", "Email Notification User Name"),
        // Settings of other makers; no page of this one has them.
        _ => "",
    }
}

fn menu(entry: Menu, by: &dyn Fn(&'static str, &'static str) -> &'static str) -> &'static str {
    match entry {
        Menu::System => "System",
        Menu::Paper => "Paper",
        Menu::DateTime => "Date/Time",
        Menu::Timer => "Timer",
        Menu::Logs => "Logs",
        Menu::DownloadLogs => "Download Logs",
        Menu::Email => by("E-mail", "Email"),
        Menu::AutoNotification => by("Auto E-mail Notification", "Auto Email Notification"),
        Menu::OnDemandNotification => by("On-demand E-mail Notification", "On-demand Email Notification"),
        Menu::FileTransfer => "File Transfer",
        Menu::UserAuthentication => "User Authentication Management",
        Menu::AdministratorAuthentication => "Administrator Authentication Management",
        Menu::ProgramAdministrator => "Program/Change Administrator",
        Menu::PrintVolume => "Print Volume Use Limitation",
        Menu::LdapServer => "LDAP Server",
        Menu::FirmwareUpdate => "Firmware Update",
        Menu::Kerberos => "Kerberos Authentication",
        Menu::ImportTest => "Device Setting Information: Import Test",
        Menu::ImportExport => "Import/Export Device Setting Information",
        Menu::Interface => "Interface Settings",
    }
}
