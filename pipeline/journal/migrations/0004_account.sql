-- What an account of IRIS holds, and what was told to it beside rentals.

-- What it held of a kind when it was listed last. A listing grows under the next
-- number and counts once it is whole.
CREATE TABLE listing (
	account TEXT NOT NULL,
	kind    TEXT NOT NULL,
	number  BIGINT NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (account, kind)
) @clustered;

CREATE TABLE listed (
	account   TEXT NOT NULL,
	kind      TEXT NOT NULL,
	number    BIGINT NOT NULL,
	id        TEXT NOT NULL,
	reference TEXT NOT NULL,
	serial    TEXT NOT NULL,
	body      TEXT NOT NULL,
	PRIMARY KEY (account, kind, number, id)
) @clustered;

CREATE INDEX listed_by_reference ON listed (account, kind, reference, number);

-- The refresh token of an account that has an API user: every use of one makes
-- the next.
CREATE TABLE refresh_token (
	account TEXT PRIMARY KEY,
	token   TEXT NOT NULL,
	at      BIGINT NOT NULL
) @clustered;

-- The contract lines that a document carried, by their keys, as a list in JSON.
ALTER TABLE outcome ADD COLUMN lines TEXT NOT NULL DEFAULT '';

-- Files that were written by a layout: each has a number, and was written where
-- written_at says when. Its subject is the run or the snapshot that it tells of.
CREATE TABLE laid_out (
	flow       TEXT NOT NULL,
	layout     TEXT NOT NULL,
	subject    TEXT NOT NULL,
	number     BIGINT NOT NULL,
	written_at BIGINT NOT NULL,
	PRIMARY KEY (flow, layout, subject)
) @clustered;

CREATE INDEX laid_out_by_number ON laid_out (flow, layout, number);

-- Up to when a flow's schedule of snapshots was kept.
CREATE TABLE schedule_kept (
	flow TEXT PRIMARY KEY,
	at   BIGINT NOT NULL
) @clustered;

-- How an account finds assets that the ERP spells otherwise: what is sent in
-- place of the ERP's text, while the ERP says what it said then.
CREATE TABLE spelling (
	flow            TEXT NOT NULL,
	account         TEXT NOT NULL,
	key             TEXT NOT NULL,
	said            TEXT NOT NULL, -- identifier type and normalised identifier of the ERP
	identifier_type TEXT NOT NULL,
	identifier      TEXT NOT NULL,
	PRIMARY KEY (flow, account, key)
) @clustered;

-- What a lane has learnt of a limit that nobody told: the rate that was left
-- when the limit was met last, the rate at which it was met, when, and until
-- when nobody is to ask. A rate of 0 has met none.
ALTER TABLE pace ADD COLUMN learnt DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE pace ADD COLUMN met DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE pace ADD COLUMN met_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pace ADD COLUMN rests_us BIGINT NOT NULL DEFAULT 0;

-- Assets that an account did not know: since when, as it answered last, and until
-- when and how that ended. ended_at is 0 while it does not know them. listed is 1
-- once a listing shows one all the same.
CREATE TABLE unmatched (
	account    TEXT NOT NULL,
	asset      BIGINT NOT NULL,
	since      BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	ended_at   BIGINT NOT NULL,
	how        TEXT NOT NULL,
	status     BIGINT NOT NULL,
	code       TEXT NOT NULL,
	message    TEXT NOT NULL,
	reference  TEXT NOT NULL, -- as it was sent
	identifier TEXT NOT NULL, -- as it was sent: identifier type, a blank, identifier
	listed     SMALLINT NOT NULL,
	PRIMARY KEY (account, asset, since)
) @clustered;

CREATE INDEX unmatched_ended ON unmatched (ended_at) WHERE ended_at > 0;
CREATE INDEX unmatched_listed ON unmatched (account, asset) WHERE listed = 1;
CREATE INDEX listed_by_serial ON listed (account, kind, serial, number);

INSERT INTO unmatched (account, asset, since, at, ended_at, how, status, code, message, reference, identifier, listed)
SELECT c.account, a.asset, a.at, a.at, 0, '', a.status, a.code, a.message, a.reference, a.identifier, 0
FROM answer a JOIN receiver c ON c.id = a.receiver
WHERE a.outcome = 'unmatched' AND NOT EXISTS (
	SELECT 1 FROM answer n JOIN receiver m ON m.id = n.receiver
	WHERE m.account = c.account AND n.asset = a.asset AND (n.at > a.at OR n.at = a.at AND n.receiver > a.receiver));

-- Since when an account holds something else than it was sent. seen is when that
-- was looked at last.
CREATE TABLE drift (
	flow    TEXT NOT NULL,
	subject TEXT NOT NULL,
	what    TEXT NOT NULL,
	since   BIGINT NOT NULL,
	seen    BIGINT NOT NULL,
	PRIMARY KEY (flow, subject, what)
) @clustered;

-- The snapshot that was added last to a file that only grows, and the size of the
-- file before and after. ended is -1 while it is being written.
CREATE TABLE appended (
	flow     TEXT NOT NULL,
	file     TEXT NOT NULL,
	snapshot TEXT NOT NULL,
	taken_at BIGINT NOT NULL,
	began    BIGINT NOT NULL,
	ended    BIGINT NOT NULL,
	PRIMARY KEY (flow, file)
) @clustered;

-- Custom fields. A record that has custom values knows a digest of them.
ALTER TABLE record ADD COLUMN custom BIGINT;

-- Entities whose custom values an account may not hold: 0 due, 1 tried and to be
-- tried again from due_ms on, 2 refused until something changes.
CREATE TABLE custom_due (
	entity   BIGINT PRIMARY KEY,
	flow     TEXT NOT NULL,
	kind     SMALLINT NOT NULL,
	state    SMALLINT NOT NULL,
	due_ms   BIGINT NOT NULL,
	attempts BIGINT NOT NULL
) @clustered;

CREATE INDEX custom_due_by_flow ON custom_due (flow, kind, entity) WHERE state < 2;
CREATE INDEX custom_due_again ON custom_due (flow, state, due_ms) WHERE state > 0;

-- What an account took of custom values, and what it was about to be given. The
-- target is what they belong to there.
CREATE TABLE custom_value (
	account   TEXT NOT NULL,
	entity    BIGINT NOT NULL,
	field     TEXT NOT NULL,
	target    TEXT NOT NULL,
	accepted  TEXT,              -- empty where the value was taken away
	attempt   SMALLINT NOT NULL, -- a request was begun and its answer never recorded
	at        BIGINT NOT NULL,
	PRIMARY KEY (entity, account, field)
) @clustered;

CREATE TABLE custom_outcome (
	run     TEXT NOT NULL,
	entity  BIGINT NOT NULL,
	field   TEXT NOT NULL,
	value   TEXT NOT NULL,
	outcome TEXT NOT NULL,
	why     TEXT NOT NULL,
	cure    TEXT NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (run, entity, field)
) @clustered;

CREATE INDEX custom_outcome_by_entity ON custom_outcome (entity, run);

-- By which custom fields an account refused last what is refused.
CREATE TABLE custom_seen (
	flow    TEXT PRIMARY KEY,
	account TEXT NOT NULL,
	fields  TEXT NOT NULL
) @clustered;
