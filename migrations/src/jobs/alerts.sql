-- Something somebody has to look at. Never deleted; resolving is a state.
CREATE TABLE alert (
  id {ID},
  code TEXT NOT NULL,
  severity TEXT NOT NULL,           -- info, warning, critical
  object TEXT NOT NULL,             -- what it is about, for example nightly_sample:2026-03-11
  detail TEXT NOT NULL,             -- JSON
  state TEXT NOT NULL,              -- open, acknowledged, resolved
  opened_at BIGINT NOT NULL,
  acknowledged_at BIGINT,
  acknowledged_by BIGINT,
  resolved_at BIGINT,
  resolved_by BIGINT,
  comment TEXT,                     -- of the last step
  version INTEGER NOT NULL
);
CREATE INDEX alert_state ON alert (state, id);
-- One thing has one alert until it is resolved.
CREATE UNIQUE INDEX alert_standing ON alert (code, object) WHERE state <> 'resolved';

-- Which nights had their sample; who inserts the date has it checked.
CREATE TABLE nightly_sample (
  on_date DATE PRIMARY KEY,
  job_id BIGINT NOT NULL,
  at BIGINT NOT NULL
);
