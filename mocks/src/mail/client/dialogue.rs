//! The session of one scan, stage by stage.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::compose::{self, one_word};
use super::settings::{MailClientSettings, Route, Security, SendOutcome, Stage};
use crate::mail::tls;
use crate::mail::wire::{Line, Wire};

/// Longest line of a reply, and most lines of one.
const REPLY_LINE: usize = 8 * 1024;
const REPLY_LINES: usize = 100;

/// A reply of the server.
pub(super) struct Answer {
    code: u16,
    /// The text without the code; several lines joined by a blank.
    pub(super) text: String,
    lines: Vec<String>,
}

impl Answer {
    fn words(&self) -> String {
        format!("{} {}", self.code, self.text).trim_end().to_owned()
    }
}

/// Why and where a session ended early.
pub(super) struct Ended {
    reply: Option<String>,
    detail: String,
}

/// A session in progress.
pub(super) struct Talk<'a> {
    pub(super) settings: &'a MailClientSettings,
    pub(super) stage: Stage,
    /// Mechanisms of the latest EHLO list, in upper case.
    pub(super) mechanisms: Vec<String>,
    starttls: bool,
    wire: Wire,
}

/// Sends one scan with the settings a copier holds.
///
/// Never fails as a function: what went wrong, at which stage and with which words is the outcome. A blocked,
/// refused or unknown route answers at once.
pub async fn send(
    settings: &MailClientSettings,
    route: Route,
    to: &str,
    subject: &str,
    body: &str,
) -> SendOutcome {
    let address = match route {
        Route::NxDomain => return SendOutcome::failed(Stage::Dns, None, "name not found"),
        Route::Blocked => return SendOutcome::failed(Stage::Connect, None, "timed out"),
        Route::Refused => return SendOutcome::failed(Stage::Connect, None, "connection refused"),
        Route::Open(address) => address,
    };
    let stream = match timeout(settings.patience, connect(settings, address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return SendOutcome::failed(Stage::Connect, None, spoken(&error)),
        Err(_) => return SendOutcome::failed(Stage::Connect, None, "timed out"),
    };
    let mut talk = Talk {
        settings,
        stage: Stage::Banner,
        mechanisms: Vec::new(),
        starttls: false,
        wire: Wire::new(stream, settings.patience),
    };
    let mut message_id = None;
    let result = talk.session(to, subject, body, &mut message_id).await;
    let tls = talk.wire.tls_version();
    let outcome = match result {
        Ok(reply) => {
            talk.stage = Stage::Quit;
            // The message has been taken; how the good-bye goes changes nothing.
            let _ = talk.ask("QUIT").await;
            let (reply, detail) = (Some(reply), "the server took the message".to_owned());
            SendOutcome { sent: true, stage: Stage::Quit, reply, detail, tls, message_id }
        }
        Err(Ended { reply, detail }) => {
            let stage = talk.stage;
            if reply.is_some() {
                let _ = talk.wire.write(b"QUIT\r\n").await;
            }
            SendOutcome { sent: false, stage, reply, detail, tls, message_id }
        }
    };
    talk.wire.close().await;
    outcome
}

async fn connect(settings: &MailClientSettings, address: SocketAddr) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(source) = settings.source {
        socket.bind(SocketAddr::new(source, 0))?;
    }
    socket.connect(address).await
}

/// An error of the connection in a few words.
fn spoken(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut => "timed out".to_owned(),
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
            "the server closed the connection".to_owned()
        }
        _ => error.to_string(),
    }
}

