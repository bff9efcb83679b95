-- The organisation over time (domain 2). Timelines are rows (owner, valid_from, values); those of a date are the row
-- with the greatest valid_from not after it.

-- What a unit is from a date on: every dated field of it. The columns name, kind and parent_id of org_unit repeat the
-- last version, for lists that only name a unit.
CREATE TABLE org_version (
  org_id BIGINT NOT NULL REFERENCES org_unit (id),
  valid_from DATE NOT NULL,
  name TEXT NOT NULL,
  short_name TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL,
  parent_id BIGINT REFERENCES org_unit (id),
  sort_order INTEGER NOT NULL DEFAULT 0,
  head_id BIGINT REFERENCES person (id),
  deputy_ids TEXT NOT NULL DEFAULT '[]',  -- JSON list of person ids, in order
  region TEXT NOT NULL DEFAULT '',
  cost_centre TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (org_id, valid_from)
);
CREATE INDEX org_version_parent ON org_version (parent_id);
CREATE INDEX org_version_head ON org_version (head_id);
INSERT INTO org_version (org_id, valid_from, name, kind, parent_id)
  SELECT id, valid_from, name, kind, parent_id FROM org_unit;

-- Steps from the ancestor down to the descendant: the nearest department is the one with the fewest.
ALTER TABLE org_closure ADD COLUMN distance INTEGER NOT NULL DEFAULT 0;
UPDATE org_closure SET distance = (
  SELECT COUNT(*) FROM org_closure a JOIN org_closure b ON b.ancestor_id = a.descendant_id
  WHERE a.ancestor_id = org_closure.ancestor_id AND b.descendant_id = org_closure.descendant_id
    AND a.valid_from <= org_closure.valid_from
    AND (a.valid_to IS NULL OR a.valid_to >= org_closure.valid_from)
    AND b.valid_from <= org_closure.valid_from
    AND (b.valid_to IS NULL OR b.valid_to >= org_closure.valid_from)) - 1;

-- Timelines of the calendar and the scheme of a department, for people without one of their own; null = none: the
-- department above says it.
CREATE TABLE org_calendar (
  org_id BIGINT NOT NULL REFERENCES org_unit (id),
  valid_from DATE NOT NULL,
  calendar_id BIGINT REFERENCES calendar (id),
  PRIMARY KEY (org_id, valid_from)
);
CREATE TABLE org_scheme (
  org_id BIGINT NOT NULL REFERENCES org_unit (id),
  valid_from DATE NOT NULL,
  scheme_id BIGINT REFERENCES rule (id),
  PRIMARY KEY (org_id, valid_from)
);
