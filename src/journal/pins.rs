//! Certificates: which one is trusted, and which ones were seen.

use jiff::Timestamp;
use rusqlite::{Transaction, params};
use scanfleet_sdk::transport::CertificateFacts;
use serde::Serialize;
use serde_json::{Value, json};

use super::audit::{self, kind};
use super::store::{Fault, from_json, now, time, to_json};
use super::verify::Row;
use super::{Journal, JournalError};

/// What a pin is kept under: the device's inventory name and the host and port it answered on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct PinKey {
    /// The device's inventory name.
    pub device: String,
    /// `host:port`.
    pub address: String,
}

impl PinKey {
    /// The key of a device at a host and port.
    pub fn new(device: &str, host: &str, port: u16) -> Self {
        Self { device: device.to_owned(), address: format!("{}:{port}", host.to_ascii_lowercase()) }
    }
}

/// A certificate as it was presented.
#[derive(Debug, Clone, Serialize)]
pub struct Presented {
    /// What is known of it.
    pub facts: CertificateFacts,
    /// When it was last presented.
    pub at: Timestamp,
    /// Whether it was refused.
    pub refused: bool,
}

/// A trusted certificate.
#[derive(Debug, Clone, Serialize)]
pub struct Pin {
    /// Device and address.
    #[serde(flatten)]
    pub key: PinKey,
    /// SHA-256 of the certificate, lower-case hexadecimal.
    pub sha256: String,
    /// When it was pinned.
    pub first_seen: Timestamp,
    /// What is known of it.
    pub facts: CertificateFacts,
    /// What the device presented last, where that is another certificate.
    pub refused: Option<Presented>,
}

/// A certificate that a person has accepted.
#[derive(Debug, Clone, Serialize)]
pub struct Accepted {
    /// Device and address.
    #[serde(flatten)]
    pub key: PinKey,
    /// SHA-256 trusted before, where there was one.
    pub before: Option<String>,
    /// SHA-256 trusted now.
    pub after: String,
}

/// What the audit trail says of a pin that was forgotten.
pub(super) const FORGOTTEN: &str = r#"{"sha256":null}"#;

const COLUMNS: &str = "p.device, p.address, p.sha256, p.first_seen, p.facts, c.sha256, c.facts, c.last_seen, c.refused \
                       FROM pins p LEFT JOIN certificates c ON c.device = p.device AND c.address = p.address AND c.turn = \
                       (SELECT max(turn) FROM certificates l WHERE l.device = p.device AND l.address = p.address)";

impl Journal {
    /// The trusted certificate of a device at an address.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn pin(&self, key: &PinKey) -> Result<Option<Pin>, JournalError> {
        self.read("read the trusted certificate of a device", |transaction| find(transaction, key))
    }

    /// Whether any address of a device was ever pinned on https: then it is never spoken to over http.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn pinned(&self, device: &str) -> Result<bool, JournalError> {
        self.read("read the trusted certificates of a device", |transaction| {
            Ok(transaction
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM pins WHERE device = ?1)")?
                .query_row([device], |row| row.get(0))?)
        })
    }

    /// Trusts a certificate on first contact. Where one is trusted already, that one stays and is returned: the caller
    /// compares.
    ///
    /// # Errors
    /// The journal cannot be written: nothing secret may be sent.
    pub fn pin_first(&self, key: &PinKey, facts: &CertificateFacts) -> Result<Pin, JournalError> {
        self.write("store the certificate of a device", |transaction| {
            if let Some(pin) = find(transaction, key)? {
                return Ok(pin);
            }
            see(transaction, key, facts, false)?;
            trust(transaction, key, facts)?;
            find(transaction, key)?.ok_or_else(|| Fault::NoSuch("certificate that was just stored".into()))
        })
    }

    /// Keeps a certificate that was presented, trusted or refused; `accept` takes the last of them. The time it was last
    /// presented is exact to an hour.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn observe(&self, key: &PinKey, facts: &CertificateFacts, refused: bool) -> Result<(), JournalError> {
        self.write("store the certificate that a device presented", |transaction| {
            // The same as last time on every connection: no reason to wait for the disk.
            if seen_lately(transaction, key, facts, refused)? {
                return Ok(());
            }
            see(transaction, key, facts, refused)
        })
    }

    /// Trusts what a device presented last, on each of its addresses. Gives those that changed.
    ///
    /// # Errors
    /// [`JournalError::NothingPresented`], or the journal cannot be written.
    pub fn accept(&self, device: &str) -> Result<Vec<Accepted>, JournalError> {
        self.write("trust the certificate of a device", |transaction| {
            let presented = transaction
                .prepare(
                    "SELECT address, sha256, facts FROM certificates c WHERE device = ?1 AND turn = \
                     (SELECT max(turn) FROM certificates l WHERE l.device = c.device AND l.address = c.address) \
                     ORDER BY address",
                )?
                .query_map([device], |row| {
                    Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
                })?
                .collect::<Result<Vec<_>, _>>()?;
            if presented.is_empty() {
                return Err(JournalError::NothingPresented { device: device.to_owned() }.into());
            }
            let mut accepted = Vec::new();
            for (address, sha256, facts) in presented {
                let key = PinKey { device: device.to_owned(), address };
                let before = find(transaction, &key)?.map(|pin| pin.sha256);
                if before.as_deref() == Some(&sha256) {
                    continue;
                }
                trust(transaction, &key, &from_json(&facts)?)?;
                transaction.execute(
                    "UPDATE certificates SET refused = 0 WHERE device = ?1 AND address = ?2 AND sha256 = ?3",
                    params![key.device, key.address, sha256],
                )?;
                accepted.push(Accepted { key, before, after: sha256 });
            }
            Ok(accepted)
        })
    }

    /// Forgets every pin of a device and gives how many there were: the next contact pins afresh.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn forget(&self, device: &str) -> Result<usize, JournalError> {
        self.write("forget the certificate of a device", |transaction| {
            let addresses = transaction
                .prepare("SELECT address FROM pins WHERE device = ?1 ORDER BY address")?
                .query_map([device], |row| row.get::<_, String>(0))?
                .collect::<Result<Vec<_>, _>>()?;
            transaction.execute("DELETE FROM pins WHERE device = ?1", [device])?;
            for address in &addresses {
                audit::append(transaction, kind::TRUST, &subject(device, address), &trusted(None))?;
            }
            Ok(addresses.len())
        })
    }

    /// Every trusted certificate, by device and address.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn pins(&self) -> Result<Vec<Pin>, JournalError> {
        self.read("read the trusted certificates", |transaction| {
            let mut statement =
                transaction.prepare(&format!("SELECT {COLUMNS} ORDER BY p.device, p.address"))?;
            let mut rows = statement.query([])?;
            let mut pins = Vec::new();
            while let Some(row) = rows.next()? {
                pins.push(pin(row)?);
            }
            Ok(pins)
        })
    }
}

