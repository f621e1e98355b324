-- Version 1. Never edit a migration that was released; add the next one.
-- Times are milliseconds since 1970 in UTC. JSON is text. No column ever holds a secret.
PRAGMA application_id = 1935894124; -- "scfl"

CREATE TABLE runs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of history; clocks may jump
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    playbook TEXT,
    playbook_sha256 TEXT,
    what TEXT NOT NULL,
    host TEXT NOT NULL,
    user TEXT NOT NULL,
    pid INTEGER NOT NULL,
    version TEXT NOT NULL,
    of_run TEXT REFERENCES runs (id),
    started INTEGER NOT NULL,
    ended INTEGER,
    status TEXT,
    counts TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE results (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL REFERENCES runs (id),
    device TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (run, device)
) STRICT;

CREATE TABLE intents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL REFERENCES runs (id),
    device_key TEXT NOT NULL,
    at INTEGER NOT NULL,
    section TEXT NOT NULL,
    what TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    fields TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sent', 'answered', 'lost', 'withdrawn')),
    status INTEGER,
    received INTEGER,
    settlement TEXT,
    settled INTEGER,
    note TEXT
) STRICT;
CREATE INDEX intents_open ON intents (device_key) WHERE settlement IS NULL AND state IN ('sent', 'lost');

CREATE TABLE bodies (
    sha256 TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    run TEXT REFERENCES runs (id),
    device TEXT NOT NULL,
    device_key TEXT NOT NULL,
    serial TEXT,
    vendor TEXT NOT NULL,
    model TEXT NOT NULL,
    firmware TEXT,
    section TEXT NOT NULL,
    reason TEXT NOT NULL,
    body TEXT NOT NULL REFERENCES bodies (sha256),
    password TEXT
) STRICT;
CREATE INDEX snapshots_of_run ON snapshots (run, device_key);

CREATE TABLE pins (
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (device, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE certificates (
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    facts TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    turn INTEGER NOT NULL, -- the highest is the one presented last
    refused INTEGER NOT NULL,
    PRIMARY KEY (device, address, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE passwords (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device_key TEXT NOT NULL,
    field TEXT NOT NULL,
    fingerprint TEXT, -- absent: from here on it is not known what the device holds
    reference TEXT,
    version INTEGER,
    run TEXT NOT NULL REFERENCES runs (id),
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX passwords_of_device ON passwords (device_key, field, id);

CREATE TABLE logins (
    device_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (device_key, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE families (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    origin TEXT NOT NULL,
    body TEXT NOT NULL,
    first_used INTEGER NOT NULL,
    UNIQUE (id, sha256, origin)
) STRICT;

CREATE TABLE proofs (
    vendor TEXT NOT NULL,
    model TEXT NOT NULL,
    firmware TEXT NOT NULL,
    section TEXT NOT NULL,
    family TEXT NOT NULL,
    family_sha256 TEXT NOT NULL,
    run TEXT NOT NULL REFERENCES runs (id),
    at INTEGER NOT NULL,
    PRIMARY KEY (vendor, model, firmware, section, family)
) STRICT, WITHOUT ROWID;

CREATE TABLE locks (
    device_key TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    run TEXT NOT NULL,
    command TEXT NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    content TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END;
CREATE TRIGGER audit_is_never_cut BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END;
