-- The access log, in its own store: one Merkle log a processing and writer.
CREATE TABLE trace_log (
  log TEXT NOT NULL PRIMARY KEY, processing TEXT NOT NULL, writer TEXT NOT NULL,
  state BLOB NOT NULL, head TEXT NOT NULL
);
CREATE TABLE trace_line (
  log TEXT NOT NULL, idx BIGINT NOT NULL, at BIGINT NOT NULL, day TEXT NOT NULL,
  agent BLOB, operation TEXT NOT NULL, leaf BLOB NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (log, idx)
);
CREATE INDEX trace_line_at ON trace_line (at);
CREATE INDEX trace_line_agent ON trace_line (agent, at);
CREATE TABLE trace_dossier (
  dossier BLOB NOT NULL, at BIGINT NOT NULL, log TEXT NOT NULL, idx BIGINT NOT NULL,
  PRIMARY KEY (dossier, at, log, idx)
);
CREATE TABLE trace_day (
  log TEXT NOT NULL, day TEXT NOT NULL, closure TEXT NOT NULL, purged_at BIGINT,
  PRIMARY KEY (log, day)
);
