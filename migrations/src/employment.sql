-- Life cycle (domain 4): events, what they make of the service of a person, reminders; and what a person was on
-- the date of a result.

-- What happened in an employment. The timelines of department, position, employment kind and scheme, the service,
-- freezes and probation follow from the events in effect, in the order of date and sequence number.
CREATE TABLE employment_event (
  id {ID},
  person_id BIGINT NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL,               -- hire, probation, confirm, renewal, transfer, promotion, freeze, unfreeze, leave, reinstate, correction, reversal
  on_date DATE NOT NULL,            -- takes effect at 00:00; of leave the last day
  seq INTEGER NOT NULL,             -- of several on one date the greatest wins
  state TEXT NOT NULL,              -- pending, refused, effective, removed, reversed
  content TEXT NOT NULL,            -- JSON: what it sets
  contract_until DATE,              -- last day of the contract it begins
  undone TEXT,                      -- JSON: what it replaced or withdrew elsewhere, to be put back if it goes
  reason TEXT NOT NULL,
  reverses_id BIGINT REFERENCES employment_event (id),
  author_id BIGINT,
  entered_at BIGINT NOT NULL,
  decided_by BIGINT,                -- who approved, refused, removed or reversed it
  decided_at BIGINT,
  remark TEXT,
  version INTEGER NOT NULL DEFAULT 1,
  UNIQUE (person_id, on_date, seq)
);
CREATE INDEX employment_event_state ON employment_event (state, id);
CREATE INDEX employment_event_contract ON employment_event (contract_until) WHERE contract_until IS NOT NULL;

-- Dates out of service between leaving and reinstatement, both ends included.
CREATE TABLE person_gap (
  person_id BIGINT NOT NULL REFERENCES person (id),
  valid_from DATE NOT NULL,
  valid_to DATE NOT NULL,
  continuous BOOLEAN NOT NULL,      -- the years of service go on
  PRIMARY KEY (person_id, valid_from)
);

-- Dates of probation (试用), both ends included; open while valid_to is null.
CREATE TABLE person_probation (
  person_id BIGINT NOT NULL REFERENCES person (id),
  valid_from DATE NOT NULL,
  valid_to DATE,
  PRIMARY KEY (person_id, valid_from)
);
CREATE INDEX person_probation_end ON person_probation (valid_to);
CREATE INDEX person_freeze_end ON person_freeze (valid_to);

-- What becomes due soon; each step is said once.
CREATE TABLE employment_reminder (
  id {ID},
  person_id BIGINT NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL,               -- probation_end, contract_end, unfreeze_due
  due_on DATE NOT NULL,
  days_before INTEGER NOT NULL,     -- 30, 15, 7
  made_at BIGINT NOT NULL,
  UNIQUE (person_id, kind, due_on, days_before)
);
CREATE INDEX employment_reminder_due ON employment_reminder (due_on, id);

-- Who was there before has the events that make him what he is.
INSERT INTO employment_event (person_id, kind, on_date, seq, state, content, reason, entered_at)
SELECT p.id, 'hire', p.hired_on, 1, 'effective',
  CASE WHEN o.org_id IS NULL THEN '{}' ELSE '{"org":"' || o.org_id || '"}' END, '', p.created_at
FROM person p LEFT JOIN person_org o ON o.person_id = p.id AND o.valid_from = p.hired_on;

INSERT INTO employment_event (person_id, kind, on_date, seq, state, content, reason, entered_at)
SELECT o.person_id, 'transfer', o.valid_from, 1, 'effective', '{"org":"' || o.org_id || '"}', '', p.created_at
FROM person_org o JOIN person p ON p.id = o.person_id WHERE o.valid_from <> p.hired_on;

INSERT INTO employment_event (person_id, kind, on_date, seq, state, content, reason, entered_at)
SELECT f.person_id, 'freeze', f.valid_from, 5, 'effective',
  CASE WHEN f.valid_to IS NULL THEN '{}' ELSE '{"until":"' || f.valid_to || '"}' END, '', p.created_at
FROM person_freeze f JOIN person p ON p.id = f.person_id;

INSERT INTO employment_event (person_id, kind, on_date, seq, state, content, reason, entered_at)
SELECT p.id, 'leave', p.left_on, 9, 'effective', '{}', '', p.created_at FROM person p WHERE p.left_on IS NOT NULL;

-- As of the date. Results are hashed with these only where they are known: what is stored stays as it is.
ALTER TABLE day_result ADD COLUMN position_id BIGINT;
ALTER TABLE day_result ADD COLUMN employment_kind TEXT;
ALTER TABLE day_exception ADD COLUMN position_id BIGINT;
ALTER TABLE day_exception ADD COLUMN employment_kind TEXT;
ALTER TABLE period_summary ADD COLUMN position_id BIGINT;
ALTER TABLE period_summary ADD COLUMN employment_kind TEXT;
ALTER TABLE what_if_day ADD COLUMN position_id BIGINT;
ALTER TABLE what_if_day ADD COLUMN employment_kind TEXT;
