-- Drafts evaluated over past dates without being published. Results, rules and marks are never touched.
CREATE TABLE what_if_run (
  id {ID},
  job_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  drafts TEXT NOT NULL,             -- JSON: what would be published
  target TEXT NOT NULL,             -- JSON: whom the author asked for
  scope TEXT NOT NULL,              -- JSON: whom the author could see when he asked
  after_person BIGINT NOT NULL,     -- people up to this id are compared
  people BIGINT NOT NULL,           -- how many people that are
  day_rows BIGINT NOT NULL,         -- differing dates that are kept
  truncated BOOLEAN NOT NULL,       -- there were more; the totals hold all
  totals TEXT NOT NULL,             -- JSON
  author_id BIGINT,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT
);
CREATE INDEX what_if_run_author ON what_if_run (author_id, id);

-- One row per person and date that publishing would change.
CREATE TABLE what_if_day (
  run_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  work_date DATE NOT NULL,
  org_id BIGINT,                    -- department of the date
  locked BOOLEAN NOT NULL,          -- would become adjustments
  exceptions INTEGER NOT NULL,      -- how many appear or disappear
  changed TEXT NOT NULL,            -- ',due_tenths,late_tenths,': what differs
  content TEXT NOT NULL,            -- JSON: before and after
  PRIMARY KEY (run_id, person_id, work_date)
);