fn find(transaction: &Transaction<'_>, key: &PinKey) -> Result<Option<Pin>, Fault> {
    let mut statement =
        transaction.prepare_cached(&format!("SELECT {COLUMNS} WHERE p.device = ?1 AND p.address = ?2"))?;
    let mut rows = statement.query([&key.device, &key.address])?;
    rows.next()?.map(pin).transpose()
}

fn pin(row: &rusqlite::Row<'_>) -> Result<Pin, Fault> {
    let sha256: String = row.get(2)?;
    let last: Option<String> = row.get(5)?;
    let refused = match last {
        Some(last) if last != sha256 => Some(Presented {
            facts: from_json(&row.get::<_, String>(6)?)?,
            at: time(row.get(7)?)?,
            refused: row.get(8)?,
        }),
        _ => None,
    };
    Ok(Pin {
        key: PinKey { device: row.get(0)?, address: row.get(1)? },
        sha256,
        first_seen: time(row.get(3)?)?,
        facts: from_json(&row.get::<_, String>(4)?)?,
        refused,
    })
}

fn trust(transaction: &Transaction<'_>, key: &PinKey, facts: &CertificateFacts) -> Result<(), Fault> {
    transaction.execute(
        "INSERT INTO pins (device, address, sha256, first_seen, facts) VALUES (?1,?2,?3,?4,?5) \
         ON CONFLICT (device, address) DO UPDATE SET sha256 = excluded.sha256, first_seen = excluded.first_seen, \
         facts = excluded.facts",
        params![key.device, key.address, facts.sha256, now(), to_json(facts)?],
    )?;
    audit::append(
        transaction,
        kind::TRUST,
        &subject(&key.device, &key.address),
        &trusted(Some(&facts.sha256)),
    )
}

const HOUR: i64 = 3_600_000;

/// Whether this was what was presented last, less than an hour ago.
fn seen_lately(
    transaction: &Transaction<'_>,
    key: &PinKey,
    facts: &CertificateFacts,
    refused: bool,
) -> Result<bool, Fault> {
    let mut statement = transaction.prepare_cached(
        "SELECT facts, refused, last_seen FROM certificates WHERE device = ?1 AND address = ?2 \
         ORDER BY turn DESC LIMIT 1",
    )?;
    let mut rows = statement.query([&key.device, &key.address])?;
    let Some(row) = rows.next()? else { return Ok(false) };
    let (last, was_refused, at): (String, bool, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(last == to_json(facts)? && was_refused == refused && (0..HOUR).contains(&(now() - at)))
}

fn see(
    transaction: &Transaction<'_>,
    key: &PinKey,
    facts: &CertificateFacts,
    refused: bool,
) -> Result<(), Fault> {
    transaction
        .prepare_cached(
            "INSERT INTO certificates (device, address, sha256, facts, first_seen, last_seen, turn, refused) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, (SELECT coalesce(max(turn), 0) + 1 FROM certificates), ?6) \
             ON CONFLICT (device, address, sha256) DO UPDATE SET facts = excluded.facts, \
             last_seen = excluded.last_seen, turn = excluded.turn, refused = excluded.refused",
        )?
        .execute(params![key.device, key.address, facts.sha256, to_json(facts)?, now(), refused])?;
    Ok(())
}

fn subject(device: &str, address: &str) -> String {
    format!("{device} {address}")
}

fn trusted(sha256: Option<&str>) -> Value {
    json!({ "sha256": sha256 })
}

/// What the audit trail vouches for.
pub(super) fn vouched(transaction: &Transaction<'_>) -> Result<Vec<Row>, Fault> {
    let mut statement = transaction.prepare("SELECT device, address, sha256 FROM pins")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (device, address, sha256): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        found.push((kind::TRUST, subject(&device, &address), trusted(Some(&sha256))));
    }
    Ok(found)
}
