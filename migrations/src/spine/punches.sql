-- Raw evidence (domain 6.2). A punch is never updated and never deleted; voiding is an act of its own.

{PUNCH_TABLE}
-- The same record of the same source is one punch, however often it is delivered.
CREATE UNIQUE INDEX punch_once ON punch (person_id, at, source, device);

CREATE TABLE punch_void (
  punch_id BIGINT PRIMARY KEY,
  person_id BIGINT NOT NULL,
  at BIGINT NOT NULL,               -- of the punch
  reason TEXT NOT NULL,
  voided_by BIGINT,
  voided_at BIGINT NOT NULL
);
CREATE INDEX punch_void_person ON punch_void (person_id, at);

-- Records of nobody we know. Assigning one creates a punch and fills assigned_to.
CREATE TABLE unassigned_punch (
  id {ID},
  device TEXT NOT NULL,
  pin TEXT NOT NULL,
  wall BIGINT NOT NULL,             -- as the device said, wall seconds
  zone TEXT NOT NULL,
  flag TEXT,
  source TEXT NOT NULL,
  method TEXT,
  raw TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  assigned_to BIGINT,
  assigned_by BIGINT,
  assigned_at BIGINT,
  UNIQUE (source, device, pin, wall)
);

-- Which person a number on a device is. Device '' = every device that has no row of its own. Without a
-- row the employee number itself is tried.
CREATE TABLE device_pin (
  device TEXT NOT NULL,
  pin TEXT NOT NULL,
  person_id BIGINT NOT NULL REFERENCES person (id),
  PRIMARY KEY (device, pin)
);
