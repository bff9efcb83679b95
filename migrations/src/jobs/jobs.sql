-- Work that takes longer than a request may. Written in the transaction of what asks for it.
CREATE TABLE job (
  id {ID},
  kind TEXT NOT NULL,
  state TEXT NOT NULL,              -- queued, running, done, failed, cancelled
  params TEXT NOT NULL,             -- JSON: where to look, never facts
  progress_done BIGINT NOT NULL,
  progress_total BIGINT,            -- null = not known yet
  result TEXT,                      -- JSON: where to look
  error TEXT,                       -- JSON: code, zh, en
  author_id BIGINT,                 -- null = the program by itself
  attempts INTEGER NOT NULL,        -- leases since the last progress
  turn BIGINT NOT NULL,             -- raised with every lease; a holder writes only in his own turn
  lease_until BIGINT,               -- not to be leased before; null = at once
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT
);
CREATE INDEX job_open ON job (id) WHERE state IN ('queued', 'running');
CREATE INDEX job_author ON job (author_id, id);
