-- A journal of version 1 as the program of that version wrote it, dumped as SQL. Never edit it.
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    content TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,1795294379600,'run-start','01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd','{"kind":"apply","playbook":"m365","playbook_sha256":"abababababababababababababababababababababababababababababababab","what":{"targets":"site=north"},"host":"desk","user":"pat","pid":8794,"version":"0.1.0","of_run":null,"started":1795294379600}','0000000000000000000000000000000000000000000000000000000000000000','436925341904d39623f14fcbb26a964f2347ac220ae3c255a162a70604a7e642');
INSERT INTO "audit" VALUES(2,1795294379601,'snapshot','s1','{"run":"01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd","device":"serial:E1","section":"smtp","reason":"before-apply","content":"4997ef261eed46c67b0fbd0ca1c6591d0c76977a2fbce27f8f59c731aa38fb82","password":null}','436925341904d39623f14fcbb26a964f2347ac220ae3c255a162a70604a7e642','54ab66efb596629cb5039a4239ad5af8347c97bf43592e64876ebb4d46759bbc');
INSERT INTO "audit" VALUES(3,1795294379601,'intent','1','{"run":"01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd","device":"serial:E1","section":"smtp","what":"set the server","method":"POST","path":"/set.cgi","fields":"[\"server\",\"port\"]"}','54ab66efb596629cb5039a4239ad5af8347c97bf43592e64876ebb4d46759bbc','47ccc522a744411da2c267ab51ad4b7310a84a2f2c83ee808282eaa7f52d3ee4');
INSERT INTO "audit" VALUES(4,1795294379602,'receipt','1','{"state":"answered","status":200,"settlement":null}','47ccc522a744411da2c267ab51ad4b7310a84a2f2c83ee808282eaa7f52d3ee4','b6e284bffb1dbfc5be9be13ab348325bd0be43343a9ae9bf62854b0fac2a7156');
INSERT INTO "audit" VALUES(5,1795294379602,'intent','2','{"run":"01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd","device":"serial:E1","section":"smtp","what":"set the port","method":"POST","path":"/set.cgi","fields":"[\"server\",\"port\"]"}','b6e284bffb1dbfc5be9be13ab348325bd0be43343a9ae9bf62854b0fac2a7156','c96a6e8201698d10560efcd300182e3bd155dfeb33fd1d94d1ece33f16a0a57b');
INSERT INTO "audit" VALUES(6,1795294379603,'receipt','2','{"state":"lost","status":null,"settlement":null}','c96a6e8201698d10560efcd300182e3bd155dfeb33fd1d94d1ece33f16a0a57b','f482bbf4ffab336857a34af857121c4b472a4bbd193e19c6897c28b3f82f6802');
INSERT INTO "audit" VALUES(7,1795294379603,'intent','3','{"run":"01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd","device":"serial:E1","section":"smtp","what":"set the password","method":"POST","path":"/set.cgi","fields":"[\"server\",\"port\"]"}','f482bbf4ffab336857a34af857121c4b472a4bbd193e19c6897c28b3f82f6802','5290ff6b587014e8f2e728090265677e0e762582a5e0668ab64bcb19b4f73d9c');
INSERT INTO "audit" VALUES(8,1795294379604,'result','01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd ward-1','{"sha256":"803d6da73572eaea659f8d4f5b978fbdf793473e4c3fb78b68fce0952043013c"}','5290ff6b587014e8f2e728090265677e0e762582a5e0668ab64bcb19b4f73d9c','2c7ddc28fabbe386b33900a6519d2f5421397c38dddc6b5917e920a452354ba5');
INSERT INTO "audit" VALUES(9,1795294379605,'trust','ward-1 127.0.0.9:443','{"sha256":"1111111111111111111111111111111111111111111111111111111111111111"}','2c7ddc28fabbe386b33900a6519d2f5421397c38dddc6b5917e920a452354ba5','a1d0fe563bcef5cbe0f986fbe2cb9a4bd1c2d7c0e635ceb5deda91df070185fa');
INSERT INTO "audit" VALUES(10,1795294379606,'secret','m365/scan','{"change":"set","version":1}','a1d0fe563bcef5cbe0f986fbe2cb9a4bd1c2d7c0e635ceb5deda91df070185fa','c1e1cb850ced8be5e3d04ce5bad2f9ecd63a71ecf48da2a85237cd37452edacd');
INSERT INTO "audit" VALUES(11,1795294379606,'run-end','01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd','{"status":"partial","counts":{"failed":1}}','c1e1cb850ced8be5e3d04ce5bad2f9ecd63a71ecf48da2a85237cd37452edacd','2c93744fc406a04c5d6f565b4de43210c6d450064a6c12bd235a974810ca9b23');
CREATE TABLE bodies (
    sha256 TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "bodies" VALUES('4997ef261eed46c67b0fbd0ca1c6591d0c76977a2fbce27f8f59c731aa38fb82','{"typed":{"server":"mail.old.example","port":25},"raw":{"page":"/mail.cgi","entries":[["srv","mail.old.example"]]}}');
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
INSERT INTO "certificates" VALUES('ward-1','127.0.0.9:443','1111111111111111111111111111111111111111111111111111111111111111','{"sha256":"1111111111111111111111111111111111111111111111111111111111111111","subject":"CN=copier","issuer":"CN=copier","not_before":"Jan  1 00:00:00 2010 GMT","not_after":"Jan  1 00:00:00 2020 GMT","expired":true,"key_bits":1024,"protocol":"TLSv1.2","cipher":"AES128-SHA"}',1795294379604,1795294379604,1,0);
INSERT INTO "certificates" VALUES('ward-1','127.0.0.9:443','2222222222222222222222222222222222222222222222222222222222222222','{"sha256":"2222222222222222222222222222222222222222222222222222222222222222","subject":"CN=copier","issuer":"CN=copier","not_before":"Jan  1 00:00:00 2010 GMT","not_after":"Jan  1 00:00:00 2020 GMT","expired":true,"key_bits":1024,"protocol":"TLSv1.2","cipher":"AES128-SHA"}',1795294379605,1795294379605,2,1);
CREATE TABLE families (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    origin TEXT NOT NULL,
    body TEXT NOT NULL,
    first_used INTEGER NOT NULL,
    UNIQUE (id, sha256, origin)
) STRICT;
INSERT INTO "families" VALUES(1,'ricoh-newer','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','embedded','{"id":"ricoh-newer","sha256":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","origin":"embedded","smtp_write":"assumed"}',1795294379604);
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
INSERT INTO "intents" VALUES(1,'01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd','serial:E1',1795294379601,'smtp','set the server','POST','/set.cgi','["server","port"]','answered',200,1795294379602,NULL,NULL,NULL);
INSERT INTO "intents" VALUES(2,'01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd','serial:E1',1795294379602,'smtp','set the port','POST','/set.cgi','["server","port"]','lost',NULL,1795294379603,NULL,NULL,NULL);
INSERT INTO "intents" VALUES(3,'01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd','serial:E1',1795294379603,'smtp','set the password','POST','/set.cgi','["server","port"]','sent',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE locks (
    device_key TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    run TEXT NOT NULL,
    command TEXT NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE logins (
    device_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (device_key, fingerprint)
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
CREATE TABLE pins (
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (device, address)
) STRICT, WITHOUT ROWID;
INSERT INTO "pins" VALUES('ward-1','127.0.0.9:443','1111111111111111111111111111111111111111111111111111111111111111',1795294379604,'{"sha256":"1111111111111111111111111111111111111111111111111111111111111111","subject":"CN=copier","issuer":"CN=copier","not_before":"Jan  1 00:00:00 2010 GMT","not_after":"Jan  1 00:00:00 2020 GMT","expired":true,"key_bits":1024,"protocol":"TLSv1.2","cipher":"AES128-SHA"}');
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
INSERT INTO "proofs" VALUES('ricoh','MP C3003','','smtp','ricoh-newer','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd',1795294379605);
CREATE TABLE results (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL REFERENCES runs (id),
    device TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (run, device)
) STRICT;
INSERT INTO "results" VALUES(1,'01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd','ward-1',1795294379604,'{"device":"ward-1","address":"127.0.0.9","vendor":"ricoh","model":"MP C3003","serial":"E1","firmware":"1.2","result":"failed","grade":null,"category":"not-applied","message":"The device did not keep the port.","changes":[{"field":"smtp.port","before":25,"after":587}],"unrestorable":["smtp.password"],"family":{"id":"ricoh-newer","sha256":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","origin":"embedded","smtp_write":"assumed"},"connection":{"plain_http":false},"requests":9}');
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
INSERT INTO "runs" VALUES(1,'01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd','apply','m365','abababababababababababababababababababababababababababababababab','{"targets":"site=north"}','desk','pat',8794,'0.1.0',NULL,1795294379600,1795294379606,'partial','{"failed":1}');
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
INSERT INTO "snapshots" VALUES(1,1795294379600,'01a1ffe2-3e4f-7383-9fa8-1da9c37f10dd','ward-1','serial:E1','E1','ricoh','MP C3003',NULL,'smtp','before-apply','4997ef261eed46c67b0fbd0ca1c6591d0c76977a2fbce27f8f59c731aa38fb82',NULL);
CREATE INDEX intents_open ON intents (device_key) WHERE settlement IS NULL AND state IN ('sent', 'lost');
CREATE INDEX snapshots_of_run ON snapshots (run, device_key);
CREATE INDEX passwords_of_device ON passwords (device_key, field, id);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END;
CREATE TRIGGER audit_is_never_cut BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('runs',1);
INSERT INTO "sqlite_sequence" VALUES('snapshots',1);
INSERT INTO "sqlite_sequence" VALUES('intents',3);
INSERT INTO "sqlite_sequence" VALUES('results',1);
INSERT INTO "sqlite_sequence" VALUES('families',2);
COMMIT;
PRAGMA user_version=1;
PRAGMA application_id=1935894124;
