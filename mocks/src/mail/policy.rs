//! What the tenant decides: about a login, a recipient, a message. Pure functions of the tenant's state.

use std::net::IpAddr;

use super::message::Via;
use super::replies::{self, Reply};
use super::tenant::{
    Account, Provider, SendAsReply, SmtpAuthSwitch, TenantSpec, UnknownRecipient, domain_of,
};

/// Judges a name and a password, in the order of the real service.
///
/// Switches of the mail service and authentication policies come first and leave the password unjudged. The
/// directory then judges the password; its own policies (security defaults, conditional access) come after that.
pub(super) fn login<'a>(
    spec: &'a TenantSpec,
    user: &str,
    password: &str,
) -> Result<&'a Account, &'static Reply> {
    if spec.provider == Provider::Google {
        return google_login(spec, user, password);
    }
    if spec.basic_auth_retired {
        return Err(&replies::BASIC_RETIRED);
    }
    let account = spec.account(user);
    match (account.and_then(|account| account.smtp_auth), spec.smtp_auth) {
        (Some(false), _) => return Err(&replies::MAILBOX_OFF),
        (None, SmtpAuthSwitch::Off) => return Err(&replies::TENANT_OFF),
        (Some(true), _) | (None, SmtpAuthSwitch::On) => {}
    }
    if spec.basic_auth_disabled {
        return Err(&replies::BASIC_DISABLED);
    }
    let Some(account) = account else {
        return Err(&replies::CREDENTIALS);
    };
    if account.locked {
        return Err(&replies::LOCKED);
    }
    if account.password.reveal() != password {
        return Err(&replies::CREDENTIALS);
    }
    if spec.security_defaults {
        return Err(&replies::SECURITY_DEFAULTS);
    }
    if spec.conditional_access && !account.excluded_from_conditional_access {
        return Err(&replies::CRITERIA);
    }
    if !account.licensed {
        return Err(&replies::NO_MAILBOX);
    }
    Ok(account)
}

/// Google takes app passwords only, and says which kind of refusal it is only to whom knows the account's password.
fn google_login<'a>(spec: &'a TenantSpec, user: &str, password: &str) -> Result<&'a Account, &'static Reply> {
    let Some(account) = spec.account(user) else {
        return Err(&replies::CREDENTIALS);
    };
    if account.locked {
        return Err(&replies::LOCKED);
    }
    if account.has_app_password(password) {
        return Ok(account);
    }
    if account.two_step && account.password.reveal() == password {
        return Err(&replies::google::APP_PASSWORD);
    }
    Err(&replies::CREDENTIALS)
}

/// What becomes of a recipient.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recipient {
    Taken,
    /// Taken, and a report with these words goes back.
    Bounced(&'static Reply),
    Refused(&'static Reply),
}

/// Judges a recipient.
pub(super) fn recipient(spec: &TenantSpec, via: Via, peer: IpAddr, sender: &str, address: &str) -> Recipient {
    let own = spec.is_own(address);
    if via == Via::Mx && !spec.connector_for(peer) {
        // The recipient's domain tells the tenant. Only then the tenant's own switch can speak, and it looks at the
        // envelope sender alone.
        if !own {
            return Recipient::Refused(&replies::RELAY_DENIED);
        }
        if spec.reject_direct_send && spec.is_own(sender) {
            return Recipient::Refused(&replies::DIRECT_SEND);
        }
    }
    if !own || spec.knows(address) {
        return Recipient::Taken;
    }
    match (spec.unknown_recipient, via) {
        (UnknownRecipient::EdgeBlocked, Via::Mx) => Recipient::Refused(&replies::EDGE_BLOCKED),
        (UnknownRecipient::Refused, _) => Recipient::Refused(&replies::NOT_FOUND),
        (UnknownRecipient::EdgeBlocked | UnknownRecipient::Bounced, _) => {
            Recipient::Bounced(&replies::NOT_FOUND)
        }
    }
}

/// Judges the sender of a submitted message after its data: the envelope's and the From header's.
/// The error carries the address that may not be used.
pub(super) fn send_as<'a>(
    spec: &TenantSpec,
    login: &str,
    senders: impl IntoIterator<Item = &'a str>,
) -> Result<(), (&'static Reply, &'a str)> {
    let account = spec.account(login);
    for sender in senders {
        if !account.is_some_and(|account| account.may_send_as(sender)) {
            let reply = match spec.send_as_reply {
                SendAsReply::Current => &replies::SEND_AS,
                SendAsReply::Older => &replies::SEND_AS_OLDER,
            };
            return Err((reply, sender));
        }
    }
    Ok(())
}

