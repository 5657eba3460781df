-- SQLite alone: lines stand in the order of their log, and a dossier's are named once (`data/5.sql`).
-- [sqlite]
CREATE TABLE trace_line_by_key (
  log TEXT NOT NULL, idx BIGINT NOT NULL, at BIGINT NOT NULL, day TEXT NOT NULL,
  agent BLOB, operation TEXT NOT NULL, leaf BLOB NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (log, idx)
) WITHOUT ROWID;
INSERT INTO trace_line_by_key SELECT log, idx, at, day, agent, operation, leaf, hash
  FROM trace_line ORDER BY log, idx;
DROP TABLE trace_line;
ALTER TABLE trace_line_by_key RENAME TO trace_line;
CREATE INDEX trace_line_at ON trace_line (at);
CREATE INDEX trace_line_agent ON trace_line (agent, at);
CREATE TABLE trace_dossier_by_key (
  dossier BLOB NOT NULL, at BIGINT NOT NULL, log TEXT NOT NULL, idx BIGINT NOT NULL,
  PRIMARY KEY (dossier, at, log, idx)
) WITHOUT ROWID;
INSERT INTO trace_dossier_by_key SELECT dossier, at, log, idx FROM trace_dossier
  ORDER BY dossier, at, log, idx;
DROP TABLE trace_dossier;
ALTER TABLE trace_dossier_by_key RENAME TO trace_dossier;
-- [/sqlite]
