//! DATA: what happens to a message once its envelope stands.

use std::io;

use super::message::{Message, Via};
use super::policy;
use super::replies::{self, Fill};
use super::session::{Envelope, Next, Session};
use super::tenant::Provider;
use super::wire::Body;

impl Session {
    pub(super) async fn data(&mut self) -> io::Result<Next> {
        match &self.envelope {
            None => return self.refuse(&replies::NEED_MAIL).await,
            Some(envelope) if envelope.recipients.is_empty() => {
                return self.refuse(&replies::NEED_RCPT).await;
            }
            Some(_) => {}
        }
        self.say(&replies::DATA_GO_ON).await?;
        let cap = self.shared.with_spec(|spec| spec.limits.message_size);
        let body = self.wire.body(cap).await?;
        // Both outcomes of the data end the transaction.
        let Some(envelope) = self.envelope.take() else { return Ok(Next::Close) };
        let body = match body {
            Body::End => return Ok(Next::Close),
            Body::TooLarge => {
                self.keep("[a message over the cap]");
                return self.refuse(&replies::TOO_LARGE).await;
            }
            Body::Whole(body) => body,
        };
        self.keep(&format!("[a message of {} bytes]", body.len()));
        self.take(envelope, &body).await
    }

    /// Decides about a whole message and keeps it.
    async fn take(&mut self, envelope: Envelope, body: &[u8]) -> io::Result<Next> {
        let message = Message {
            envelope_from: envelope.sender,
            recipients: envelope.recipients,
            undeliverable: envelope.undeliverable,
            authenticated_as: self.user.clone(),
            via: self.via,
            data: String::from_utf8_lossy(body).into_owned(),
            received_at_order: 0,
            tls: self.wire.tls_version(),
            helo: self.helo.clone().unwrap_or_default(),
            peer: self.peer,
        };
        let header = message.header("From");
        let from = header.as_deref().and_then(policy::header_address);
        // Submission writes a missing From header itself, from the envelope; the MX does not.
        if from.is_none() && (header.is_some() || self.via == Via::Mx) {
            return self.refuse(&replies::NO_FROM).await;
        }
        if let Some(login) = &message.authenticated_as {
            let older = self.shared.older_sessions(login, self.number);
            let refusal = self.shared.with_spec(|spec| {
                if older >= spec.limits.concurrent_per_account {
                    return Some((&replies::CONCURRENT, String::new()));
                }
                if spec.provider == Provider::Microsoft365 {
                    let senders = [Some(message.envelope_from.as_str()), from].into_iter().flatten();
                    if let Err((reply, sender)) = policy::send_as(spec, login, senders) {
                        return Some((reply, sender.to_owned()));
                    }
                }
                if spec.account(login).is_some_and(|account| account.full) {
                    return Some((&replies::MAILBOX_FULL, String::new()));
                }
                let cap = spec.limits.recipients_per_day;
                (!self.shared.book_recipients(login, message.recipients.len(), cap))
                    .then(|| (&replies::QUOTA, String::new()))
            });
            if let Some((reply, sender)) = refusal {
                let values = Fill { login, from: &sender, ..Fill::default() };
                return self.refuse_with(reply, values).await;
            }
        }
        let mut message = message;
        if self.provider() == Provider::Google
            && let Some(login) = &message.authenticated_as
        {
            // Google does not refuse a foreign sender; it writes the account's address in its place.
            message.envelope_from.clone_from(login);
        }
        let reply = if self.via == Via::Mx { &replies::QUEUED } else { &replies::SUBMITTED };
        let message_id = message
            .header("Message-ID")
            .unwrap_or_else(|| format!("<{:016x}@{}>", self.number, self.store_name()));
        let size = body.len().to_string();
        // Kept before the answer, so that a client that has been answered finds it.
        self.shared.keep(message);
        self.say_with(reply, Fill { message_id: &message_id, size: &size, ..Fill::default() }).await?;
        Ok(Next::Go)
    }
}
