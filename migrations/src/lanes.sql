-- Claiming looks at each shard once: a probe for marks of single changes, one per batch that is not done.
-- A batch decides where its marks stand, so that pausing or moving it touches no mark.
DROP INDEX dirty_mark_shard;
DROP INDEX dirty_mark_batch;
CREATE INDEX dirty_mark_own ON dirty_mark (shard, lane, person_id) WHERE batch_id IS NULL;
CREATE INDEX dirty_mark_batch ON dirty_mark (batch_id, shard, person_id) WHERE batch_id IS NOT NULL;

-- How a batch gets on. Sampled every few seconds, so that an estimate survives restarts.
ALTER TABLE mark_batch ADD COLUMN seen_left BIGINT;
ALTER TABLE mark_batch ADD COLUMN seen_at BIGINT;
ALTER TABLE mark_batch ADD COLUMN per_minute BIGINT;
ALTER TABLE mark_batch ADD COLUMN done_at BIGINT;
CREATE INDEX mark_batch_state ON mark_batch (state);

-- How busy the processes are; a row of the last seconds each.
CREATE TABLE node_pulse (
  node TEXT PRIMARY KEY,
  p95_millis BIGINT NOT NULL,
  waiting BIGINT NOT NULL,          -- marks that have waited in the interactive lane
  bulk_percent BIGINT NOT NULL,     -- bulk tasks, in hundredths of one that works all the time
  at BIGINT NOT NULL
);
