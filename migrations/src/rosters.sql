-- Layers of the roster (domain 11.3). What a person works on a date is, first hit wins: the newest swap that was
-- not cancelled, his own cell, the cell of his team, the default shift by the calendar.

-- How a shift is shown, and from when on it is not given to anybody any more.
ALTER TABLE shift ADD COLUMN short_name TEXT;
ALTER TABLE shift ADD COLUMN color TEXT;             -- #RRGGBB
ALTER TABLE shift ADD COLUMN retired_from DATE;
ALTER TABLE shift ADD COLUMN edition INTEGER NOT NULL DEFAULT 1;  -- counts changes of these columns

-- After which segment the first half of the shift ends; null = the minute that halves the due time.
ALTER TABLE shift_version ADD COLUMN half_after INTEGER;

-- A team roster template (班组排班模板). The grid is JSON: [{"shift": id, "teams": [[1], [4], ...]}], one list of
-- team numbers per day.
CREATE TABLE roster_template (
  id {ID},
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  scheme_id BIGINT REFERENCES rule (id),
  days INTEGER NOT NULL,
  shift_kind TEXT NOT NULL,         -- normal, ot, free
  grid TEXT NOT NULL,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  author_id BIGINT,
  at BIGINT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
);

-- The template a cell was generated from.
ALTER TABLE roster_cell ADD COLUMN template_id BIGINT REFERENCES roster_template (id);

-- One cell per team and date; it holds for whoever is a member on that date.
CREATE TABLE team_cell (
  team_id BIGINT NOT NULL REFERENCES team (id),
  work_date DATE NOT NULL,
  shift_ids TEXT NOT NULL,          -- as of roster_cell
  source TEXT NOT NULL,
  template_id BIGINT REFERENCES roster_template (id),
  author_id BIGINT,
  at BIGINT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (team_id, work_date)
);
CREATE INDEX team_cell_date ON team_cell (work_date, team_id);

-- What a cell was before it was changed or removed.
CREATE TABLE cell_past (
  id {ID},
  layer TEXT NOT NULL,              -- person, team
  subject_id BIGINT NOT NULL,
  work_date DATE NOT NULL,
  version INTEGER NOT NULL,
  shift_ids TEXT NOT NULL,
  source TEXT NOT NULL,
  author_id BIGINT,
  at BIGINT NOT NULL,
  ended_by BIGINT,
  ended_at BIGINT NOT NULL
);
CREATE INDEX cell_past_subject ON cell_past (layer, subject_id, work_date, id);

-- A swap as a landed fact (临时换班).
CREATE TABLE roster_swap (
  id {ID},
  kind TEXT NOT NULL,               -- exchange, change
  reason TEXT NOT NULL,
  author_id BIGINT,
  at BIGINT NOT NULL,
  cancelled_at BIGINT,
  cancelled_by BIGINT,
  cancel_reason TEXT
);

-- Its cells; the newest that has not ended counts.
CREATE TABLE swap_cell (
  swap_id BIGINT NOT NULL REFERENCES roster_swap (id),
  person_id BIGINT NOT NULL REFERENCES person (id),
  work_date DATE NOT NULL,
  before_ids TEXT,                  -- what the person worked before; null = nothing was planned
  shift_ids TEXT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (person_id, work_date, swap_id)
);
CREATE INDEX swap_cell_swap ON swap_cell (swap_id);

-- A range of the roster that is being edited and counts for nobody yet.
CREATE TABLE roster_draft (
  id {ID},
  name TEXT NOT NULL,
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  state TEXT NOT NULL,              -- open, published, discarded
  author_id BIGINT,
  at BIGINT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE draft_cell (
  draft_id BIGINT NOT NULL REFERENCES roster_draft (id),
  layer TEXT NOT NULL,              -- person, team
  subject_id BIGINT NOT NULL,
  work_date DATE NOT NULL,
  shift_ids TEXT,                   -- null = the cell is to be removed
  source TEXT NOT NULL,
  template_id BIGINT REFERENCES roster_template (id),
  base_version INTEGER NOT NULL,    -- version of the published cell it was drafted over, 0 = none
  PRIMARY KEY (draft_id, layer, subject_id, work_date)
);

-- A draft that was published. Its id is the version of the roster.
CREATE TABLE roster_publication (
  id {ID},
  draft_id BIGINT NOT NULL REFERENCES roster_draft (id),
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  cells INTEGER NOT NULL,
  people INTEGER NOT NULL,
  note TEXT NOT NULL,
  author_id BIGINT,
  at BIGINT NOT NULL
);

-- What a person is told. Written in the transaction of what it tells of; delivery comes after.
CREATE TABLE notice (
  id {ID},
  person_id BIGINT NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,            -- JSON
  at BIGINT NOT NULL,
  read_at BIGINT
);
CREATE INDEX notice_person ON notice (person_id, id);
