//! Sessions with a device at an address, whatever stands there.
#![allow(clippy::unwrap_used, dead_code, missing_docs)]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use scanfleet_sdk::transport::{
    Access, CertificateFacts, Endpoint, Intent, Limits, Session, SessionOptions, TlsProfile, Trust,
    TrustRefusal, Witness, WitnessError,
};
use scanfleet_sdk::{
    AuthMethod, AuthWanted, Change, Credentials, DeviceError, Driver, LoginHistory, PasswordWanted,
    Recognised, Secret, Security, SmtpChange, SmtpSettings, SmtpWanted, Vendor,
};
use scanfleet_xerox::Xerox;

struct Anyone;

#[async_trait]
impl Trust for Anyone {
    async fn check(&self, _facts: &CertificateFacts) -> Result<(), TrustRefusal> {
        Ok(())
    }
    async fn pinned(&self) -> Result<bool, TrustRefusal> {
        Ok(false)
    }
}

/// Keeps every intent.
#[derive(Default)]
pub struct Book(pub Mutex<Vec<Intent>>);

#[async_trait]
impl Witness for Book {
    async fn intend(&self, intent: &Intent) -> Result<i64, WitnessError> {
        let mut book = self.0.lock().unwrap();
        book.push(intent.clone());
        Ok(i64::try_from(book.len()).unwrap())
    }
    async fn receive(&self, _intent: i64, _status: Option<u16>) -> Result<(), WitnessError> {
        Ok(())
    }
}

pub fn read_write() -> (Arc<Book>, Access) {
    let book = Arc::new(Book::default());
    (Arc::clone(&book), Access::ReadWrite(book))
}

pub fn read_only() -> Access {
    Access::ReadOnly(Xerox::default().reads())
}

pub async fn connect(address: &str, access: Access) -> Session {
    Session::connect(SessionOptions {
        device: "copier".to_owned(),
        endpoint: Endpoint::parse(address).unwrap(),
        tls: TlsProfile::Modern,
        extra_ca: None,
        access,
        trust: Arc::new(Anyone),
        transcript: None,
        limits: Limits::default(),
        deadline: None,
        cancel: Default::default(),
    })
    .await
    .unwrap()
}

pub async fn recognise(address: &str) -> Result<Option<Recognised>, DeviceError> {
    let mut session = connect(address, read_only()).await;
    Xerox::default().recognise(&mut session).await
}

pub fn credentials(password: &str) -> Credentials {
    Credentials { user: None, password: Secret::new(password.into()), history: LoginHistory::Unknown }
}

/// A recognised device with a driver.
pub async fn drive(address: &str, access: Access, password: &str) -> Box<dyn Driver> {
    let mut session = connect(address, access).await;
    let recognised = Xerox::default().recognise(&mut session).await.unwrap().unwrap();
    Xerox::default().driver(session, recognised, Some(credentials(password)))
}

pub const MAIL_PASSWORD: &str = "app-pässword/+=&";

/// Everything a playbook may want.
pub fn wanted() -> SmtpWanted {
    SmtpWanted {
        server: Some("smtp.example.test".into()),
        port: Some(587),
        security: Some(Security::Starttls),
        sender: Some("scan@example.test".into()),
        auth: AuthWanted {
            method: Some(AuthMethod::Password),
            user: Some("scan@example.test".into()),
            sender: None,
        },
        password: PasswordWanted::Set(Secret::new(MAIL_PASSWORD.into())),
    }
}

/// What a device was before.
pub fn back_to(before: &SmtpSettings) -> SmtpWanted {
    SmtpWanted {
        server: Some(before.server.clone()),
        port: before.port,
        security: before.security,
        sender: Some(before.sender.clone().unwrap_or_default()),
        auth: AuthWanted {
            method: Some(before.auth.method),
            user: Some(before.auth.user.clone().unwrap_or_default()),
            sender: None,
        },
        password: PasswordWanted::Keep,
    }
}

pub fn change(to: SmtpWanted) -> Change {
    Change::Smtp(Box::new(SmtpChange { from: SmtpSettings::default(), to }))
}
