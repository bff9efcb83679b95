-- The file of an employee besides what evaluation reads of him (domain 3 and 5). `person` stays narrow.

-- What a list of people is searched by: number, name, pinyin and initials, each from every character on, so that a
-- search for the beginning of a token finds any part of a name.
CREATE TABLE person_token (
  token TEXT {BINARY} NOT NULL,
  person_id BIGINT NOT NULL REFERENCES person (id),
  PRIMARY KEY (token, person_id)
){NO_ROWID};
CREATE INDEX person_token_person ON person_token (person_id);

-- One row per person with anything to say. Texts are as they were entered, trimmed.
CREATE TABLE person_file (
  person_id BIGINT PRIMARY KEY REFERENCES person (id),
  former_name TEXT,
  sex TEXT,                         -- male, female
  birth_date DATE,
  id_cipher TEXT,                   -- identity card: nonce, cipher text and tag in base 64
  id_key TEXT,                      -- name of the key it was encrypted with
  id_hash TEXT,                     -- keyed hash, for search by equality
  id_confirmed BOOLEAN NOT NULL DEFAULT FALSE,  -- somebody has confirmed that birth date or sex differ from the card
  phone TEXT,
  mobile TEXT,
  fax TEXT,
  postcode TEXT,
  contact TEXT,
  email TEXT,
  address TEXT,
  education TEXT,
  major TEXT,
  school TEXT,
  graduated_on DATE,
  first_employed_on DATE,
  birth_place TEXT,
  household_type TEXT,              -- rural, urban
  household_place TEXT,
  marital_status TEXT,
  manager_id BIGINT REFERENCES person (id),
  remarks TEXT,
  hours_system TEXT,                -- standard, comprehensive, flexible
  hours_approval TEXT,
  hours_approval_until DATE,
  region TEXT,
  service_gap_days INTEGER,
  pregnant_due_on DATE,
  nursing_until DATE,
  disabled TEXT,                    -- yes, no
  version INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX person_file_manager ON person_file (manager_id);
CREATE INDEX person_file_id_hash ON person_file (id_hash);

-- Who holds a card and from when to when; both ends included, open while valid_to is null.
CREATE TABLE person_card (
  id {ID},
  person_id BIGINT NOT NULL REFERENCES person (id),
  card_no TEXT NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE
);
CREATE INDEX person_card_person ON person_card (person_id, valid_from);
CREATE INDEX person_card_no ON person_card (card_no, valid_from);
CREATE UNIQUE INDEX person_card_holder ON person_card (card_no) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX person_card_own ON person_card (person_id) WHERE valid_to IS NULL;

-- A custom item (自定义项目).
CREATE TABLE custom_item (
  id {ID},
  code TEXT NOT NULL,               -- the English name
  code_key TEXT NOT NULL UNIQUE,    -- the same in lower case
  name TEXT NOT NULL UNIQUE,        -- the Chinese name
  kind TEXT NOT NULL,               -- decimal, text, choice
  size INTEGER NOT NULL,            -- decimal places, longest text; 0 of a choice
  elements TEXT NOT NULL DEFAULT '[]',  -- of a choice: a JSON list of name and hidden, in order
  version INTEGER NOT NULL DEFAULT 1
);

-- The value of an item for a person: a text or the element, or a decimal in millionths.
CREATE TABLE custom_value (
  person_id BIGINT NOT NULL REFERENCES person (id),
  item_id BIGINT NOT NULL REFERENCES custom_item (id),
  content TEXT {BINARY},
  millionths BIGINT,
  PRIMARY KEY (person_id, item_id)
);
CREATE INDEX custom_value_content ON custom_value (item_id, content, person_id);
CREATE INDEX custom_value_number ON custom_value (item_id, millionths, person_id);

-- Lists of a file (详细档案): households, education, identity papers, consents; body is JSON.
CREATE TABLE person_archive (
  id {ID},
  person_id BIGINT NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL,               -- household, education, identity, consent
  body TEXT NOT NULL,
  paper_cipher TEXT,                -- number of an identity paper
  paper_key TEXT,
  valid_from DATE,
  valid_to DATE,
  remarks TEXT,
  version INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX person_archive_person ON person_archive (person_id, kind);

-- Photo and attachments; the bytes lie in the blob store under `blob`.
CREATE TABLE person_attachment (
  id {ID},
  person_id BIGINT NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL,               -- photo, contract, certificate, medical, consent, other
  name TEXT NOT NULL,
  dated_on DATE,
  media TEXT NOT NULL,              -- as the bytes say
  bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  blob TEXT NOT NULL UNIQUE,
  author_id BIGINT,
  at BIGINT NOT NULL
);
CREATE INDEX person_attachment_person ON person_attachment (person_id, kind);
CREATE UNIQUE INDEX person_attachment_photo ON person_attachment (person_id) WHERE kind = 'photo';

-- Bytes nobody points at any more, or not yet; removed once they are old enough.
CREATE TABLE blob_waste (
  blob TEXT PRIMARY KEY,
  at BIGINT NOT NULL
);
