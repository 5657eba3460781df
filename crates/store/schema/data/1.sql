-- The working store. One dialect for both engines: BLOB is written BYTEA on PostgreSQL, and
-- UNLOGGED is dropped on SQLite. `office` then `dossier` lead every key; no foreign key and no
-- uniqueness across offices. Every column is classified in `columns.toml` (I1).

CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE office (
  office BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL, departement TEXT NOT NULL,
  zone TEXT NOT NULL, rights_desk TEXT NOT NULL, created_at BIGINT NOT NULL
);
CREATE TABLE territory (
  office BLOB NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (office, code)
);
CREATE TABLE setting (
  office BLOB NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, changed_at BIGINT NOT NULL,
  changed_by BLOB, PRIMARY KEY (office, key)
);
CREATE TABLE register_version (
  processing TEXT NOT NULL, sha256 BLOB NOT NULL, in_force TEXT NOT NULL,
  recorded_at BIGINT NOT NULL, approved_by BLOB, body TEXT NOT NULL,
  PRIMARY KEY (processing, sha256)
);

-- The texts of letters that an office adapted, every version; an empty body goes back to the shipped
-- text.
CREATE TABLE letter_text (
  office BLOB NOT NULL, processing TEXT NOT NULL, letter TEXT NOT NULL, version BIGINT NOT NULL,
  subject TEXT NOT NULL, body TEXT NOT NULL, changed_at BIGINT NOT NULL, changed_by BLOB NOT NULL,
  PRIMARY KEY (office, processing, letter, version)
);

CREATE TABLE agent (
  agent BLOB NOT NULL PRIMARY KEY, login TEXT NOT NULL UNIQUE, first_name TEXT NOT NULL,
  last_name TEXT NOT NULL, service TEXT NOT NULL, email TEXT NOT NULL, state TEXT NOT NULL,
  created_at BIGINT NOT NULL, created_by BLOB, closed_at BIGINT, closed_listed BIGINT,
  password TEXT NOT NULL, password_on TEXT NOT NULL, must_change TEXT,
  sessions_from BIGINT NOT NULL, signed_in_at BIGINT,
  totp BLOB, totp_step BIGINT NOT NULL, totp_next BLOB,
  informed_on TEXT, committed_on TEXT, trained_on TEXT
);
CREATE TABLE agent_password (
  agent BLOB NOT NULL, rank BIGINT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (agent, rank)
);
CREATE TABLE agent_recovery (
  agent BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (agent, hash)
);
-- Identities at the organisation's provider, each linked by its holder: a keyed hash.
CREATE TABLE agent_identity (
  identity BLOB NOT NULL PRIMARY KEY, agent BLOB NOT NULL, linked_at BIGINT NOT NULL
);
CREATE INDEX agent_identity_agent ON agent_identity (agent);
CREATE TABLE session (
  session BLOB NOT NULL PRIMARY KEY, token_hash BLOB NOT NULL UNIQUE, agent BLOB NOT NULL,
  level TEXT NOT NULL, strong BIGINT NOT NULL, created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL, idle_ms BIGINT NOT NULL, absolute_ms BIGINT NOT NULL,
  address TEXT NOT NULL, ended_at BIGINT, ended_by TEXT
);
CREATE INDEX session_agent ON session (agent);
CREATE TABLE reset (
  hash BLOB NOT NULL PRIMARY KEY, agent BLOB, until_at BIGINT NOT NULL, used_at BIGINT
);
CREATE TABLE throttle (
  key BLOB NOT NULL PRIMARY KEY, failures BIGINT NOT NULL, last_at BIGINT NOT NULL
);

CREATE TABLE habilitation (
  office BLOB NOT NULL, grant_id BLOB NOT NULL, agent BLOB NOT NULL, processing TEXT NOT NULL,
  profile TEXT NOT NULL, territories TEXT NOT NULL, from_on TEXT NOT NULL, until_on TEXT NOT NULL,
  giver BLOB, given_at BIGINT NOT NULL, reason TEXT NOT NULL, sponsor TEXT,
  withdrawn_at BIGINT, withdrawn_by BLOB, withdrawn_reason TEXT, withdrawn_listed BIGINT,
  reviewed_on TEXT, reviewed_by BLOB, PRIMARY KEY (office, grant_id)
);
CREATE INDEX habilitation_agent ON habilitation (agent);
CREATE TABLE review (
  office BLOB NOT NULL, review BLOB NOT NULL, opened_at BIGINT NOT NULL, opened_by BLOB NOT NULL,
  closed_at BIGINT, PRIMARY KEY (office, review)
);