impl Talk<'_> {
    /// The whole session up to the reply to the message.
    async fn session(
        &mut self,
        to: &str,
        subject: &str,
        body: &str,
        message_id: &mut Option<String>,
    ) -> Result<String, Ended> {
        let security = self.settings.security;
        if security == Security::Tls {
            self.handshake().await?;
        }
        self.stage = Stage::Banner;
        let banner = self.answer().await?;
        self.check(banner, 220)?;
        self.hello().await?;
        if matches!(security, Security::Starttls | Security::StarttlsIfOffered) {
            if self.starttls {
                self.stage = Stage::Tls;
                self.expect("STARTTLS", 220).await?;
                self.handshake().await?;
                self.hello().await?;
            } else if security == Security::Starttls {
                self.stage = Stage::Tls;
                return Err(self.ended(None, "the server does not offer STARTTLS"));
            }
        }
        if let Some(login) = &self.settings.auth {
            self.log_in(login).await?;
        }
        self.stage = Stage::MailFrom;
        self.expect(&format!("MAIL FROM:<{}>", one_word(&self.settings.sender)), 250).await?;
        self.stage = Stage::Rcpt;
        self.expect(&format!("RCPT TO:<{}>", one_word(to)), 250).await?;
        self.stage = Stage::Data;
        self.expect("DATA", 354).await?;
        let scan = compose::scan(self.settings, to, subject, body);
        *message_id = Some(scan.message_id);
        let mut stuffed = String::with_capacity(scan.text.len() + 16);
        for line in scan.text.split_inclusive("\r\n") {
            if line.starts_with('.') {
                stuffed.push('.');
            }
            stuffed.push_str(line);
        }
        stuffed.push_str(".\r\n");
        self.write(stuffed.as_bytes()).await?;
        let last = self.answer().await?;
        let last = self.check(last, 250)?;
        Ok(last.words())
    }

    /// EHLO, or HELO for a server that knows only that.
    async fn hello(&mut self) -> Result<(), Ended> {
        self.stage = Stage::Ehlo;
        self.mechanisms.clear();
        self.starttls = false;
        let name = one_word(&self.settings.ehlo_name);
        let answer = self.ask(&format!("EHLO {name}")).await?;
        if matches!(answer.code, 500 | 502) {
            self.expect(&format!("HELO {name}"), 250).await?;
            return Ok(());
        }
        let answer = self.check(answer, 250)?;
        for line in answer.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            // `AUTH=LOGIN` is the spelling of servers that mind very old clients.
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("STARTTLS") => self.starttls = true,
                Some("AUTH") => self.mechanisms.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        Ok(())
    }

    async fn handshake(&mut self) -> Result<(), Ended> {
        self.stage = Stage::Tls;
        let done = match tls::client_side(self.settings) {
            Ok(ssl) => self.wire.start_tls(ssl, false).await,
            Err(error) => Err(error),
        };
        done.map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut => self.ended(None, "timed out in the TLS handshake"),
            _ => self.ended(None, format!("TLS handshake failed: {}", tidy(&error.to_string()))),
        })
    }

    /// Says a command and wants this code.
    pub(super) async fn expect(&mut self, command: &str, code: u16) -> Result<Answer, Ended> {
        let answer = self.ask(command).await?;
        self.check(answer, code)
    }

    async fn ask(&mut self, command: &str) -> Result<Answer, Ended> {
        self.write(format!("{command}\r\n").as_bytes()).await?;
        self.answer().await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        let written = self.wire.write(bytes).await;
        written.map_err(|error| self.ended(None, spoken(&error)))
    }

    fn check(&self, answer: Answer, code: u16) -> Result<Answer, Ended> {
        // Any answer of the wanted class will do (251 for a recipient, 235 for 250 with odd servers).
        if answer.code / 100 == code / 100 {
            return Ok(answer);
        }
        Err(self.ended(Some(&answer), "the server refused"))
    }

    async fn answer(&mut self) -> Result<Answer, Ended> {
        let mut lines = Vec::new();
        loop {
            let line = match self.wire.line(REPLY_LINE).await {
                Ok(Line::Whole(line)) => tidy(&String::from_utf8_lossy(&line)),
                Ok(Line::TooLong) => return Err(self.ended(None, "the server's reply is too long")),
                Ok(Line::End) => return Err(self.ended(None, "the server closed the connection")),
                Err(error) => return Err(self.ended(None, spoken(&error))),
            };
            let code = line.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
            let Some(code) = code.and_then(|code| code.parse::<u16>().ok()) else {
                let detail = "this is no reply of a mail server";
                return Err(Ended { reply: Some(line), detail: detail.to_owned() });
            };
            let more = line[3..].starts_with('-');
            lines.push(line[3..].trim_start_matches(['-', ' ']).to_owned());
            if !more {
                return Ok(Answer { code, text: lines.join(" "), lines });
            }
            if lines.len() >= REPLY_LINES {
                return Err(self.ended(None, "the server's reply is too long"));
            }
        }
    }

    pub(super) fn ended(&self, reply: Option<&Answer>, detail: impl Into<String>) -> Ended {
        Ended { reply: reply.map(Answer::words), detail: detail.into() }
    }
}

/// Text of the other side as it may be shown: without control characters, and not endless.
fn tidy(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(2000).collect()
}
