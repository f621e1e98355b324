//! What the server says, as data: each text with an id and the certainty of its wording.
//!
//! Texts are facts about the service and are kept to the letter; `{…}` are the places the server fills in. A reply
//! may be replaced at run time by its id (`TenantSpec::overrides`).

/// How sure the wording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Seen in a real log.
    Pasted,
    /// From the vendor's documentation.
    Documented,
    /// From somebody's table of replies.
    Table,
    /// Parts of the wording, or the place where it is said, are concluded.
    Inferred,
    /// The usual wording of this kind of server, without a source at hand.
    Customary,
}

/// One reply.
#[derive(Debug, PartialEq, Eq)]
pub struct Reply {
    /// A stable name.
    pub id: &'static str,
    /// The text with its code. Lines of a longer reply are separated by a line feed and carry their own code.
    pub text: &'static str,
    /// How sure the wording is.
    pub certainty: Certainty,
}

/// What is put into the `{…}` places. Places without a value become empty.
#[derive(Debug, Clone, Default)]
pub struct Fill<'a> {
    /// `{front}`: the name in greetings.
    pub front: &'a str,
    /// `{host}`: the name in the brackets of refusals.
    pub host: &'a str,
    /// `{store}`: the name of the mailbox server behind, which speaks after the data.
    pub store: &'a str,
    /// `{time}`: the time of the session in UTC.
    pub time: &'a str,
    /// `{id}`: the session's number in hexadecimal digits.
    pub id: &'a str,
    /// `{peer}`: the client's address.
    pub peer: &'a str,
    /// `{rcpt}`: the recipient in question.
    pub rcpt: &'a str,
    /// `{from}`: the sender in question.
    pub from: &'a str,
    /// `{login}`: the account in question.
    pub login: &'a str,
    /// `{message_id}`: the Message-ID in angle brackets.
    pub message_id: &'a str,
    /// `{size}`: a number of bytes.
    pub size: &'a str,
    /// `{offer}`: the keyword of the EHLO list that TLS changes. The place vanishes with its line if it is empty.
    pub offer: &'a str,
}

/// Fills a text. What is filled in is not looked at again, and line ends in it become blanks.
pub fn fill(text: &str, values: &Fill<'_>) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        let value = match name {
            "front" => values.front,
            "host" => values.host,
            "store" => values.store,
            "time" => values.time,
            "id" => values.id,
            "peer" => values.peer,
            "rcpt" => values.rcpt,
            "from" => values.from,
            "login" => values.login,
            "message_id" => values.message_id,
            "size" => values.size,
            "offer" => values.offer,
            _ => "",
        };
        out.extend(value.chars().map(|c| if c.is_control() { ' ' } else { c }));
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The reply with this id.
pub fn by_id(id: &str) -> Option<&'static Reply> {
    ALL.iter().chain(google::ALL).copied().find(|reply| reply.id == id)
}

