-- Closing of attendance periods (domain 9).

-- Periods of a set that is given as a list of dates; where the list is silent the start day counts.
CREATE TABLE period_date (
  period_set_id BIGINT NOT NULL REFERENCES period_set (id),
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  period TEXT NOT NULL,             -- name, 2026-03 or 2026-03a
  PRIMARY KEY (period_set_id, from_date),
  UNIQUE (period_set_id, period)
);

-- Timeline of the period set of a group of people; null = none of its own. A named person
-- (period_assignment) wins over every group, the nearest department over those above it.
CREATE TABLE period_set_assignment (
  subject TEXT NOT NULL,            -- org; later employment kind, position, dimension value
  subject_id BIGINT NOT NULL,
  valid_from DATE NOT NULL,
  period_set_id BIGINT REFERENCES period_set (id),
  PRIMARY KEY (subject, subject_id, valid_from)
);

-- A period that has begun to close; an open one needs no row.
CREATE TABLE attendance_period (
  id {ID},
  period_set_id BIGINT NOT NULL REFERENCES period_set (id),
  period TEXT NOT NULL,
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  state TEXT NOT NULL,              -- open (again), closing, locked
  reason TEXT,                      -- of the last reopening
  changed_at BIGINT NOT NULL,
  changed_by BIGINT,
  UNIQUE (period_set_id, period)
);

-- What the results of a locked period were computed from: written while the period closes, read for
-- ever. A person who came to be known later has no row.
CREATE TABLE period_archive (
  person_id BIGINT NOT NULL,
  period_id BIGINT NOT NULL REFERENCES attendance_period (id),
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  engine_version INTEGER NOT NULL,
  inputs {BYTES} NOT NULL,          -- deflate: facts of the person around these dates, JSON
  result_hashes TEXT NOT NULL,      -- 2026-03-01:HASH,2026-03-02:HASH … in the order of dates
  archived_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, period_id)
);
CREATE INDEX period_archive_period ON period_archive (period_id, person_id);

-- What late facts change about locked dates, posted to a period that was open then. The sum of a
-- date's lines and its frozen result is what today's facts give.
CREATE TABLE adjustment (
  person_id BIGINT NOT NULL,
  work_date DATE NOT NULL,
  item TEXT NOT NULL,               -- a numeric column of day_result
  period_set_id BIGINT NOT NULL,    -- posted to this period of this set
  period TEXT NOT NULL,
  origin_set_id BIGINT NOT NULL,    -- the locked period of the date
  origin_period TEXT NOT NULL,
  delta INTEGER NOT NULL,           -- signed, in the unit of the item
  cause TEXT NOT NULL,              -- causes of the marks, separated by commas
  at BIGINT NOT NULL,
  PRIMARY KEY (person_id, work_date, item, period_set_id, period)
);
CREATE INDEX adjustment_period ON adjustment (period_set_id, period, person_id);
CREATE INDEX adjustment_origin ON adjustment (origin_set_id, origin_period);
