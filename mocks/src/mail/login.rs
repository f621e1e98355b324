//! AUTH. Nothing of what a client says here is kept or logged.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::message::Via;
use super::password::Password;
use super::policy;
use super::replies::{self, Reply};
use super::session::{Next, Session};
use super::tenant::{Provider, TlsMin};
use super::wire::Line;

/// An answer of the client within the exchange.
enum Answer {
    Text(String),
    Cancelled,
    Unreadable,
    End,
}

impl Session {
    pub(super) async fn auth(&mut self, arguments: &str) -> io::Result<Next> {
        let (mechanism, initial) = arguments.split_once(' ').unwrap_or((arguments, ""));
        let mechanism = mechanism.to_ascii_uppercase();
        let known = ["LOGIN", "PLAIN", "XOAUTH2", "CRAM-MD5", "NTLM"].contains(&mechanism.as_str());
        self.keep(&format!("AUTH {}", if known { &mechanism } else { "[not kept]" }));
        if self.helo.is_none() {
            return self.refuse(&replies::HELLO_FIRST).await;
        }
        if self.user.is_some() {
            return self.refuse(&replies::BAD_SEQUENCE).await;
        }
        let Some(version) = self.wire.tls_version() else {
            return self.refuse(&replies::UNKNOWN_MECHANISM).await;
        };
        let min = self.shared.with_spec(|spec| spec.tls_min);
        if self.via != Via::Mx && min != TlsMin::Tls10 && matches!(version.as_str(), "TLSv1" | "TLSv1.1") {
            self.say(&replies::OLD_TLS).await?;
            return Ok(Next::Close);
        }
        match (self.via, mechanism.as_str()) {
            (Via::Submission | Via::ImplicitTls, "LOGIN") => self.auth_login(initial).await,
            (Via::Submission | Via::ImplicitTls, "PLAIN") if self.provider() == Provider::Google => {
                self.auth_plain(initial).await
            }
            (Via::Submission | Via::ImplicitTls, "XOAUTH2") => self.auth_token(initial).await,
            _ => self.refuse(&replies::UNKNOWN_MECHANISM).await,
        }
    }

    async fn auth_login(&mut self, initial: &str) -> io::Result<Next> {
        let user = match initial {
            "" => self.ask(&replies::LOGIN_USER).await?,
            given => decode(given.as_bytes()),
        };
        let user = match user {
            Answer::Text(user) => user,
            other => return self.broken_off(other).await,
        };
        let password = match self.ask(&replies::LOGIN_PASSWORD).await? {
            Answer::Text(password) => Password::new(password),
            other => return self.broken_off(other).await,
        };
        self.judge(&user, &password).await
    }

    /// Name and password in one, with a zero before each.
    async fn auth_plain(&mut self, initial: &str) -> io::Result<Next> {
        let answer = match initial {
            "" => self.ask(&replies::XOAUTH2_GO_ON).await?,
            given => decode(given.as_bytes()),
        };
        let both = match answer {
            Answer::Text(both) => Password::new(both),
            other => return self.broken_off(other).await,
        };
        let mut parts = both.reveal().split('\0').skip(1);
        match (parts.next(), parts.next()) {
            (Some(user), Some(password)) => self.judge(user, &Password::new(password.to_owned())).await,
            _ => self.refuse(&replies::UNSUCCESSFUL).await,
        }
    }

    /// Lets the tenant judge a name and a password.
    async fn judge(&mut self, user: &str, password: &Password) -> io::Result<Next> {
        let (verdict, lock_after) = self.shared.with_spec(|spec| {
            let verdict = policy::login(spec, user, password.reveal());
            (verdict.map(|account| account.address.clone()), spec.limits.lock_after)
        });
        match verdict {
            Ok(address) => {
                self.shared.logged_in(&address, self.number);
                self.user = Some(address);
                self.say(&replies::AUTH_OK).await?;
                Ok(Next::Go)
            }
            Err(reply) => {
                if reply == &replies::CREDENTIALS && self.shared.failed_login(user, lock_after) {
                    self.shared.change_spec(|spec| {
                        if let Some(account) = spec.account_mut(user) {
                            account.locked = true;
                        }
                    });
                }
                self.refuse(reply).await
            }
        }
    }

    /// The lab knows no tokens: every one is refused without a reason, as a token for another mailbox is.
    async fn auth_token(&mut self, initial: &str) -> io::Result<Next> {
        if initial.is_empty()
            && let other @ (Answer::Cancelled | Answer::End) = self.ask(&replies::XOAUTH2_GO_ON).await?
        {
            return self.broken_off(other).await;
        }
        self.refuse(&replies::UNSUCCESSFUL).await
    }

    async fn ask(&mut self, challenge: &'static Reply) -> io::Result<Answer> {
        self.say(challenge).await?;
        let cap = self.shared.with_spec(|spec| spec.limits.command_line);
        let answer = self.wire.line(cap).await?;
        self.keep("[not kept]");
        Ok(match answer {
            Line::End => Answer::End,
            Line::TooLong => Answer::Unreadable,
            Line::Whole(line) if line == b"*" => Answer::Cancelled,
            Line::Whole(line) => decode(&line),
        })
    }

    async fn broken_off(&mut self, answer: Answer) -> io::Result<Next> {
        match answer {
            Answer::End => Ok(Next::Close),
            Answer::Cancelled => self.refuse(&replies::AUTH_CANCELLED).await,
            Answer::Text(_) | Answer::Unreadable => self.refuse(&replies::UNSUCCESSFUL).await,
        }
    }
}

fn decode(line: &[u8]) -> Answer {
    // A lone equal sign is an empty initial response.
    if line == b"=" {
        return Answer::Text(String::new());
    }
    match STANDARD.decode(line.trim_ascii()).map(String::from_utf8) {
        Ok(Ok(text)) => Answer::Text(text),
        _ => Answer::Unreadable,
    }
}
