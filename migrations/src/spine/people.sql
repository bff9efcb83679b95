-- Organisation and people. What changes over time is a timeline: rows (owner, valid_from, value); the
-- value of a date is the row with the greatest valid_from not after it. Overlaps cannot exist.

CREATE TABLE org_unit (
  id {ID},
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,               -- group, company, plant, department, team
  parent_id BIGINT REFERENCES org_unit (id),
  valid_from DATE NOT NULL,
  valid_to DATE,
  version INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX org_unit_parent ON org_unit (parent_id);

-- Every (ancestor, descendant) pair with the dates on which it holds, the node itself included.
CREATE TABLE org_closure (
  ancestor_id BIGINT NOT NULL REFERENCES org_unit (id),
  descendant_id BIGINT NOT NULL REFERENCES org_unit (id),
  valid_from DATE NOT NULL,
  valid_to DATE,
  PRIMARY KEY (ancestor_id, descendant_id, valid_from)
);
CREATE INDEX org_closure_descendant ON org_closure (descendant_id, ancestor_id);

CREATE TABLE person (
  id {ID},
  number TEXT NOT NULL UNIQUE,      -- employee number, never reused
  name TEXT NOT NULL,
  zone TEXT NOT NULL,               -- IANA name; the wall clock this person lives by
  hired_on DATE NOT NULL,           -- first day in service
  left_on DATE,                     -- last day in service
  version INTEGER NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL
);
CREATE INDEX person_name ON person (name, id);

-- Frozen dates (冻结), both ends included; open while valid_to is null.
CREATE TABLE person_freeze (
  id {ID},
  person_id BIGINT NOT NULL REFERENCES person (id),
  valid_from DATE NOT NULL,
  valid_to DATE
);
CREATE INDEX person_freeze_person ON person_freeze (person_id, valid_from);

-- Timeline of the department.
CREATE TABLE person_org (
  person_id BIGINT NOT NULL REFERENCES person (id),
  valid_from DATE NOT NULL,
  org_id BIGINT NOT NULL REFERENCES org_unit (id),
  PRIMARY KEY (person_id, valid_from)
);
CREATE INDEX person_org_org ON person_org (org_id, person_id);
