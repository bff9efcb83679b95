-- Work calendars (domain 10) and attendance periods (domain 9).

CREATE TABLE calendar (
  id {ID},
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  rest_weekdays TEXT NOT NULL,      -- JSON list, 1 = Monday … 7 = Sunday
  is_default BOOLEAN NOT NULL,      -- used for people without an assignment
  version INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE calendar_date (
  calendar_id BIGINT NOT NULL REFERENCES calendar (id),
  on_date DATE NOT NULL,
  kind TEXT NOT NULL,               -- statutory, rest, workday
  name TEXT NOT NULL,
  source TEXT NOT NULL,             -- national, manual
  PRIMARY KEY (calendar_id, on_date)
);

-- Timeline of the calendar of a person.
CREATE TABLE calendar_assignment (
  person_id BIGINT NOT NULL REFERENCES person (id),
  valid_from DATE NOT NULL,
  calendar_id BIGINT NOT NULL REFERENCES calendar (id),
  PRIMARY KEY (person_id, valid_from)
);
CREATE INDEX calendar_assignment_calendar ON calendar_assignment (calendar_id, person_id);

CREATE TABLE period_set (
  id {ID},
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  start_day INTEGER NOT NULL,       -- 1 = natural month; above 15 the period begins in the month before
  is_default BOOLEAN NOT NULL
);

-- Timeline of the period set of a person.
CREATE TABLE period_assignment (
  person_id BIGINT NOT NULL REFERENCES person (id),
  valid_from DATE NOT NULL,
  period_set_id BIGINT NOT NULL REFERENCES period_set (id),
  PRIMARY KEY (person_id, valid_from)
);
