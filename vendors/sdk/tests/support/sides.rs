//! The other sides of a session: pins, a witness, options with short limits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use scanfleet_sdk::Section;
use scanfleet_sdk::transport::{
    Access, CertificateFacts, Effect, Endpoint, Intent, Limits, ReadRule, Request, SessionOptions,
    TlsProfile, Trust, TrustRefusal, Witness, WitnessError,
};
use tokio_util::sync::CancellationToken;

/// Trust on first use, in memory.
#[derive(Default)]
pub struct Pins {
    pub pinned: Mutex<Option<String>>,
    pub checks: Mutex<Vec<CertificateFacts>>,
    pub broken: AtomicBool,
}

impl Pins {
    pub fn with(sha256: &str) -> Arc<Self> {
        Arc::new(Self { pinned: Mutex::new(Some(sha256.to_owned())), ..Self::default() })
    }
}

#[async_trait]
impl Trust for Pins {
    async fn check(&self, facts: &CertificateFacts) -> Result<(), TrustRefusal> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(TrustRefusal::Store("the disk is full".into()));
        }
        self.checks.lock().unwrap().push(facts.clone());
        let mut pinned = self.pinned.lock().unwrap();
        match pinned.as_ref() {
            Some(known) if *known != facts.sha256 => {
                Err(TrustRefusal::Changed { pinned: known.clone(), presented: facts.sha256.clone() })
            }
            _ => {
                *pinned = Some(facts.sha256.clone());
                Ok(())
            }
        }
    }

    async fn pinned(&self) -> Result<bool, TrustRefusal> {
        Ok(self.pinned.lock().unwrap().is_some())
    }
}

/// A witness that writes its own diary, and fails on demand.
#[derive(Default)]
pub struct Ledger {
    pub events: Arc<Mutex<Vec<String>>>,
    pub refuse_intents: AtomicBool,
    pub refuse_receipts: AtomicBool,
}

impl Ledger {
    pub fn events(&self) -> Vec<String> {
        self.events.lock().unwrap().clone()
    }

    fn note(&self, text: String) {
        self.events.lock().unwrap().push(text);
    }
}

#[async_trait]
impl Witness for Ledger {
    async fn intend(&self, intent: &Intent) -> Result<i64, WitnessError> {
        if self.refuse_intents.load(Ordering::SeqCst) {
            return Err(WitnessError("the disk is full".into()));
        }
        self.note(format!("intend {} {} {}", intent.method, intent.path, intent.fields.join(",")));
        Ok(7)
    }

    async fn receive(&self, intent: i64, status: Option<u16>) -> Result<(), WitnessError> {
        if self.refuse_receipts.load(Ordering::SeqCst) {
            return Err(WitnessError("the disk is full".into()));
        }
        self.note(format!("receive {intent} {status:?}"));
        Ok(())
    }

    async fn withdraw(&self, intent: i64) -> Result<(), WitnessError> {
        self.note(format!("withdraw {intent}"));
        Ok(())
    }
}

const EVERYTHING: &[ReadRule] = &[ReadRule::allow("GET", "*"), ReadRule::allow("POST", "*")];

/// Short enough for a test, long enough for a busy machine.
pub fn short_limits() -> Limits {
    Limits { read: Duration::from_millis(1200), ..Limits::default() }
}

/// A session that may read everything.
pub fn options(address: &str) -> SessionOptions {
    SessionOptions {
        device: "copier-1".into(),
        endpoint: Endpoint::parse(address).unwrap(),
        tls: TlsProfile::Modern,
        extra_ca: None,
        access: Access::ReadOnly(EVERYTHING),
        trust: Arc::new(Pins::default()),
        transcript: None,
        limits: Limits::default(),
        deadline: None,
        cancel: CancellationToken::new(),
    }
}

/// A POST that alters the device.
pub fn write(url: &str) -> Request {
    let mut request = Request::get(url, "store the SMTP settings");
    request.method = "POST";
    request.body = Some(("application/x-www-form-urlencoded".into(), b"host=mail&port=587".to_vec()));
    request.fields = vec!["host".into(), "port".into()];
    request.effect(Effect::Write { section: Section::Smtp, what: "store the SMTP settings".into() })
}
