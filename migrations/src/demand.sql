-- Checks of rosters, and how many people are needed when (domain 11.4).

-- How serious a check of rosters is and where its limit lies, where it differs from what it is by default.
CREATE TABLE roster_check (
  code TEXT PRIMARY KEY,
  severity TEXT NOT NULL,           -- info, warn, block
  limit_value INTEGER NOT NULL,     -- 0 where the check has no limit
  version INTEGER NOT NULL DEFAULT 1,
  author_id BIGINT,
  at BIGINT NOT NULL
);

-- When somebody is protected by law from night work and overtime. Both ends included; null = until further notice.
CREATE TABLE person_protection (
  person_id BIGINT NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL,               -- pregnant (seven months or more), nursing, minor
  valid_from DATE NOT NULL,
  valid_to DATE,
  PRIMARY KEY (person_id, kind, valid_from)
);

-- What the nightly check of rosters found. A finding stays when it is gone: closed_at is set instead.
CREATE TABLE roster_finding (
  id {ID},
  person_id BIGINT NOT NULL REFERENCES person (id),
  code TEXT NOT NULL,
  severity TEXT NOT NULL,
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  value INTEGER NOT NULL,
  limit_value INTEGER NOT NULL,
  found_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  closed_at BIGINT
);
CREATE UNIQUE INDEX roster_finding_open ON roster_finding (person_id, code, from_date, to_date) WHERE closed_at IS NULL;
CREATE INDEX roster_finding_dates ON roster_finding (from_date, id);

-- How many people a department needs (用工需求).
CREATE TABLE demand_table (
  id {ID},
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  org_id BIGINT NOT NULL REFERENCES org_unit (id),
  slot_minutes INTEGER NOT NULL,    -- 15, 20, 30 or 60
  active BOOLEAN NOT NULL DEFAULT TRUE,
  version INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX demand_table_org ON demand_table (org_id);

-- One line: so many people of a position in a stretch of a date or of a weekday. The lines of a date replace all lines
-- of its weekday.
CREATE TABLE demand_line (
  id {ID},
  table_id BIGINT NOT NULL REFERENCES demand_table (id),
  on_date DATE,
  weekday INTEGER,                  -- 1 = Monday … 7 = Sunday; exactly one of on_date and weekday
  start_minute INTEGER NOT NULL,
  end_minute INTEGER NOT NULL,
  position_id BIGINT REFERENCES position (id), -- null = anybody
  required INTEGER NOT NULL
);
CREATE INDEX demand_line_table ON demand_line (table_id, on_date);
