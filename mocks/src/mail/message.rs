//! What the server keeps: accepted messages and redacted dialogues.

use std::net::SocketAddr;

/// The door a message or a session came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// Client submission (the `smtp.office365.com` of the lab).
    Submission,
    /// The tenant's MX (direct send or a connector).
    Mx,
    /// TLS from the first byte, as on port 465. The real service has no such door.
    ImplicitTls,
}

/// A message that the server took (it answered 250 to the final dot).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The envelope sender without angle brackets; empty for `<>`.
    pub envelope_from: String,
    /// The envelope recipients without angle brackets, in the order in which they were given.
    pub recipients: Vec<String>,
    /// Recipients for which a non-delivery report goes back, each with the words of that report.
    pub undeliverable: Vec<(String, String)>,
    /// The account that logged in, or nothing for anonymous mail.
    pub authenticated_as: Option<String>,
    /// The door it came through.
    pub via: Via,
    /// Header and body with the dot-stuffing undone. Bytes that are not UTF-8 are replaced.
    pub data: String,
    /// 1 for the first message of this server, then counting up.
    pub received_at_order: u64,
    /// The TLS version of the session (`TLSv1.2`), or nothing when it was plain text.
    pub tls: Option<String>,
    /// The name the client gave with EHLO or HELO.
    pub helo: String,
    /// The client's address.
    pub peer: SocketAddr,
}

impl Message {
    /// The first header with this name, unfolded and trimmed.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.data.split("\r\n\r\n").next().unwrap_or_default();
        let mut found: Option<String> = None;
        for line in head.split("\r\n") {
            if let Some(value) = &mut found {
                if line.starts_with([' ', '\t']) {
                    value.push(' ');
                    value.push_str(line.trim());
                    continue;
                }
                break;
            }
            if let Some((key, value)) = line.split_once(':')
                && key.trim_end().eq_ignore_ascii_case(name)
            {
                found = Some(value.trim().to_owned());
            }
        }
        found
    }
}

/// Who said a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The copier, or whoever connected.
    Client,
    /// The lab's mail server.
    Server,
}

/// One line of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogueLine {
    /// Who said it.
    pub speaker: Speaker,
    /// The line without its end. What belongs to a login, and what the server did not understand, is not kept.
    pub text: String,
}

/// One session as the server saw it, without login data and without message bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialogue {
    /// The door.
    pub via: Via,
    /// The client's address.
    pub peer: SocketAddr,
    /// The TLS version, once TLS was up.
    pub tls: Option<String>,
    /// Why a TLS handshake failed, if one did.
    pub tls_error: Option<String>,
    /// The lines in order.
    pub lines: Vec<DialogueLine>,
    /// Whether the session has ended.
    pub ended: bool,
}
