-- Shifts (domain 11) and who works them when.

CREATE TABLE shift (
  id {ID},
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
);

-- Immutable once published. On a date the version with the greatest effective_from not after it counts,
-- of several with one effective_from the one with the greatest number.
CREATE TABLE shift_version (
  id {ID},
  shift_id BIGINT NOT NULL REFERENCES shift (id),
  version INTEGER NOT NULL,
  effective_from DATE NOT NULL,
  body TEXT NOT NULL,               -- JSON, the shift object of the evaluate format
  published_at BIGINT NOT NULL,
  published_by BIGINT,
  UNIQUE (shift_id, version)
);

-- One cell per person and date: a JSON list of shift ids; the empty list is a rest cell.
CREATE TABLE roster_cell (
  person_id BIGINT NOT NULL REFERENCES person (id),
  work_date DATE NOT NULL,
  shift_ids TEXT NOT NULL,
  source TEXT NOT NULL,             -- manual, import, generated
  author_id BIGINT,
  at BIGINT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (person_id, work_date)
);
CREATE INDEX roster_cell_date ON roster_cell (work_date, person_id);

-- Timeline of the default shift of calendar mode; null = roster mode.
CREATE TABLE default_shift (
  person_id BIGINT NOT NULL REFERENCES person (id),
  valid_from DATE NOT NULL,
  shift_id BIGINT REFERENCES shift (id),
  PRIMARY KEY (person_id, valid_from)
);
CREATE INDEX default_shift_shift ON default_shift (shift_id, person_id);

-- Overtime ordered by the employer (临时加班). Times are wall seconds of the person's zone.
CREATE TABLE temporary_overtime (
  id {ID},
  person_id BIGINT NOT NULL REFERENCES person (id),
  work_date DATE NOT NULL,
  start_wall BIGINT NOT NULL,
  end_wall BIGINT NOT NULL,
  breaks TEXT NOT NULL,             -- JSON list of [start_wall, end_wall]
  break_minutes INTEGER NOT NULL,
  reason TEXT NOT NULL,
  author_id BIGINT,
  at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX temporary_overtime_person ON temporary_overtime (person_id, work_date);