/// The address in the arguments of MAIL or RCPT (`FROM:<a@b> SIZE=3`), and its parameters.
/// An empty address stands for `<>`.
pub(super) fn path<'a>(arguments: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let head = arguments.get(..keyword.len())?;
    if !head.eq_ignore_ascii_case(keyword) {
        return None;
    }
    // Some devices put a blank behind the colon; the service is lenient there.
    let rest = arguments[keyword.len()..].trim_start().strip_prefix(':')?.trim_start();
    let (address, parameters) = match rest.strip_prefix('<') {
        Some(inner) => inner.split_once('>')?,
        None => rest.split_once(' ').unwrap_or((rest, "")),
    };
    let address = address.trim();
    (!address.contains(['<', '>']) && !address.chars().any(|c| c.is_control() || c == ' '))
        .then_some((address, parameters.trim()))
}

/// Whether a text can be an address.
pub(super) fn is_address(address: &str) -> bool {
    address.len() <= 320 && domain_of(address).is_some()
}

/// The address in a From header (`Name <a@b>` or `a@b`).
pub(super) fn header_address(value: &str) -> Option<&str> {
    let address = match value.rsplit_once('<') {
        Some((_, inner)) => inner.split_once('>')?.0,
        None => value,
    };
    let address = address.trim();
    is_address(address).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(path("FROM:<a@b.c> SIZE=12", "FROM"), Some(("a@b.c", "SIZE=12")));
        assert_eq!(path("from: <a@b.c>", "FROM"), Some(("a@b.c", "")));
        assert_eq!(path("TO:a@b.c X=1", "TO"), Some(("a@b.c", "X=1")));
        assert_eq!(path("FROM:<>", "FROM"), Some(("", "")));
        for bad in ["", "FROM", "FROM:<a@b", "FROM <a@b>", "TO:<a b@c>", "FRÖM:<a>", "FROM:<<a@b>>"] {
            assert_eq!(path(bad, "FROM"), None, "{bad}");
        }
    }

    #[test]
    fn header_addresses() {
        assert_eq!(header_address("\"Scan <1>\" <a@b.c>"), Some("a@b.c"));
        assert_eq!(header_address(" a@b.c "), Some("a@b.c"));
        assert_eq!(header_address("nobody"), None);
        assert_eq!(header_address("x <"), None);
    }

    #[test]
    fn the_mail_services_own_switches_do_not_judge_the_password() {
        let mut spec =
            TenantSpec::new("ward.example").with_account(Account::new("scan@ward.example", "right"));
        spec.security_defaults = true;
        assert_eq!(login(&spec, "scan@ward.example", "wrong").unwrap_err(), &replies::CREDENTIALS);
        assert_eq!(login(&spec, "SCAN@ward.example", "right").unwrap_err(), &replies::SECURITY_DEFAULTS);
        spec.smtp_auth = SmtpAuthSwitch::Off;
        assert_eq!(login(&spec, "scan@ward.example", "wrong").unwrap_err(), &replies::TENANT_OFF);
        spec.basic_auth_retired = true;
        assert_eq!(login(&spec, "scan@ward.example", "right").unwrap_err(), &replies::BASIC_RETIRED);
    }
}
