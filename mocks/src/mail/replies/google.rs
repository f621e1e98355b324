//! What Google says where the usual server of the lab would say something else.
//!
//! Each text stands in for one of [`super::ALL`]; what has none here is said as it is there.

use super::{Certainty, Reply};

replies! {
    /// Greeting.
    BANNER = "g-banner", Customary, "220 {front} ESMTP {id} - gsmtp";
    /// Answer to EHLO. The real list also has CHUNKING, which this server does not speak.
    EHLO = "g-ehlo-list", Customary,
        "250-{front} at your service, [{peer}]\n250-SIZE {size}\n250-8BITMIME\n{offer}250-ENHANCEDSTATUSCODES\n250-PIPELINING\n250 SMTPUTF8";
    /// Answer to HELO.
    HELO = "g-helo", Customary, "250 {front} at your service";
    /// Go ahead with TLS.
    TLS_READY = "g-tls-ready", Customary, "220 2.0.0 Ready to start TLS";
    /// Logged in.
    AUTH_OK = "g-auth-ok", Customary, "235 2.7.0 Accepted";
    /// Sender taken.
    SENDER_OK = "g-sender-ok", Customary, "250 2.1.0 OK {id} - gsmtp";
    /// Recipient taken.
    RECIPIENT_OK = "g-recipient-ok", Customary, "250 2.1.5 OK {id} - gsmtp";
    /// Send the message now.
    DATA_GO_ON = "g-data-go-on", Customary, "354 Go ahead {id} - gsmtp";
    /// Message taken.
    SUBMITTED = "g-submitted", Customary, "250 2.0.0 OK {time} {id} - gsmtp";
    /// Good-bye.
    BYE = "g-bye", Customary, "221 2.0.0 closing connection {id} - gsmtp";
    /// A mechanism the server does not have, or AUTH without TLS.
    UNKNOWN_MECHANISM = "g-unknown-mechanism", Customary, "504 5.7.4 Unrecognized Authentication Type {id} - gsmtp";

    /// The account's own password, and the account has 2-Step Verification.
    APP_PASSWORD = "g-app-password", Pasted,
        "534-5.7.9 Application-specific password required. For more information, go to\n534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor {id} - gsmtp";
    /// A wrong name or password, or the account's own password without 2-Step Verification.
    BAD_CREDENTIALS = "g-bad-credentials", Pasted,
        "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8 https://support.google.com/mail/?p=BadCredentials {id} - gsmtp";
    /// The sign-in is challenged: here for a locked account.
    WEB_LOGIN = "g-weblogin", Table,
        "534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1&scc=1> Please log in via your web browser and then try again.\n534-5.7.14 Learn more at\n534 5.7.14 https://support.google.com/mail/answer/78754 {id} - gsmtp";
    /// Too many sessions or log-ins of one account.
    TOO_MANY_LOGINS = "g-too-many-logins", Table,
        "454-4.7.0 Too many login attempts, please try again later. For more information, go to\n454 4.7.0 https://support.google.com/mail/answer/7126229 {id} - gsmtp";
    /// No login.
    AUTH_REQUIRED = "g-auth-required", Pasted,
        "530-5.7.0 Authentication Required. For more information, go to\n530 5.7.0 https://support.google.com/accounts/troubleshooter/2402620. {id} - gsmtp";
    /// No TLS.
    STARTTLS_FIRST = "g-starttls-first", Pasted, "530 5.7.0 Must issue a STARTTLS command first. {id} - gsmtp";
    /// The day's messages are used up.
    DAILY_LIMIT = "g-daily-limit", Documented,
        "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to https://support.google.com/a/answer/166852 {id} - gsmtp";
    /// The message is too large.
    TOO_LARGE = "g-too-large", Documented,
        "552-5.3.4 Your message exceeded Google's message size limits. To view our message size guidelines, go to\n552 5.3.4 https://support.google.com/mail/?p=MaxSizeError {id} - gsmtp";
}

/// What Google says instead of a reply of the usual server.
pub fn instead_of(reply: &'static Reply) -> &'static Reply {
    match reply.id {
        "banner" => &BANNER,
        "ehlo" => &EHLO,
        "helo" => &HELO,
        "tls-ready" => &TLS_READY,
        "auth-ok" => &AUTH_OK,
        "sender-ok" => &SENDER_OK,
        "recipient-ok" => &RECIPIENT_OK,
        "data-go-on" => &DATA_GO_ON,
        "submitted" | "queued" => &SUBMITTED,
        "bye" => &BYE,
        "unknown-mechanism" => &UNKNOWN_MECHANISM,
        "credentials-incorrect" | "unsuccessful" => &BAD_CREDENTIALS,
        "account-locked" => &WEB_LOGIN,
        "concurrent" => &TOO_MANY_LOGINS,
        "anonymous" => &AUTH_REQUIRED,
        "starttls-required" => &STARTTLS_FIRST,
        "quota-exceeded" => &DAILY_LIMIT,
        "too-large" => &TOO_LARGE,
        _ => reply,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_its_code_on_each_line() {
        for reply in ALL {
            let lines: Vec<&str> = reply.text.lines().collect();
            for (place, line) in lines.iter().enumerate() {
                let line = line.replace("{offer}", "");
                assert!(line.as_bytes()[..3].iter().all(u8::is_ascii_digit), "{line}");
                assert_eq!(line.as_bytes()[3] == b'-', place + 1 < lines.len(), "{line}");
            }
            assert_eq!(crate::mail::replies::by_id(reply.id), Some(*reply));
        }
    }
}
