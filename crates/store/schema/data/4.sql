-- The board's counts, kept as dossiers move, so that the page does not count the dossiers of an
-- office at each look. They are true for one day: the first look of a day counts anew, which also
-- mends them. An empty table is counted at the first look.
CREATE TABLE board_day (
  office BLOB NOT NULL,
  processing TEXT NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (office, processing)
);
CREATE TABLE board_cell (
  office BLOB NOT NULL,
  processing TEXT NOT NULL,
  territory TEXT NOT NULL,
  stage TEXT NOT NULL,
  n BIGINT NOT NULL,
  late BIGINT NOT NULL,
  PRIMARY KEY (office, processing, territory, stage)
);

-- A form that was kept is one that was acknowledged: it must not be emptied by a crash of the
-- database, as an unlogged table is. It stays out of backups.
DROP INDEX draft_agent;
ALTER TABLE draft RENAME TO draft_unlogged;
CREATE TABLE draft (
  draft BLOB NOT NULL PRIMARY KEY, agent BLOB NOT NULL, body BLOB NOT NULL, kept_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL
);
INSERT INTO draft SELECT draft, agent, body, kept_at, until_at FROM draft_unlogged;
DROP TABLE draft_unlogged;
CREATE INDEX draft_agent ON draft (agent);

-- What is due, without what only waits for an event: a sweep with nothing due reads nothing.
CREATE INDEX unit_ripe ON unit (office, next_on, dossier, unit) WHERE next_step <> 'alert';
-- The tokens of one retention unit of one dossier: without the unit in it, the primary key looked
-- better to SQLite, which then walked over the whole index of the office at each unit that ended.
DROP INDEX token_dossier;
CREATE INDEX token_dossier ON token (office, dossier, unit);
DROP INDEX archive_token_dossier;
CREATE INDEX archive_token_dossier ON archive_token (office, dossier, unit);
-- Lists come out of these whole in their order: without its last columns, an index left to sort every
-- row of the same instant, or of the same day, and an office ten times larger has ten times as many.
DROP INDEX dossier_changed;
CREATE INDEX dossier_changed ON dossier (office, processing, archived, changed_at DESC, dossier);
DROP INDEX dossier_stuck;
CREATE INDEX dossier_stuck ON dossier (office, processing, archived, running, changed_at, dossier);
DROP INDEX term_due;
CREATE INDEX term_due ON term (office, state, due, dossier, action);
DROP INDEX act_recorded;
CREATE INDEX act_recorded ON act (office, recorded_at, no);