CREATE TABLE dossier (
  office BLOB NOT NULL, dossier BLOB NOT NULL, processing TEXT NOT NULL, number BIGINT NOT NULL,
  territory TEXT NOT NULL, stage TEXT NOT NULL, step TEXT NOT NULL, opened_on TEXT NOT NULL,
  closed_on TEXT, archived BIGINT NOT NULL, reopened BIGINT NOT NULL, severity BIGINT NOT NULL,
  version BIGINT NOT NULL, revision BIGINT NOT NULL, changed_at BIGINT NOT NULL,
  seals BIGINT NOT NULL DEFAULT 0, digest BLOB NOT NULL, PRIMARY KEY (office, dossier)
);
CREATE UNIQUE INDEX dossier_number ON dossier (office, processing, number);
CREATE INDEX dossier_list ON dossier (office, processing, archived, stage, territory);
CREATE INDEX dossier_changed ON dossier (office, processing, archived, changed_at);

-- Partners (X-26): an organisation, the profile its agents file under, and the dossiers for which
-- it is mandated, which are its whole perimeter.
CREATE TABLE partner (
  office BLOB NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, profile TEXT NOT NULL,
  created_at BIGINT NOT NULL, created_by BLOB, closed_at BIGINT, PRIMARY KEY (office, code)
);
CREATE TABLE mandate (
  office BLOB NOT NULL, dossier BLOB NOT NULL, partner TEXT NOT NULL, since TEXT NOT NULL,
  named_by BLOB, PRIMARY KEY (office, dossier, partner)
);
CREATE INDEX mandate_partner ON mandate (office, partner);

CREATE TABLE unit (
  office BLOB NOT NULL, dossier BLOB NOT NULL, unit TEXT NOT NULL, slot BIGINT NOT NULL,
  state TEXT NOT NULL, version BIGINT NOT NULL, contents BLOB NOT NULL,
  next_on TEXT NOT NULL, next_step TEXT NOT NULL, PRIMARY KEY (office, dossier, unit)
);
CREATE INDEX unit_due ON unit (office, next_on);
CREATE TABLE section (
  office BLOB NOT NULL, dossier BLOB NOT NULL, place BLOB NOT NULL, unit TEXT NOT NULL,
  version BIGINT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (office, dossier, place)
);
CREATE TABLE act (
  office BLOB NOT NULL, dossier BLOB NOT NULL, no BIGINT NOT NULL, unit TEXT NOT NULL,
  kind TEXT NOT NULL, acted_on TEXT NOT NULL, recorded_at BIGINT NOT NULL, agent BLOB,
  corrects BIGINT, voided TEXT, slot BIGINT NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (office, dossier, no)
);
CREATE INDEX act_recorded ON act (office, recorded_at);
CREATE INDEX act_agent ON act (office, agent, recorded_at);
CREATE TABLE term (
  office BLOB NOT NULL, dossier BLOB NOT NULL, no BIGINT NOT NULL, rule TEXT NOT NULL,
  due TEXT NOT NULL, action BIGINT NOT NULL, state TEXT NOT NULL, act BIGINT,
  PRIMARY KEY (office, dossier, no)
);
CREATE INDEX term_due ON term (office, state, due);
CREATE TABLE hold (
  office BLOB NOT NULL, dossier BLOB NOT NULL, hold BLOB NOT NULL, reason TEXT NOT NULL,
  from_on TEXT NOT NULL, until_on TEXT NOT NULL, ceiling_on TEXT, placed_by BLOB NOT NULL,
  placed_at BIGINT NOT NULL, lifted_at BIGINT, lifted_by BLOB,
  PRIMARY KEY (office, dossier, hold)
);

-- The blind indexes stand in no backup: unlogged here, left out of the copy on SQLite.
CREATE UNLOGGED TABLE token (
  office BLOB NOT NULL, unit TEXT NOT NULL, token BIGINT NOT NULL, dossier BLOB NOT NULL,
  PRIMARY KEY (office, token, unit, dossier)
);
CREATE INDEX token_dossier ON token (office, dossier);
CREATE UNLOGGED TABLE archive_token (
  office BLOB NOT NULL, unit TEXT NOT NULL, token BIGINT NOT NULL, dossier BLOB NOT NULL,
  PRIMARY KEY (office, token, unit, dossier)
);
CREATE INDEX archive_token_dossier ON archive_token (office, dossier);
CREATE UNLOGGED TABLE ticket (
  ticket BLOB NOT NULL PRIMARY KEY, session BLOB NOT NULL, body BLOB NOT NULL, until_at BIGINT NOT NULL
);

-- X-29: reviews of the risks, versions of the procedure of grants, who has read which.
CREATE TABLE risk_review (
  office BLOB NOT NULL, review BLOB NOT NULL, held_on TEXT NOT NULL, next_on TEXT NOT NULL,
  summary TEXT NOT NULL, recorded_at BIGINT NOT NULL, recorded_by BLOB NOT NULL,
  PRIMARY KEY (office, review)
);
CREATE TABLE access_procedure (
  office BLOB NOT NULL, version BIGINT NOT NULL, approved_on TEXT NOT NULL, approver TEXT NOT NULL,
  body TEXT NOT NULL, recorded_at BIGINT NOT NULL, recorded_by BLOB NOT NULL,
  PRIMARY KEY (office, version)
);
CREATE TABLE acknowledgement (
  office BLOB NOT NULL, agent BLOB NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (office, agent, version)
);

