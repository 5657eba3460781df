-- The API's ways in. A personal token is known by its hash only; it acts as its agent, less its
-- scopes, and a restore brings none back. An idempotency key is a keyed hash, with what its request
-- gave: a number and an act's rank, never what was sent.
CREATE TABLE api_token (
  token BLOB NOT NULL PRIMARY KEY, hash BLOB NOT NULL UNIQUE, agent BLOB NOT NULL,
  office BLOB NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL, strong BIGINT NOT NULL,
  made_at BIGINT NOT NULL, until_on TEXT NOT NULL, seen_at BIGINT, ended_at BIGINT
);
CREATE INDEX api_token_agent ON api_token (agent);
CREATE TABLE idempotency (
  office BLOB NOT NULL, agent BLOB NOT NULL, key BLOB NOT NULL, request BLOB NOT NULL,
  started_at BIGINT NOT NULL, status BIGINT, result TEXT, PRIMARY KEY (office, agent, key)
);
CREATE INDEX idempotency_started ON idempotency (started_at);
