-- Rules, request types and schemes (domain 7, 8, 12.2): objects with immutable published versions.

CREATE TABLE rule (
  id {ID},
  kind TEXT NOT NULL,               -- punch_rule, late_rule, early_rule, abnormal_rule, request_type, scheme
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (kind, code)
);

-- Immutable once published; which version counts on a date is decided as for shift_version. A scheme
-- names its rules by code: on each date it consists of the versions of that date.
CREATE TABLE rule_version (
  id {ID},
  rule_id BIGINT NOT NULL REFERENCES rule (id),
  version INTEGER NOT NULL,
  effective_from DATE NOT NULL,
  body TEXT NOT NULL,               -- JSON, the object of the evaluate format
  published_at BIGINT NOT NULL,
  published_by BIGINT,
  UNIQUE (rule_id, version)
);

-- Which rules a version of a scheme names, so that "who is concerned by this rule" is one join.
CREATE TABLE rule_use (
  scheme_version_id BIGINT NOT NULL REFERENCES rule_version (id),
  rule_id BIGINT NOT NULL REFERENCES rule (id),
  PRIMARY KEY (scheme_version_id, rule_id)
);
CREATE INDEX rule_use_rule ON rule_use (rule_id, scheme_version_id);

-- Timeline of the scheme of a person; null = none.
CREATE TABLE scheme_assignment (
  person_id BIGINT NOT NULL REFERENCES person (id),
  valid_from DATE NOT NULL,
  scheme_id BIGINT REFERENCES rule (id),
  PRIMARY KEY (person_id, valid_from)
);
CREATE INDEX scheme_assignment_scheme ON scheme_assignment (scheme_id, person_id);