-- A form that came after its session's end: sealed, for its account alone, for some hours.
CREATE UNLOGGED TABLE draft (
  draft BLOB NOT NULL PRIMARY KEY, agent BLOB NOT NULL, body BLOB NOT NULL, kept_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL
);
CREATE INDEX draft_agent ON draft (agent);

CREATE TABLE free_slot (slot BIGINT NOT NULL PRIMARY KEY);
CREATE TABLE destruction (
  office BLOB NOT NULL, dossier BLOB NOT NULL, slot BIGINT NOT NULL, unit TEXT NOT NULL,
  rule TEXT NOT NULL, asked_at BIGINT NOT NULL, done_at BIGINT, PRIMARY KEY (office, slot)
);
CREATE INDEX destruction_open ON destruction (done_at);
-- A key on its way between the active file and the archive: the blob to put in its slot. The row
-- commits with the change of state, and goes once the key store has it.
CREATE TABLE key_move (
  office BLOB NOT NULL, slot BIGINT NOT NULL, dossier BLOB NOT NULL, key BLOB NOT NULL,
  PRIMARY KEY (office, slot)
);
CREATE TABLE certificate (
  office BLOB NOT NULL, certificate BLOB NOT NULL, made_at BIGINT NOT NULL, body TEXT NOT NULL,
  signature TEXT NOT NULL, PRIMARY KEY (office, certificate)
);
CREATE TABLE counter (
  office BLOB NOT NULL, processing TEXT NOT NULL, year BIGINT NOT NULL, kind TEXT NOT NULL,
  n BIGINT NOT NULL, PRIMARY KEY (office, processing, year, kind)
);

CREATE TABLE trace_outbox (
  entry BLOB NOT NULL PRIMARY KEY, processing TEXT NOT NULL, at BIGINT NOT NULL, line BLOB NOT NULL
);
CREATE TABLE alert (
  office BLOB NOT NULL, alert BLOB NOT NULL, processing TEXT NOT NULL, rule TEXT NOT NULL,
  agent BLOB, raised_at BIGINT NOT NULL, summary TEXT NOT NULL,
  closed_at BIGINT, closed_by BLOB, closing TEXT, PRIMARY KEY (office, alert)
);
-- Mails on their way: the body is sealed until it leaves, and goes with it (I1). `mail` is a hash of
-- what the mail tells, so that it is written once however often it is asked for.
CREATE TABLE mail (
  mail BLOB NOT NULL PRIMARY KEY, office BLOB NOT NULL, agent BLOB NOT NULL, kind TEXT NOT NULL,
  body BLOB NOT NULL, made_at BIGINT NOT NULL, next_at BIGINT NOT NULL, attempts BIGINT NOT NULL,
  sent_at BIGINT, dead_at BIGINT, failure TEXT
);
CREATE INDEX mail_next ON mail (next_at);
CREATE TABLE mail_refused (agent BLOB NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (agent, kind));
-- The secret link of an agent's calendar of deadlines: its hash only.
CREATE TABLE feed (
  agent BLOB NOT NULL PRIMARY KEY, hash BLOB NOT NULL UNIQUE, office BLOB NOT NULL,
  made_at BIGINT NOT NULL, read_at BIGINT
);
CREATE TABLE lease (name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, until_at BIGINT NOT NULL);

-- Files that wait to be imported (X-26): what their rows say is sealed under the import's own key,
-- destroyed at the end; here stand states and counts. A mark is a keyed hash by which a row that
-- comes again is known; it goes with its dossier, or on its day.
CREATE TABLE import (
  office BLOB NOT NULL, import BLOB NOT NULL, processing TEXT NOT NULL, kind TEXT NOT NULL,
  agent BLOB NOT NULL, strong BIGINT NOT NULL, state TEXT NOT NULL, slot BIGINT,
  lines BIGINT NOT NULL, done BIGINT NOT NULL, written BIGINT NOT NULL, known BIGINT NOT NULL,
  faulty BIGINT NOT NULL, created_at BIGINT NOT NULL, ended_at BIGINT, until_on TEXT NOT NULL,
  PRIMARY KEY (office, import)
);
CREATE INDEX import_state ON import (office, state);
CREATE TABLE import_part (
  office BLOB NOT NULL, import BLOB NOT NULL, part TEXT NOT NULL, no BIGINT NOT NULL,
  body BLOB NOT NULL, PRIMARY KEY (office, import, part, no)
);
CREATE TABLE import_mark (
  office BLOB NOT NULL, mark BLOB NOT NULL, dossier BLOB NOT NULL, import BLOB NOT NULL,
  line BIGINT NOT NULL, until_on TEXT NOT NULL, PRIMARY KEY (office, mark)
);
CREATE INDEX import_mark_dossier ON import_mark (office, dossier);
CREATE TABLE import_mapping (
  office BLOB NOT NULL, signature BLOB NOT NULL, body BLOB NOT NULL, used_on TEXT NOT NULL,
  PRIMARY KEY (office, signature)
);
