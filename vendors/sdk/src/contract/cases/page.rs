//! Pages that are not as known: told as changed, and never written.

use super::super::bench::{Field, Trouble};
use super::super::device::{Device, Stand};
use super::super::hand::refused;
use super::super::matrix::Stop;
use super::promises;
use crate::{AuthMethod, AuthWanted, Category, Security, SmtpWanted};

promises! { super::For::Driven;
    "field-missing-server" => missing_server,
    "field-missing-port" => missing_port,
    "field-missing-security" => missing_security,
    "field-missing-sender" => missing_sender,
    "field-missing-method" => missing_method,
    "field-missing-user" => missing_user,
    "field-doubled-server" => doubled_server,
    "field-doubled-user" => doubled_user,
    "other-labels-server" => unknown_server,
    "other-labels-user" => unknown_user,
    "menu-entry-missing" => no_menu_entry,
}

/// Wants this field to be another.
fn wanting(field: Field) -> SmtpWanted {
    let mut wanted = SmtpWanted::default();
    match field {
        Field::Server => wanted.server = Some("new.example.test".into()),
        Field::Port => wanted.port = Some(2525),
        Field::Security => wanted.security = Some(Security::None),
        Field::Sender => wanted.sender = Some("new@example.test".into()),
        Field::Method => wanted.auth = AuthWanted { method: Some(AuthMethod::None), ..AuthWanted::default() },
        Field::User => wanted.auth = AuthWanted { user: Some("new-user".into()), ..AuthWanted::default() },
    }
    wanted
}

/// The page cannot be read, or the field cannot be written; in no case does anything leave that alters.
async fn not_written(device: &Device, field: Field, categories: &[Category]) -> Result<(), Stop> {
    let before = device.truth();
    let mut hand = device.hand().await?;
    let result = match hand.try_read().await {
        Ok(seen) => hand.try_apply(&seen.smtp, &wanting(field)).await.map(|_| ()),
        Err(error) => Err(error),
    };
    let error = refused("the page", result, categories)?;
    if error.page.is_none() && error.category == Category::PageChanged {
        return Err(format!("the error does not name the page: {error}").into());
    }
    hand.close(device).await?;
    if let Some(seen) = device.truth().log.iter().find(|seen| seen.alters) {
        return Err(format!("it was told, and {} {} had been sent", seen.method, seen.path).into());
    }
    device.untouched(&before)
}

async fn missing(stand: &Stand, field: Field) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::FieldMissing(field))?;
    // What is not needed everywhere may be told as not offered.
    let categories = match field {
        Field::Sender => &[Category::PageChanged, Category::Unsupported][..],
        _ => &[Category::PageChanged][..],
    };
    not_written(&device, field, categories).await
}

async fn missing_server(stand: &Stand) -> Result<(), Stop> {
    missing(stand, Field::Server).await
}

async fn missing_port(stand: &Stand) -> Result<(), Stop> {
    missing(stand, Field::Port).await
}

async fn missing_security(stand: &Stand) -> Result<(), Stop> {
    missing(stand, Field::Security).await
}

async fn missing_sender(stand: &Stand) -> Result<(), Stop> {
    missing(stand, Field::Sender).await
}

async fn missing_method(stand: &Stand) -> Result<(), Stop> {
    missing(stand, Field::Method).await
}

async fn missing_user(stand: &Stand) -> Result<(), Stop> {
    missing(stand, Field::User).await
}

async fn doubled(stand: &Stand, field: Field) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::FieldDoubled(field))?;
    not_written(&device, field, &[Category::PageChanged]).await
}

async fn doubled_server(stand: &Stand) -> Result<(), Stop> {
    doubled(stand, Field::Server).await
}

async fn doubled_user(stand: &Stand) -> Result<(), Stop> {
    doubled(stand, Field::User).await
}

async fn unknown(stand: &Stand, field: Field) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::UnknownField(field))?;
    not_written(&device, field, &[Category::PageChanged]).await
}

async fn unknown_server(stand: &Stand) -> Result<(), Stop> {
    unknown(stand, Field::Server).await
}

async fn unknown_user(stand: &Stand) -> Result<(), Stop> {
    unknown(stand, Field::User).await
}

async fn no_menu_entry(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::NoMenuEntry)?;
    not_written(&device, Field::Server, &[Category::PageChanged]).await
}
