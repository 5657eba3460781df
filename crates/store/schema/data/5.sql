-- SQLite keeps rows as they come, and finds those of a dossier by an index beside them: to read its
-- acts is to look in as many places, to write one touches two. Here they stand in the order of their
-- key, those of a dossier together. PostgreSQL has its own way of keeping rows, and nothing to do.
-- [sqlite]
CREATE TABLE unit_by_key (
  office BLOB NOT NULL, dossier BLOB NOT NULL, unit TEXT NOT NULL, slot BIGINT NOT NULL,
  state TEXT NOT NULL, version BIGINT NOT NULL, contents BLOB NOT NULL,
  next_on TEXT NOT NULL, next_step TEXT NOT NULL, PRIMARY KEY (office, dossier, unit)
) WITHOUT ROWID;
INSERT INTO unit_by_key SELECT office, dossier, unit, slot, state, version, contents, next_on,
  next_step FROM unit ORDER BY office, dossier, unit;
DROP TABLE unit;
ALTER TABLE unit_by_key RENAME TO unit;
CREATE INDEX unit_due ON unit (office, next_on);
CREATE INDEX unit_ripe ON unit (office, next_on, dossier, unit) WHERE next_step <> 'alert';

CREATE TABLE section_by_key (
  office BLOB NOT NULL, dossier BLOB NOT NULL, place BLOB NOT NULL, unit TEXT NOT NULL,
  version BIGINT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (office, dossier, place)
) WITHOUT ROWID;
INSERT INTO section_by_key SELECT office, dossier, place, unit, version, body FROM section
  ORDER BY office, dossier, place;
DROP TABLE section;
ALTER TABLE section_by_key RENAME TO section;

CREATE TABLE act_by_key (
  office BLOB NOT NULL, dossier BLOB NOT NULL, no BIGINT NOT NULL, unit TEXT NOT NULL,
  kind TEXT NOT NULL, acted_on TEXT NOT NULL, recorded_at BIGINT NOT NULL, agent BLOB,
  corrects BIGINT, voided TEXT, slot BIGINT NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (office, dossier, no)
) WITHOUT ROWID;
INSERT INTO act_by_key SELECT office, dossier, no, unit, kind, acted_on, recorded_at, agent,
  corrects, voided, slot, body FROM act ORDER BY office, dossier, no;
DROP TABLE act;
ALTER TABLE act_by_key RENAME TO act;
CREATE INDEX act_recorded ON act (office, recorded_at, no);
CREATE INDEX act_agent ON act (office, agent, recorded_at);

CREATE TABLE term_by_key (
  office BLOB NOT NULL, dossier BLOB NOT NULL, no BIGINT NOT NULL, rule TEXT NOT NULL,
  due TEXT NOT NULL, action BIGINT NOT NULL, state TEXT NOT NULL, act BIGINT,
  PRIMARY KEY (office, dossier, no)
) WITHOUT ROWID;
INSERT INTO term_by_key SELECT office, dossier, no, rule, due, action, state, act FROM term
  ORDER BY office, dossier, no;
DROP TABLE term;
ALTER TABLE term_by_key RENAME TO term;
CREATE INDEX term_due ON term (office, state, due, dossier, action);

CREATE TABLE token_by_key (
  office BLOB NOT NULL, unit TEXT NOT NULL, token BIGINT NOT NULL, dossier BLOB NOT NULL,
  PRIMARY KEY (office, token, unit, dossier)
) WITHOUT ROWID;
INSERT INTO token_by_key SELECT office, unit, token, dossier FROM token
  ORDER BY office, token, unit, dossier;
DROP TABLE token;
ALTER TABLE token_by_key RENAME TO token;
CREATE INDEX token_dossier ON token (office, dossier, unit);

CREATE TABLE archive_token_by_key (
  office BLOB NOT NULL, unit TEXT NOT NULL, token BIGINT NOT NULL, dossier BLOB NOT NULL,
  PRIMARY KEY (office, token, unit, dossier)
) WITHOUT ROWID;
INSERT INTO archive_token_by_key SELECT office, unit, token, dossier FROM archive_token
  ORDER BY office, token, unit, dossier;
DROP TABLE archive_token;
ALTER TABLE archive_token_by_key RENAME TO archive_token;
CREATE INDEX archive_token_dossier ON archive_token (office, dossier, unit);

-- Two tables that every act touches: a row of each stands once, and not in an index beside as well.
CREATE TABLE free_slot_by_key (slot INTEGER NOT NULL PRIMARY KEY);
INSERT INTO free_slot_by_key SELECT slot FROM free_slot ORDER BY slot;
DROP TABLE free_slot;
ALTER TABLE free_slot_by_key RENAME TO free_slot;
CREATE TABLE trace_outbox_by_key (
  entry BLOB NOT NULL PRIMARY KEY, processing TEXT NOT NULL, at BIGINT NOT NULL, line BLOB NOT NULL
) WITHOUT ROWID;
INSERT INTO trace_outbox_by_key SELECT entry, processing, at, line FROM trace_outbox ORDER BY entry;
DROP TABLE trace_outbox;
ALTER TABLE trace_outbox_by_key RENAME TO trace_outbox;
-- [/sqlite]

-- Only what may be stuck: an act on any other dossier moves nothing in it.
DROP INDEX dossier_stuck;
CREATE INDEX dossier_stuck ON dossier (office, processing, changed_at, dossier)
  WHERE archived = 0 AND running = 0 AND closed_on IS NULL;