macro_rules! replies {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $certainty:ident, $text:expr;)*) => {
        $($(#[$doc])* pub static $name: Reply = Reply { id: $id, text: $text, certainty: Certainty::$certainty };)*
        /// All replies of this list.
        pub static ALL: &[&Reply] = &[$(&$name),*];
    };
}

// After the macro, which it uses.
pub mod google;

replies! {
    /// Greeting of the submission side.
    BANNER = "banner", Pasted, "220 {front} Microsoft ESMTP MAIL Service ready at {time}";
    /// Answer to EHLO. The real list also has BINARYMIME and CHUNKING, which this server does not speak.
    EHLO = "ehlo", Pasted,
        "250-{front} Hello [{peer}]\n250-SIZE {size}\n250-PIPELINING\n250-DSN\n250-ENHANCEDSTATUSCODES\n{offer}250-8BITMIME\n250 SMTPUTF8";
    /// Answer to HELO.
    HELO = "helo", Customary, "250 {front} Hello [{peer}]";
    /// Go ahead with TLS.
    TLS_READY = "tls-ready", Pasted, "220 2.0.0 SMTP server ready";
    /// LOGIN asks for the name.
    LOGIN_USER = "login-user", Pasted, "334 VXNlcm5hbWU6";
    /// LOGIN asks for the password.
    LOGIN_PASSWORD = "login-password", Pasted, "334 UGFzc3dvcmQ6";
    /// XOAUTH2 asks for its token.
    XOAUTH2_GO_ON = "xoauth2-go-on", Customary, "334 ";
    /// Logged in.
    AUTH_OK = "auth-ok", Pasted, "235 2.7.0 Authentication successful";
    /// Sender taken.
    SENDER_OK = "sender-ok", Pasted, "250 2.1.0 Sender OK";
    /// Recipient taken.
    RECIPIENT_OK = "recipient-ok", Pasted, "250 2.1.5 Recipient OK";
    /// Send the message now.
    DATA_GO_ON = "data-go-on", Pasted, "354 Start mail input; end with <CRLF>.<CRLF>";
    /// Message taken by the submission side.
    SUBMITTED = "submitted", Pasted, "250 2.0.0 OK {message_id} [Hostname={store}]";
    /// Message taken by the MX.
    QUEUED = "queued", Customary,
        "250 2.6.0 {message_id} [InternalId={id}, Hostname={store}] {size} bytes in 0.100, 1.000 KB/sec Queued mail for delivery";
    /// Good-bye.
    BYE = "bye", Customary, "221 2.0.0 Service closing transmission channel";
    /// Answer to RSET.
    RESET = "reset", Customary, "250 2.0.0 Resetting";
    /// Answer to NOOP.
    NOOP = "noop", Customary, "250 2.0.0 OK";
    /// Answer to VRFY.
    VRFY = "vrfy", Customary, "252 2.1.5 Cannot VRFY user";
    /// Answer to HELP.
    HELP = "help", Customary,
        "214-This server supports the following commands:\n214 HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH VRFY NOOP";

    /// SMTP AUTH is off for the tenant and the mailbox inherits.
    TENANT_OFF = "tenant-smtp-auth-off", Pasted,
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [{host} {time} {id}]";
    /// SMTP AUTH is off for this mailbox. The brackets are concluded from the tenant's reply.
    MAILBOX_OFF = "mailbox-smtp-auth-off", Table,
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information. [{host} {time} {id}]";
    /// An authentication policy forbids passwords.
    BASIC_DISABLED = "basic-auth-disabled", Pasted,
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [{host} {time} {id}]";
    /// Passwords are gone for good.
    BASIC_RETIRED = "basic-auth-retired", Documented,
        "550 5.7.30 Basic authentication is not supported for Client Submission.";
    /// Security defaults.
    SECURITY_DEFAULTS = "security-defaults", Table,
        "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.";
    /// Conditional access.
    CRITERIA = "criteria-not-met", Pasted,
        "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator. [{host} {time} {id}]";
    /// Wrong name or password.
    CREDENTIALS = "credentials-incorrect", Pasted,
        "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. [{host} {time} {id}]";
    /// The account is locked.
    LOCKED = "account-locked", Table, "535 5.7.139 Authentication unsuccessful, account locked.";
    /// No reason given: here for a token (the lab knows none) and for a login that cannot be read.
    UNSUCCESSFUL = "unsuccessful", Pasted, "535 5.7.3 Authentication unsuccessful [{host} {time} {id}]";
    /// The client gave up with an asterisk.
    AUTH_CANCELLED = "auth-cancelled", Customary, "501 5.7.0 Authentication cancelled";
    /// A mechanism the server does not have, or AUTH without TLS.
    UNKNOWN_MECHANISM = "unknown-mechanism", Pasted, "504 5.7.4 Unrecognized authentication type [{host}]";
    /// Logged in, and there is no mailbox.
    NO_MAILBOX = "no-mailbox", Pasted, "550 5.2.1 Mailbox cannot be accessed [{host}]";
    /// Old TLS. Real logs name the login as the moment.
    OLD_TLS = "old-tls", Documented,
        "421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade/update your client to support TLS 1.2. Visit https://aka.ms/smtp_auth_tls";

    /// No TLS on the submission side.
    STARTTLS_REQUIRED = "starttls-required", Pasted, "451 5.7.3 STARTTLS is required to send mail [{host}]";
    /// No login on the submission side. The words are documented, the code in front is the usual one.
    ANONYMOUS = "anonymous", Documented,
        "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM [{host}]";

    /// Foreign sender, today's wording.
    SEND_AS = "send-as-denied", Pasted,
        "554 5.2.252 SendAsDenied; {login} not allowed to send as {from}; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message [BeginDiagnosticData]Cannot submit message. 0.35250:1F009983, 1.36674:0A000000[EndDiagnosticData] [Hostname={store}]";
    /// Foreign sender, older wording.
    SEND_AS_OLDER = "send-as-denied-older", Pasted,
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender [{host}]";
    /// Too many sessions of one account.
    CONCURRENT = "concurrent", Pasted,
        "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. [Hostname={store}]";
    /// The day's recipients are used up.
    QUOTA = "quota-exceeded", Documented,
        "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException";
    /// The sender's mailbox is full.
    MAILBOX_FULL = "mailbox-full", Documented,
        "554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded";
    /// The message has no From header (MX), or one without an address. The words are documented, the code in front is
    /// concluded.
    NO_FROM = "no-from-header", Inferred,
        "550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant";
    /// The message is larger than the SIZE of the EHLO list.
    TOO_LARGE = "too-large", Customary, "552 5.3.4 Message size exceeds fixed maximum message size";
    /// Too many recipients.
    TOO_MANY_RECIPIENTS = "too-many-recipients", Customary, "452 4.5.3 Too many recipients";

    /// RejectDirectSend.
    DIRECT_SEND = "direct-send-rejected", Documented,
        "550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization from unauthorized sources";
    /// Recipient outside the tenant and no connector.
    RELAY_DENIED = "relay-denied", Documented, "550 5.7.64 TenantAttribution; Relay Access Denied [{host}]";
    /// Unknown recipient at the edge.
    EDGE_BLOCKED = "recipient-edge-blocked", Pasted,
        "550 5.4.1 [{rcpt}]: Recipient address rejected: Access denied [{host}]";
    /// Unknown recipient behind the edge: the words of the report that comes back.
    NOT_FOUND = "recipient-not-found", Pasted,
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup";

    /// No such command.
    UNRECOGNIZED = "unrecognized", Documented, "500 5.3.3 Unrecognized command";
    /// A command line that is too long.
    LINE_TOO_LONG = "line-too-long", Customary, "500 5.3.3 Line too long";
    /// Something before EHLO.
    HELLO_FIRST = "hello-first", Customary, "503 5.5.2 Send hello first";
    /// RCPT or DATA before MAIL.
    NEED_MAIL = "need-mail", Customary, "503 5.5.2 Need mail command";
    /// DATA before RCPT.
    NEED_RCPT = "need-rcpt", Customary, "503 5.5.2 Need rcpt command";
    /// MAIL twice.
    SENDER_TWICE = "sender-twice", Customary, "503 5.5.2 Sender already specified";
    /// AUTH or STARTTLS at a moment where it cannot be.
    BAD_SEQUENCE = "bad-sequence", Customary, "503 5.5.1 Bad sequence of commands";
    /// Arguments that cannot be read.
    BAD_ARGUMENTS = "bad-arguments", Customary, "501 5.5.4 Invalid arguments";
    /// An address that cannot be read.
    BAD_ADDRESS = "bad-address", Customary, "501 5.1.7 Invalid address";
    /// Too many failing commands.
    TOO_MANY_ERRORS = "too-many-errors", Customary,
        "421 4.7.0 Too many errors on this connection, closing transmission channel";
    /// Nothing came for too long.
    IDLE = "idle", Customary, "421 4.4.1 Connection timed out";
    /// The whole server is busy.
    BUSY = "busy", Table,
        "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing transmission channel";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reply_has_its_own_id_and_a_code() {
        let ids: BTreeSet<_> = ALL.iter().map(|reply| reply.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for reply in ALL {
            let filled = fill(reply.text, &Fill::default());
            for line in filled.lines() {
                assert!(line.as_bytes()[..3].iter().all(u8::is_ascii_digit), "{line}");
            }
            assert_eq!(by_id(reply.id), Some(*reply));
        }
    }

    #[test]
    fn values_are_filled_in_once_and_cannot_break_the_line() {
        let values = Fill { rcpt: "a{host}\r\n250 OK", host: "h", ..Fill::default() };
        assert_eq!(fill("x {rcpt} {host} {what} {", &values), "x a{host}  250 OK h  {");
    }
}
