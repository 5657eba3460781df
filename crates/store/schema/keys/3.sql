-- SQLite alone: a key stands at its slot, and not beside an index of slots (`data/5.sql`).
-- [sqlite]
CREATE TABLE key_slot_by_key (
  slot BIGINT NOT NULL PRIMARY KEY, batch BIGINT NOT NULL, key BLOB NOT NULL, destroyed_at BIGINT
) WITHOUT ROWID;
INSERT INTO key_slot_by_key SELECT slot, batch, key, destroyed_at FROM key_slot ORDER BY slot;
DROP TABLE key_slot;
ALTER TABLE key_slot_by_key RENAME TO key_slot;
CREATE INDEX key_slot_batch ON key_slot (batch);
CREATE TABLE key_mark_by_key (slot BIGINT NOT NULL PRIMARY KEY, seals BIGINT NOT NULL) WITHOUT ROWID;
INSERT INTO key_mark_by_key SELECT slot, seals FROM key_mark ORDER BY slot;
DROP TABLE key_mark;
ALTER TABLE key_mark_by_key RENAME TO key_mark;
-- [/sqlite]
