-- A proof belongs to the very family file that it was made with: a file that has changed since is unproven again.
CREATE TABLE proofs_by_file (
    vendor TEXT NOT NULL,
    model TEXT NOT NULL,
    firmware TEXT NOT NULL,
    section TEXT NOT NULL,
    family TEXT NOT NULL,
    family_sha256 TEXT NOT NULL,
    run TEXT NOT NULL REFERENCES runs (id),
    at INTEGER NOT NULL,
    PRIMARY KEY (vendor, model, firmware, section, family_sha256)
) STRICT, WITHOUT ROWID;

INSERT INTO proofs_by_file (vendor, model, firmware, section, family, family_sha256, run, at)
    SELECT vendor, model, firmware, section, family, family_sha256, run, at FROM proofs;

DROP TABLE proofs;

ALTER TABLE proofs_by_file RENAME TO proofs;
