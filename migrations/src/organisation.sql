-- What a person is on a date besides his department, and groups across departments (domain 1 to 4). Timelines
-- are rows (owner, valid_from, value); the value of a date is the row with the greatest valid_from not after it.

-- A position (岗位). A change to one of higher grade is a promotion.
CREATE TABLE position (
  id {ID},
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  grade INTEGER NOT NULL,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  version INTEGER NOT NULL DEFAULT 1
);

-- Timeline of the position; null = none.
CREATE TABLE person_position (
  person_id BIGINT NOT NULL REFERENCES person (id),
  valid_from DATE NOT NULL,
  position_id BIGINT REFERENCES position (id),
  PRIMARY KEY (person_id, valid_from)
);
CREATE INDEX person_position_position ON person_position (position_id, person_id);

-- Timeline of the employment kind (用工性质).
CREATE TABLE person_kind (
  person_id BIGINT NOT NULL REFERENCES person (id),
  valid_from DATE NOT NULL,
  employment_kind TEXT NOT NULL,    -- full_time, part_time, dispatched, intern, rehired_retiree
  PRIMARY KEY (person_id, valid_from)
);
CREATE INDEX person_kind_kind ON person_kind (employment_kind, person_id);

-- A dimension (维度) with a tree of values: region, business line, kind of work.
CREATE TABLE dimension (
  id {ID},
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE dimension_value (
  id {ID},
  dimension_id BIGINT NOT NULL REFERENCES dimension (id),
  parent_id BIGINT REFERENCES dimension_value (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  version INTEGER NOT NULL DEFAULT 1,
  UNIQUE (dimension_id, code)
);
CREATE INDEX dimension_value_parent ON dimension_value (parent_id);

-- Timeline of a dimension's value at a department, inherited downward; null = inherits again.
CREATE TABLE org_dimension (
  org_id BIGINT NOT NULL REFERENCES org_unit (id),
  dimension_id BIGINT NOT NULL REFERENCES dimension (id),
  valid_from DATE NOT NULL,
  value_id BIGINT REFERENCES dimension_value (id),
  PRIMARY KEY (org_id, dimension_id, valid_from)
);

-- Timeline of a person's own value; it wins over the department's; null = the department's again.
CREATE TABLE person_dimension (
  person_id BIGINT NOT NULL REFERENCES person (id),
  dimension_id BIGINT NOT NULL REFERENCES dimension (id),
  valid_from DATE NOT NULL,
  value_id BIGINT REFERENCES dimension_value (id),
  PRIMARY KEY (person_id, dimension_id, valid_from)
);
CREATE INDEX person_dimension_value ON person_dimension (value_id, person_id);

-- A team (班组) for rostering; it may cross departments.
CREATE TABLE team (
  id {ID},
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  version INTEGER NOT NULL DEFAULT 1
);

-- Timeline of the team of a person; null = none. One team at a time.
CREATE TABLE team_member (
  person_id BIGINT NOT NULL REFERENCES person (id),
  valid_from DATE NOT NULL,
  team_id BIGINT REFERENCES team (id),
  PRIMARY KEY (person_id, valid_from)
);
CREATE INDEX team_member_team ON team_member (team_id, person_id);
