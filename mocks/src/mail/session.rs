//! One session of the server: who may say what when. What the tenant decides is in `policy`, the login in `login`,
//! the data in `delivery`.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use tokio::net::TcpStream;

use super::clock;
use super::message::{Speaker, Via};
use super::policy::{self, Recipient};
use super::replies::{self, Fill, Reply, fill};
use super::state::Shared;
use super::tenant::Provider;
use super::tls;
use super::wire::{Line, Wire};

/// What the client has said about the message to come.
pub(super) struct Envelope {
    pub(super) sender: String,
    pub(super) recipients: Vec<String>,
    pub(super) undeliverable: Vec<(String, String)>,
}

/// Whether the session goes on after a command.
#[derive(PartialEq, Eq)]
pub(super) enum Next {
    Go,
    Close,
}

pub(super) struct Session {
    pub(super) shared: Arc<Shared>,
    pub(super) number: u64,
    pub(super) via: Via,
    pub(super) wire: Wire,
    pub(super) user: Option<String>,
    pub(super) peer: SocketAddr,
    pub(super) helo: Option<String>,
    pub(super) envelope: Option<Envelope>,
    opened: SystemTime,
    bad: usize,
}

impl Drop for Session {
    /// Also runs when the server shuts down in the middle of a session.
    fn drop(&mut self) {
        self.shared.open.fetch_sub(1, Ordering::Relaxed);
        self.shared.end(self.number);
    }
}

impl Session {
    pub(super) fn new(shared: Arc<Shared>, via: Via, stream: TcpStream, peer: SocketAddr) -> Self {
        shared.open.fetch_add(1, Ordering::Relaxed);
        let number = shared.begin(via, peer);
        let idle = shared.with_spec(|spec| spec.limits.idle);
        Self {
            shared,
            number,
            via,
            wire: Wire::new(stream, idle),
            user: None,
            peer,
            opened: SystemTime::now(),
            helo: None,
            envelope: None,
            bad: 0,
        }
    }

