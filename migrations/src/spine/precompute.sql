-- Derived: everything here can be rebuilt from the facts.

-- Marks say which dates of a person must be computed again. Inserted and deleted, never updated.
CREATE TABLE mark_batch (
  id {ID},
  cause TEXT NOT NULL,
  object TEXT NOT NULL,
  total BIGINT NOT NULL,
  state TEXT NOT NULL,              -- running, paused
  lane INTEGER NOT NULL,
  author_id BIGINT,
  at BIGINT NOT NULL
);

CREATE TABLE dirty_mark (
  id {ID},
  shard INTEGER NOT NULL,           -- (person_id / 256) % 64
  person_id BIGINT NOT NULL,
  from_date DATE NOT NULL,
  to_date DATE,                     -- null = open
  cause TEXT NOT NULL,
  batch_id BIGINT,
  lane INTEGER NOT NULL,            -- 1 interactive, 2 recent, 3 open period, 4 mass
  at BIGINT NOT NULL
);
CREATE INDEX dirty_mark_shard ON dirty_mark (shard, lane, person_id);
CREATE INDEX dirty_mark_person ON dirty_mark (person_id);
CREATE INDEX dirty_mark_batch ON dirty_mark (batch_id);

-- A drain takes a shard by raising its turn, so that no snapshot can be older than the last holder's commit.
CREATE TABLE shard (
  no INTEGER PRIMARY KEY,
  turn BIGINT NOT NULL
);

-- Up to which local date midnights have been marked, per zone.
CREATE TABLE clock_mark (
  zone TEXT PRIMARY KEY,
  marked_through DATE NOT NULL
);

{DAY_RESULT_TABLE}
CREATE INDEX day_result_date ON day_result (work_date, org_id);
CREATE INDEX day_result_due ON day_result (due_at) WHERE due_at IS NOT NULL;

-- Exceptions stay when their cause is gone: closed_at is set instead.
CREATE TABLE day_exception (
  person_id BIGINT NOT NULL,
  work_date DATE NOT NULL,
  code TEXT NOT NULL,
  anchor BIGINT NOT NULL,            -- wall seconds of the point or punch, or id of the request; 0 = none
  minutes INTEGER,
  org_id BIGINT,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,
  PRIMARY KEY (person_id, work_date, code, anchor)
);
CREATE INDEX day_exception_date ON day_exception (work_date, code);

CREATE TABLE period_summary (
  person_id BIGINT NOT NULL,
  period_set_id BIGINT NOT NULL,
  period TEXT NOT NULL,             -- 2026-03
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  org_id BIGINT,                    -- of the last computed date
  days INTEGER NOT NULL,            -- computed dates
  final_days INTEGER NOT NULL,
  work_days INTEGER NOT NULL,       -- dates with due time
  due_tenths BIGINT NOT NULL,
  actual_tenths BIGINT NOT NULL,
  regular_minutes BIGINT NOT NULL,
  late_tenths BIGINT NOT NULL,
  late_count INTEGER NOT NULL,
  early_tenths BIGINT NOT NULL,
  early_count INTEGER NOT NULL,
  absence_tenths BIGINT NOT NULL,
  absence_days_hundredths INTEGER NOT NULL,
  shortfall_minutes INTEGER NOT NULL,
  weekday_overtime_minutes INTEGER NOT NULL,
  rest_overtime_minutes INTEGER NOT NULL,
  holiday_overtime_minutes INTEGER NOT NULL,
  unconfirmed_minutes INTEGER NOT NULL,
  presence_minutes INTEGER NOT NULL,
  night_minutes INTEGER NOT NULL,
  leave_minutes INTEGER NOT NULL,
  open_exceptions INTEGER NOT NULL,
  detail TEXT NOT NULL,             -- JSON: counts per code, leave per type
  PRIMARY KEY (person_id, period_set_id, period)
);
CREATE INDEX period_summary_period ON period_summary (period, org_id);
