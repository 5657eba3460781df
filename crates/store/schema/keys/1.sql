-- The key store, apart from the data and from its backups. A destroyed slot keeps its number and
-- an empty key.
CREATE TABLE key_slot (
  slot BIGINT NOT NULL PRIMARY KEY, batch BIGINT NOT NULL, key BLOB NOT NULL, destroyed_at BIGINT
);
CREATE TABLE key_batch (
  batch BIGINT NOT NULL PRIMARY KEY, made_at BIGINT NOT NULL, saved_at BIGINT, served_at BIGINT
);
-- The highest number that the digest of a dossier bore, beside the keys of its units: rows of the
-- data that bear a lower one were brought back from the past (I14). Forgotten by a restore, which
-- brings them back on purpose.
CREATE TABLE key_mark (slot BIGINT NOT NULL PRIMARY KEY, seals BIGINT NOT NULL);
-- The generations of the blind indexes (active files, archive), and the keys under which the searches
-- of a month stand in the trace. Random, and destroyed at their term.
CREATE TABLE index_key (
  archive BIGINT NOT NULL, generation BIGINT NOT NULL, state TEXT NOT NULL,
  made_at BIGINT NOT NULL, since BIGINT NOT NULL, key BLOB NOT NULL,
  PRIMARY KEY (archive, generation)
);
CREATE TABLE trace_key (month TEXT NOT NULL PRIMARY KEY, key BLOB NOT NULL);
CREATE TABLE named_key (name TEXT NOT NULL PRIMARY KEY, key BLOB NOT NULL);
-- What must not come back: destroyed slots, withdrawn grants, closed accounts. Signed, numbered from
-- 1, each entry naming the one before it; it stands in the copy of the keys too.
CREATE TABLE gone (no BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, note TEXT NOT NULL);
