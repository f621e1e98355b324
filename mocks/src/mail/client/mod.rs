//! The mail client inside a copier: one scan, one session, one message.

mod settings;

pub use settings::{
    AuthHabit, Login, MailClientSettings, Route, Security, SendOutcome, Stage, TlsMax, WithoutAuth,
};

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
    let _ = (settings, route, to, subject, body);
    SendOutcome::failed(Stage::Connect, None, "not connected")
}
