-- Approved requests as the engine needs them; the request flow will write them later. Times are wall
-- seconds of the person's zone.
CREATE TABLE approved_request (
  id {ID},
  person_id BIGINT NOT NULL REFERENCES person (id),
  type_id BIGINT NOT NULL REFERENCES rule (id),
  start_wall BIGINT NOT NULL,
  end_wall BIGINT NOT NULL,
  approved_wall BIGINT NOT NULL,
  half_day BOOLEAN NOT NULL,
  overtime_date DATE,               -- attendance date of an overtime form
  breaks TEXT NOT NULL,             -- JSON list of [start_wall, end_wall]
  break_minutes INTEGER NOT NULL,
  reason TEXT NOT NULL,
  author_id BIGINT,
  at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX approved_request_person ON approved_request (person_id, start_wall);
CREATE INDEX approved_request_type ON approved_request (type_id, person_id);
-- The same form counts once.
CREATE UNIQUE INDEX approved_request_once
  ON approved_request (person_id, type_id, start_wall, end_wall) WHERE revoked_at IS NULL;
