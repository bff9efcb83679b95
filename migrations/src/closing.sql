-- Locking of attendance periods and the statements people confirm (domain 9).

ALTER TABLE attendance_period ADD COLUMN job_id BIGINT;

-- What everybody of a locked period shares: versions of rules and shifts, dates of calendars, as they were
-- when it was locked.
CREATE TABLE period_book (
  period_id BIGINT PRIMARY KEY REFERENCES attendance_period (id),
  facts {BYTES} NOT NULL,           -- deflate: JSON
  at BIGINT NOT NULL
);

-- The sums of a closing period as they were shown to a person, and what he says of them.
CREATE TABLE period_statement (
  period_id BIGINT NOT NULL REFERENCES attendance_period (id),
  person_id BIGINT NOT NULL,
  state TEXT NOT NULL,              -- sent, confirmed, disputed
  content BIGINT,                   -- fingerprint of what he answered
  remark TEXT,
  sent_at BIGINT NOT NULL,
  answered_at BIGINT,
  PRIMARY KEY (period_id, person_id)
);
CREATE INDEX period_statement_person ON period_statement (person_id, period_id);
