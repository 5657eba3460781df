-- What lists and board ask of a dossier's deadlines stands on its row, so that no page reads them one
-- by one: how many run, and the nearest on which someone must act.
ALTER TABLE dossier ADD COLUMN running BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dossier ADD COLUMN next_due TEXT;
UPDATE dossier SET
  running = (SELECT COUNT(*) FROM term t WHERE t.office = dossier.office
    AND t.dossier = dossier.dossier AND t.state = 'running'),
  next_due = (SELECT MIN(t.due) FROM term t WHERE t.office = dossier.office
    AND t.dossier = dossier.dossier AND t.state = 'running' AND t.action = 1);
CREATE INDEX dossier_stuck ON dossier (office, processing, archived, running, changed_at);
-- Holds all that the board counts.
CREATE INDEX dossier_board ON dossier
  (office, processing, archived, closed_on, territory, stage, next_due);
