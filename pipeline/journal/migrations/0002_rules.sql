-- What the rental rules need: when rentals ended and are planned to end, what
-- assets do, scopes, who is gone, and runs that wait for a person.

ALTER TABLE record ADD COLUMN off_rent TEXT NOT NULL DEFAULT ''; -- item: the day the rental ended, at the place it was said for
ALTER TABLE record ADD COLUMN planned TEXT;                      -- item: the day an open rental is planned to end, where that is shown as its end
ALTER TABLE record ADD COLUMN ahead TEXT;                        -- item: the day an open rental begins, where that lay ahead when it was staged
ALTER TABLE record ADD COLUMN status TEXT NOT NULL DEFAULT '';   -- asset: its rental status

CREATE INDEX record_ahead ON record (ahead, entity) WHERE ahead IS NOT NULL;
CREATE INDEX record_by_plan ON record (planned, entity) WHERE planned IS NOT NULL;

-- record.ended is 0 while a rental is open, 1 when it is over, and 2 when it
-- never began. record.customer is also what a customer was merged into.

CREATE INDEX record_same ON record (customer, entity) WHERE kind = 2 AND customer IS NOT NULL;

ALTER TABLE said ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE said ADD COLUMN next_scope TEXT NOT NULL DEFAULT '';

-- Another mapping has changed the entity since: what is said again is heard again.
ALTER TABLE said ADD COLUMN stale SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE said ADD COLUMN next_stale SMALLINT NOT NULL DEFAULT 0;

CREATE INDEX missed_by_entity ON missed (entity, mapping);

-- For which scopes a delivery claims to speak.
CREATE TABLE spoken (
	delivery TEXT NOT NULL,
	scope    TEXT NOT NULL,
	PRIMARY KEY (delivery, scope)
) @clustered;

CREATE INDEX spoken_by_scope ON spoken (scope, delivery);

-- What was missed before and a row of the stage proves to exist, if only by its
-- key.
CREATE TABLE found (
	stage  BIGINT NOT NULL,
	entity BIGINT NOT NULL,
	PRIMARY KEY (stage, entity)
) @clustered;

-- Since when no file names an asset any more.
ALTER TABLE entity ADD COLUMN gone TEXT;

CREATE INDEX entity_gone ON entity (flow, id) WHERE gone IS NOT NULL;

-- The entity whose last rental this one keeps, where a key was used again.
ALTER TABLE staged ADD COLUMN former BIGINT;

CREATE INDEX staged_former ON staged (stage, former, entity) WHERE former IS NOT NULL;

-- The kind of which absence was not judged; 0 in any other warning.
ALTER TABLE warning ADD COLUMN unjudged SMALLINT NOT NULL DEFAULT 0;

-- How the account found the asset: identifier type, a blank, identifier.
ALTER TABLE answer ADD COLUMN identifier TEXT NOT NULL DEFAULT '';

-- When the document was last sent again only because the account may know it.
ALTER TABLE answer ADD COLUMN offered_at BIGINT NOT NULL DEFAULT 0;

CREATE INDEX answer_unmatched ON answer (receiver, at, asset) WHERE outcome = 'unmatched';

-- A person has said that the document may go.
ALTER TABLE dispatch ADD COLUMN approved SMALLINT NOT NULL DEFAULT 0;

-- The document is to be sent although nothing may have changed.
ALTER TABLE dispatch ADD COLUMN offered SMALLINT NOT NULL DEFAULT 0;

-- dispatch.held is 1 where the whole fleet waits for a person, and 2 where a
-- document waits by itself.

-- Whom a flow's fleet was offered to last.
CREATE TABLE served (
	flow    TEXT PRIMARY KEY,
	account TEXT NOT NULL,
	profile TEXT NOT NULL
) @clustered;

-- Accounts that a person has said may be sent to for the first time.
CREATE TABLE approval (
	flow    TEXT NOT NULL,
	account TEXT NOT NULL,
	profile TEXT NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (flow, account, profile)
) @clustered;

-- A run that waits for a person before it closes, why, and what was decided.
CREATE TABLE hold (
	run        TEXT PRIMARY KEY,
	breaches   TEXT NOT NULL,
	held_at    BIGINT NOT NULL,
	told       TEXT NOT NULL,   -- the notifiers that have brought it to people
	told_at    BIGINT NOT NULL, -- when all of them had; 0 is not yet
	decision   TEXT NOT NULL,   -- approve, discard or replace; empty is not yet
	decided_at BIGINT NOT NULL
) @clustered;

-- The run takes back the nights from its business date on.
ALTER TABLE run ADD COLUMN reverts SMALLINT NOT NULL DEFAULT 0;