    /// Runs the session to its end. Errors of the connection only end it.
    pub(super) async fn run(mut self) {
        let ended = self.talk().await;
        if ended.is_err_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            let _ = self.say(&replies::IDLE).await;
        }
        self.wire.close().await;
    }

    async fn talk(&mut self) -> io::Result<()> {
        if self.via == Via::ImplicitTls && !self.handshake().await? {
            return Ok(());
        }
        let cap = self.shared.with_spec(|spec| spec.limits.connections);
        if self.shared.open.load(Ordering::Relaxed) > cap {
            return self.say(&replies::BUSY).await;
        }
        self.say(&replies::BANNER).await?;
        loop {
            let (cap, bad) =
                self.shared.with_spec(|spec| (spec.limits.command_line, spec.limits.bad_commands));
            let next = match self.wire.line(cap).await? {
                Line::End => return Ok(()),
                Line::TooLong => {
                    self.keep("[a line over the cap]");
                    self.refuse(&replies::LINE_TOO_LONG).await?
                }
                Line::Whole(line) => self.command(&line).await?,
            };
            if next == Next::Close {
                return Ok(());
            }
            if self.bad > bad {
                return self.say(&replies::TOO_MANY_ERRORS).await;
            }
        }
    }

    async fn command(&mut self, line: &[u8]) -> io::Result<Next> {
        let text = String::from_utf8_lossy(line);
        let (verb, arguments) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let arguments = arguments.trim();
        let verb = verb.to_ascii_uppercase();
        match verb.as_str() {
            "AUTH" => return self.auth(arguments).await,
            "EHLO" | "HELO" | "STARTTLS" | "MAIL" | "RCPT" | "DATA" | "RSET" | "NOOP" | "VRFY" | "HELP"
            | "QUIT" => self.keep(&text),
            // It may be a password whose client did not notice that the login had ended.
            _ => {
                self.keep(&format!("[{} bytes that are no command]", line.len()));
                return self.refuse(&replies::UNRECOGNIZED).await;
            }
        }
        match verb.as_str() {
            "QUIT" => {
                self.say(&replies::BYE).await?;
                return Ok(Next::Close);
            }
            "NOOP" => self.say(&replies::NOOP).await?,
            "HELP" => self.say(&replies::HELP).await?,
            "RSET" => {
                self.envelope = None;
                self.say(&replies::RESET).await?;
            }
            "EHLO" | "HELO" => return self.hello(&verb, arguments).await,
            _ if self.helo.is_none() => return self.refuse(&replies::HELLO_FIRST).await,
            "STARTTLS" => return self.starttls(arguments).await,
            "MAIL" => return self.mail(arguments).await,
            "RCPT" => return self.rcpt(arguments).await,
            "DATA" => return self.data().await,
            _ => self.say(&replies::VRFY).await?,
        }
        Ok(Next::Go)
    }

    async fn hello(&mut self, verb: &str, name: &str) -> io::Result<Next> {
        // The service takes a greeting without a name, too.
        self.helo = Some(name.to_owned());
        self.envelope = None;
        if verb == "HELO" {
            self.say(&replies::HELO).await?;
            return Ok(Next::Go);
        }
        let size = self.shared.with_spec(|spec| spec.limits.message_size).to_string();
        // The login is offered after TLS only, and never at the MX.
        let offer = match (self.wire.tls_version(), self.via) {
            (None, _) => "STARTTLS",
            (Some(_), Via::Submission | Via::ImplicitTls) => match self.provider() {
                Provider::Microsoft365 => "AUTH LOGIN XOAUTH2",
                Provider::Google => "AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH",
            },
            (Some(_), Via::Mx) => "",
        };
        self.say_with(&replies::EHLO, Fill { size: &size, offer, ..Fill::default() }).await?;
        Ok(Next::Go)
    }

    async fn starttls(&mut self, arguments: &str) -> io::Result<Next> {
        if !arguments.is_empty() {
            return self.refuse(&replies::BAD_ARGUMENTS).await;
        }
        if self.wire.tls_version().is_some() {
            return self.refuse(&replies::BAD_SEQUENCE).await;
        }
        self.say(&replies::TLS_READY).await?;
        Ok(if self.handshake().await? { Next::Go } else { Next::Close })
    }

    /// The handshake; false, and a note in the record, if it failed.
    async fn handshake(&mut self) -> io::Result<bool> {
        // The MX takes TLS as it comes; only the submission side minds its age.
        let min = match self.via {
            Via::Mx => super::tenant::TlsMin::Tls10,
            Via::Submission | Via::ImplicitTls => self.shared.with_spec(|spec| spec.tls_min),
        };
        let ssl = tls::server_side(&self.shared.acceptor, min)?;
        let result = self.wire.start_tls(ssl, true).await;
        let version = self.wire.tls_version();
        // Whatever was said in plain text is forgotten.
        self.helo = None;
        self.envelope = None;
        self.shared.note(self.number, |dialogue| {
            dialogue.tls = version;
            dialogue.tls_error = result.as_ref().err().map(ToString::to_string);
        });
        Ok(result.is_ok())
    }

    async fn mail(&mut self, arguments: &str) -> io::Result<Next> {
        if self.via != Via::Mx {
            if self.wire.tls_version().is_none() {
                return self.refuse(&replies::STARTTLS_REQUIRED).await;
            }
            if self.user.is_none() {
                return self.refuse(&replies::ANONYMOUS).await;
            }
        }
        if self.envelope.is_some() {
            return self.refuse(&replies::SENDER_TWICE).await;
        }
        let Some((sender, parameters)) = policy::path(arguments, "FROM") else {
            return self.refuse(&replies::BAD_ARGUMENTS).await;
        };
        if !sender.is_empty() && !policy::is_address(sender) {
            return self.refuse(&replies::BAD_ADDRESS).await;
        }
        let announced = parameters.split(' ').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.eq_ignore_ascii_case("SIZE").then(|| value.parse::<u64>().unwrap_or(u64::MAX))
        });
        let cap = self.shared.with_spec(|spec| spec.limits.message_size);
        if announced.is_some_and(|size| usize::try_from(size).map_or(true, |size| size > cap)) {
            return self.refuse(&replies::TOO_LARGE).await;
        }
        self.envelope =
            Some(Envelope { sender: sender.to_owned(), recipients: Vec::new(), undeliverable: Vec::new() });
        self.say(&replies::SENDER_OK).await?;
        Ok(Next::Go)
    }

    async fn rcpt(&mut self, arguments: &str) -> io::Result<Next> {
        let Some(envelope) = &mut self.envelope else {
            return self.refuse(&replies::NEED_MAIL).await;
        };
        let Some((address, _)) = policy::path(arguments, "TO") else {
            return self.refuse(&replies::BAD_ARGUMENTS).await;
        };
        if !policy::is_address(address) {
            return self.refuse(&replies::BAD_ADDRESS).await;
        }
        let (verdict, cap) = self.shared.with_spec(|spec| {
            let verdict = policy::recipient(spec, self.via, self.peer.ip(), &envelope.sender, address);
            (verdict, spec.limits.recipients)
        });
        if envelope.recipients.len() >= cap {
            return self.refuse(&replies::TOO_MANY_RECIPIENTS).await;
        }
        match verdict {
            Recipient::Refused(reply) => {
                return self.refuse_with(reply, Fill { rcpt: address, ..Fill::default() }).await;
            }
            Recipient::Bounced(reply) => {
                envelope.undeliverable.push((address.to_owned(), reply.text.to_owned()));
            }
            Recipient::Taken => {}
        }
        envelope.recipients.push(address.to_owned());
        self.say(&replies::RECIPIENT_OK).await?;
        Ok(Next::Go)
    }

    /// Answers with a refusal and counts it.
    pub(super) async fn refuse(&mut self, reply: &'static Reply) -> io::Result<Next> {
        self.refuse_with(reply, Fill::default()).await
    }

    pub(super) async fn refuse_with(&mut self, reply: &'static Reply, values: Fill<'_>) -> io::Result<Next> {
        self.bad += 1;
        self.say_with(reply, values).await?;
        Ok(Next::Go)
    }

    pub(super) async fn say(&mut self, reply: &'static Reply) -> io::Result<()> {
        self.say_with(reply, Fill::default()).await
    }

    /// Says a reply, with the names and numbers of this session filled in.
    pub(super) async fn say_with(&mut self, reply: &'static Reply, values: Fill<'_>) -> io::Result<()> {
        let (replaced, reply) = self.shared.with_spec(|spec| {
            let reply = match spec.provider {
                Provider::Microsoft365 => reply,
                Provider::Google => replies::google::instead_of(reply),
            };
            (spec.overrides.get(reply.id).cloned(), reply)
        });
        let google = self.provider() == Provider::Google;
        let text = replaced.as_deref().unwrap_or(reply.text);
        // An offer is a line of its own; without one the line goes.
        let text = match values.offer {
            "" => text.replace("{offer}", ""),
            _ => text.replace("{offer}", "250-{offer}\n"),
        };
        let time = match reply.id {
            "banner" => clock::rfc5322(self.opened),
            "g-submitted" => clock::seconds(self.opened).to_string(),
            _ => clock::iso(self.opened),
        };
        let text = fill(
            &text,
            &Fill {
                front: self.front_name(),
                host: self.host_name(),
                store: self.store_name(),
                time: &time,
                id: &if google {
                    format!("5b1f17b1804b1-47778{:08x}sm1835945e9.12", self.number)
                } else {
                    format!("08DE{:012X}", self.number)
                },
                peer: &self.peer.ip().to_string(),
                ..values
            },
        );
        let mut bytes = String::with_capacity(text.len() + 2);
        for line in text.lines() {
            self.shared.line(self.number, Speaker::Server, line);
            bytes.push_str(line);
            bytes.push_str("\r\n");
        }
        self.wire.write(bytes.as_bytes()).await
    }

    pub(super) fn provider(&self) -> Provider {
        self.shared.with_spec(|spec| spec.provider)
    }

    pub(super) fn keep(&self, text: &str) {
        self.shared.line(self.number, Speaker::Client, text);
    }

    // The names of the real service: greetings of the submission side end in `outlook.office365.com`, the brackets of
    // its refusals in `prod.outlook.com`; the MX shows `mail.protection.outlook.com` and `prod.protection.outlook.com`.
    fn front_name(&self) -> &'static str {
        match self.via {
            Via::Mx if self.provider() == Provider::Google => "mx.google.com",
            _ if self.provider() == Provider::Google => "smtp.gmail.com",
            Via::Mx => "DB5EUR02FT041.mail.protection.outlook.com",
            Via::Submission | Via::ImplicitTls => "AM0PR04CA0083.outlook.office365.com",
        }
    }

    fn host_name(&self) -> &'static str {
        match self.via {
            Via::Mx => "DB5EUR02FT041.eop-EUR02.prod.protection.outlook.com",
            Via::Submission | Via::ImplicitTls => "AM0PR04CA0083.eurprd04.prod.outlook.com",
        }
    }

    pub(super) fn store_name(&self) -> &'static str {
        "AM0PR04MB5041.eurprd04.prod.outlook.com"
    }
}
