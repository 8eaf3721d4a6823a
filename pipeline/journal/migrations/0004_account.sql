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
