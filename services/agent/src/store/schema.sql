-- The agent's state; read each time that it is opened.
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
-- One row for each record that the registry has answered.
CREATE TABLE IF NOT EXISTS answered (
    source_id TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    field TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;
-- Forgetting what was answered after a checkpoint, and listing what was refused.
CREATE INDEX IF NOT EXISTS answered_sequence ON answered (sequence);
CREATE INDEX IF NOT EXISTS answered_said ON answered (outcome) WHERE outcome >= 3 OR code <> '';
-- What else was remarked on a record: 'answered' holds the first.
CREATE TABLE IF NOT EXISTS remarked (
    source_id TEXT NOT NULL, field TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS remarked_id ON remarked (source_id);
-- Where the record of an id stood in the last run, of those of which something is told.
CREATE TABLE IF NOT EXISTS placed (source_id TEXT PRIMARY KEY, place TEXT NOT NULL) STRICT;
-- What the registry holds of this source, by its name there. 'told' is 1 once a run was complete
-- without it, and 2 once somebody said that this is right.
CREATE TABLE IF NOT EXISTS held (
    source_id TEXT PRIMARY KEY, name TEXT NOT NULL, told INTEGER NOT NULL
) STRICT;
-- Ids of those that this configuration has sent, or has found there as they are in its source.
-- Others of the source are another configuration's, and not for this one to take out.
CREATE TABLE IF NOT EXISTS own (source_id TEXT PRIMARY KEY) STRICT;
-- Those of them that another client may feed as well, or by now.
CREATE TABLE IF NOT EXISTS shared (source_id TEXT PRIMARY KEY) STRICT;
-- Those of them that were not in the source since a complete run, and when each is withdrawn by
-- itself, where it is.
CREATE TABLE IF NOT EXISTS absent (
    source_id TEXT PRIMARY KEY, since INTEGER NOT NULL, due INTEGER
) STRICT;
-- Of a state from before, once: what was answered was in the source. What had left it has no answer
-- any more, and was noted whoever had sent it: it may be another's.
INSERT OR IGNORE INTO shared SELECT source_id FROM absent JOIN held USING (source_id)
WHERE due IS NOT NULL AND NOT EXISTS (SELECT 1 FROM own)
AND NOT EXISTS (SELECT 1 FROM setting WHERE name = 'own');
INSERT OR IGNORE INTO own SELECT source_id FROM held
WHERE (source_id IN (SELECT source_id FROM answered) OR source_id IN (SELECT source_id FROM shared))
AND NOT EXISTS (SELECT 1 FROM own) AND NOT EXISTS (SELECT 1 FROM setting WHERE name = 'own');
INSERT OR IGNORE INTO setting VALUES ('own', 'known');
-- Positions of the batches that went out since the checkpoint and have no stored answer.
CREATE TABLE IF NOT EXISTS under_way (place INTEGER PRIMARY KEY, position TEXT NOT NULL) STRICT;
-- Records that went out and have no stored answer: the registry may hold them.
CREATE TABLE IF NOT EXISTS may_hold (source_id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
-- Records that never reached the registry in the last run.
CREATE TABLE IF NOT EXISTS unsent (
    place TEXT NOT NULL, source_id TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL
) STRICT;
-- Records of the last run that look like trials, and those that a person has released: a release
-- holds as long as the record is called so.
CREATE TABLE IF NOT EXISTS held_back (source_id TEXT PRIMARY KEY, title TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS released (source_id TEXT PRIMARY KEY, title TEXT NOT NULL) STRICT;
