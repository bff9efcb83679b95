-- What every room stands on: who did what (audit), what was already answered (idempotency), small
-- facts of the installation itself (setting).

-- One row per write, in the transaction of the write. Never updated.
CREATE TABLE audit (
  id {ID},
  at BIGINT NOT NULL,
  user_id BIGINT,
  channel TEXT NOT NULL,
  operation TEXT NOT NULL,
  object TEXT NOT NULL,
  object_id TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX audit_object ON audit (object, object_id, id);
CREATE INDEX audit_at ON audit (at);

-- The outcome of a write with an Idempotency-Key, stored by that write's own transaction.
CREATE TABLE idempotency (
  actor TEXT NOT NULL,
  operation TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  outcome TEXT NOT NULL,
  at BIGINT NOT NULL,
  keep_until BIGINT NOT NULL,
  PRIMARY KEY (actor, operation, key)
);
CREATE INDEX idempotency_keep_until ON idempotency (keep_until);

-- Facts of the installation: the signing secret of the embedded mode, what the demo was built with.
CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
