-- Address books. Bodies of snapshots that are long are kept packed from here on (`deflate:` and base64); their name stays the
-- SHA-256 of the text itself.

-- What a list last put into a device's address book, as it was read back.
CREATE TABLE book_bases (
    device_key TEXT NOT NULL,
    list TEXT NOT NULL, -- the list's path as the playbook writes it
    run TEXT NOT NULL REFERENCES runs (id),
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (device_key, list)
) STRICT, WITHOUT ROWID;

-- Which entries a run was about to change, and after its reading back what came of each.
CREATE TABLE book_changes (
    run TEXT NOT NULL REFERENCES runs (id),
    device_key TEXT NOT NULL,
    at INTEGER NOT NULL,
    settled INTEGER NOT NULL, -- 0: about to; 1: read back
    body TEXT NOT NULL,
    PRIMARY KEY (run, device_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX book_changes_open ON book_changes (device_key) WHERE settled = 0;
