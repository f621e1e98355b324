//! The words of the SMTP page: of the manuals where they have them, INVENTED elsewhere.

use super::super::profile::XeroxWording;
use crate::settings::Item;

/// A short name for ids and script variables.
pub(super) fn short(item: Item) -> &'static str {
    match item {
        Item::DeviceAddress => "Email",
        Item::SmtpSecurity => "Enc",
        Item::ServerChoice => "SrvChoice",
        Item::MaxMessageKb => "FragSize",
        Item::Fragments => "Frags",
        Item::MaxJobKb => "JobSize",
        Item::Splitting => "Split",
        Item::UserJobsLogin => "CredUser",
        Item::SystemJobsLogin => "CredSys",
        Item::Kerberos => "Krb",
        Item::VerifyCertificate => "CertVal",
        Item::SmtpUser => "Usr",
        _ => "Other",
    }
}

/// The words beside a field.
pub(super) fn label(wording: XeroxWording, item: Item) -> &'static str {
    let by = |older, newer| if wording == XeroxWording::Older { older } else { newer };
    match item {
        Item::ServerChoice => by("SMTP Server Setup", "SMTP Server"),
        Item::SmtpServer => by("IPv4 Address or Host Name", "Host Name"),
        Item::SmtpPort => by("Port", "Port"),
        Item::DeviceAddress => by("Machine E-mail Address", "Device Email Address"),
        Item::SmtpSecurity => by("Encryption", "Connection Encryption"),
        Item::VerifyCertificate => "Validate Server Certificate",
        Item::UserJobsLogin => "Login Credentials for the Walk-up User to Send Scanned Email",
        Item::SystemJobsLogin => "Login Credentials for the Device to Send Automated Email",
        Item::SmtpUser => "Login Name",
        Item::MaxMessageKb => by("Maximum Message Size (Message and Attachment)", "Maximum Message Size"),
        Item::Fragments => "Number of Fragments",
        Item::MaxJobKb => "Total Job Size",
        Item::Splitting => by("E-mail Job Splitting Boundary", "Email Job Splitting Boundary"),
        Item::Kerberos => "Kerberos Tickets",
        _ => "",
    }
}

/// The words of a choice.
pub(super) fn choice(item: Item, word: &str) -> &'static str {
    match (item, word) {
        (Item::ServerChoice, "manual") => "Specify SMTP Server manually",
        (Item::ServerChoice, _) => "Use DNS to identify SMTP Server",
        (Item::SmtpSecurity, "none") => "No Encryption",
        (Item::SmtpSecurity, "starttls_if_offered") => "STARTTLS (if available)",
        (Item::SmtpSecurity, "starttls") => "STARTTLS",
        (Item::SmtpSecurity, _) => "SSL/TLS",
        (Item::Splitting, "page") => "Page Boundary",
        (Item::Splitting, _) => "Automatic Boundary",
        (_, "none") => "None",
        (_, "system") => "System",
        (_, "user") => "Authenticated User",
        (_, "prompt") => "Prompt at Control Panel",
        (_, "true") => "Enabled",
        _ => "Disabled",
    }
}
