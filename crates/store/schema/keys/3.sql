-- A key is kept in 96 bytes whatever its form, and so is the nothing that stands in its place once
-- it is destroyed: SQLite then overwrites it where it is. A row that changed its size pushed its
-- neighbours to other pages, which kept bytes of theirs that no destruction reached any more.
-- [sqlite]
-- Its own row number besides: a key is found at its slot, and not by an index of slots.
CREATE TABLE key_slot_kept (
  slot INTEGER NOT NULL PRIMARY KEY, batch BIGINT NOT NULL, key BLOB NOT NULL, destroyed_at BIGINT
);
INSERT INTO key_slot_kept SELECT slot, batch,
  CASE WHEN destroyed_at IS NULL THEN CAST(key || zeroblob(96 - length(key)) AS BLOB)
    ELSE zeroblob(90) END,
  destroyed_at FROM key_slot ORDER BY slot;
DROP TABLE key_slot;
ALTER TABLE key_slot_kept RENAME TO key_slot;
CREATE INDEX key_slot_batch ON key_slot (batch);
CREATE TABLE key_mark_by_key (slot BIGINT NOT NULL PRIMARY KEY, seals BIGINT NOT NULL) WITHOUT ROWID;
INSERT INTO key_mark_by_key SELECT slot, seals FROM key_mark ORDER BY slot;
DROP TABLE key_mark;
ALTER TABLE key_mark_by_key RENAME TO key_mark;
-- [/sqlite]
-- [postgres]
UPDATE key_slot SET key = key || decode(repeat('00', 96 - length(key)), 'hex')
  WHERE destroyed_at IS NULL;
-- [/postgres]
