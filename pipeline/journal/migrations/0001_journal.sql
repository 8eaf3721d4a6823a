-- Instants that the program gives are nanoseconds since 1970 (_at), instants of
-- the database's clock are milliseconds (_ms); 0 is never. Words that begin with
-- @ are spelled by the dialect.

CREATE TABLE run (
	id            TEXT PRIMARY KEY,
	flow          TEXT NOT NULL,
	business_date TEXT NOT NULL,
	state         TEXT NOT NULL,
	opened_at     BIGINT NOT NULL,
	closed_at     BIGINT NOT NULL,
	done_at       BIGINT NOT NULL,
	reason        TEXT NOT NULL
) @clustered;

CREATE INDEX run_by_flow ON run (flow, id);
CREATE INDEX run_by_state ON run (flow, state, id);

CREATE TABLE delivery (
	id              TEXT PRIMARY KEY,
	flow            TEXT NOT NULL,
	run             TEXT NOT NULL,
	name            TEXT NOT NULL,
	mapping         TEXT NOT NULL,
	mapping_version TEXT NOT NULL,
	business_date   TEXT NOT NULL,
	sequence        TEXT NOT NULL,
	digest          TEXT NOT NULL,
	size            BIGINT NOT NULL,
	mod_time_at     BIGINT NOT NULL,
	claimed_at      BIGINT NOT NULL,
	state           TEXT NOT NULL,
	place           TEXT NOT NULL,
	file_done       SMALLINT NOT NULL,
	reason          TEXT NOT NULL
) @clustered;

CREATE INDEX delivery_by_run ON delivery (run, id);
CREATE INDEX delivery_by_content ON delivery (flow, mapping, digest);
CREATE INDEX delivery_by_date ON delivery (flow, mapping, business_date);
CREATE INDEX delivery_in_hand ON delivery (flow, id) WHERE file_done = 0;

-- A stage is one attempt to stage a run: 0 open, 1 closed, 2 dropped. What
-- belongs to a stage counts only while the stage is not dropped, and is in the
-- register only when it is closed.
CREATE TABLE stage (
	id            @identity,
	run           TEXT NOT NULL,
	flow          TEXT NOT NULL,
	business_date TEXT NOT NULL,
	state         SMALLINT NOT NULL,
	records       BIGINT NOT NULL, -- how many records it has numbered
	swept         SMALLINT NOT NULL
);

CREATE INDEX stage_by_run ON stage (run);
CREATE INDEX stage_by_state ON stage (flow, state);

-- An entity is a name, and what the register holds of it: record is empty while
-- no closed run has said anything but the name. Names are looked up more often
-- than anything else, and the key alone tells most of them apart.
CREATE TABLE entity (
	id      @identity,
	flow    TEXT NOT NULL,
	kind    SMALLINT NOT NULL,
	key     TEXT NOT NULL,
	record  BIGINT,
	history SMALLINT NOT NULL,
	UNIQUE (key, kind, flow)
);

-- A record is one state of an entity. It never changes once its stage is closed;
-- closing only makes the entity point to it. Its number is made of the stage's and
-- of how many records that has numbered.
CREATE TABLE record (
	id       @identity,
	entity   BIGINT NOT NULL,
	kind     SMALLINT NOT NULL,
	ended    SMALLINT NOT NULL, -- item: the rental is over
	given    SMALLINT NOT NULL, -- contract: the ERP gives its status
	on_rent  TEXT NOT NULL,     -- item: the day the rental begins, at the place it was said for
	ident    TEXT,              -- asset: identifier type and normalised identifier
	asset    BIGINT,            -- item
	contract BIGINT,            -- item
	customer BIGINT,            -- contract
	depot    BIGINT,            -- asset: the owning one; item, contract: the hiring one
	body     @blob NOT NULL
);

CREATE INDEX record_by_asset ON record (asset, entity, ended) WHERE asset IS NOT NULL;
CREATE INDEX record_by_contract ON record (contract, ended, entity, asset, on_rent) WHERE contract IS NOT NULL;
CREATE INDEX record_by_customer ON record (customer, entity) WHERE customer IS NOT NULL;
CREATE INDEX record_by_depot ON record (depot, kind, entity) WHERE depot IS NOT NULL;
CREATE INDEX record_by_ident ON record (ident, entity) WHERE ident IS NOT NULL;

CREATE TABLE staged (
	stage  BIGINT NOT NULL,
	kind   SMALLINT NOT NULL,
	entity BIGINT NOT NULL,
	record BIGINT, -- empty where nothing changes
	prior  BIGINT, -- what the register held when it was staged
	class  SMALLINT NOT NULL,
	PRIMARY KEY (stage, kind, entity)
) @clustered;

-- What a mapping last said of an entity. The next values count once their stage
-- is closed.
CREATE TABLE source (
	id      @identity,
	flow    TEXT NOT NULL,
	mapping TEXT NOT NULL,
	UNIQUE (flow, mapping)
);

CREATE TABLE said (
	source      BIGINT NOT NULL,
	entity      BIGINT NOT NULL,
	kind        SMALLINT NOT NULL,
	hash        BIGINT NOT NULL,
	digest      BIGINT,
	absent      TEXT,
	stage       BIGINT NOT NULL,
	next_digest BIGINT,
	next_absent TEXT,
	PRIMARY KEY (source, entity)
) @clustered;

CREATE TABLE missed (
	stage   BIGINT NOT NULL,
	kind    SMALLINT NOT NULL,
	entity  BIGINT NOT NULL,
	mapping TEXT NOT NULL,
	since   TEXT NOT NULL,
	PRIMARY KEY (stage, kind, entity, mapping)
) @clustered;

CREATE TABLE counted (
	delivery TEXT PRIMARY KEY,
	stage    BIGINT NOT NULL,
	read     BIGINT NOT NULL,
	mapped   BIGINT NOT NULL,
	skipped  BIGINT NOT NULL,
	rejected BIGINT NOT NULL
) @clustered;

CREATE TABLE skipped (
	delivery TEXT NOT NULL,
	reason   TEXT NOT NULL,
	stage    BIGINT NOT NULL,
	count    BIGINT NOT NULL,
	PRIMARY KEY (delivery, reason)
) @clustered;

CREATE TABLE reject (
	id       @identity,
	stage    BIGINT NOT NULL,
	delivery TEXT NOT NULL,
	file     TEXT NOT NULL,
	sheet    TEXT NOT NULL,
	line     BIGINT NOT NULL,
	header   TEXT NOT NULL,
	cells    TEXT NOT NULL,
	faults   TEXT NOT NULL
);

CREATE INDEX reject_by_stage ON reject (stage, delivery, line, id);

CREATE TABLE parked (
	id         @identity,
	stage      BIGINT NOT NULL,
	delivery   TEXT NOT NULL,
	file       TEXT NOT NULL,
	sheet      TEXT NOT NULL,
	line       BIGINT NOT NULL,
	kind       SMALLINT NOT NULL,
	key        TEXT NOT NULL,
	field      TEXT NOT NULL,
	column_is  TEXT NOT NULL,
	code       TEXT NOT NULL,
	code_table TEXT NOT NULL,
	yaml       TEXT NOT NULL
);

CREATE INDEX parked_by_stage ON parked (stage, delivery, sheet, line);

CREATE TABLE warning (
	id        @identity,
	stage     BIGINT NOT NULL,
	delivery  TEXT NOT NULL,
	file      TEXT NOT NULL,
	sheet     TEXT NOT NULL,
	line      BIGINT NOT NULL,
	column_is TEXT NOT NULL,
	value     TEXT NOT NULL,
	what      TEXT NOT NULL,
	hint      TEXT NOT NULL
);

CREATE INDEX warning_by_stage ON warning (stage, delivery, line, id);

-- What closing a run changed, by kind: what was staged is gone by then.
CREATE TABLE changed (
	run   TEXT NOT NULL,
	kind  SMALLINT NOT NULL,
	count BIGINT NOT NULL,
	PRIMARY KEY (run, kind)
) @clustered;

CREATE TABLE dispatch (
	asset        BIGINT NOT NULL PRIMARY KEY,
	flow         TEXT NOT NULL,
	run          TEXT NOT NULL,
	class        SMALLINT NOT NULL,
	due_ms       BIGINT NOT NULL,
	attempts     BIGINT NOT NULL,
	owner        TEXT,
	lease_ms     BIGINT NOT NULL,
	held         SMALLINT NOT NULL,
	again        SMALLINT NOT NULL, -- due once more when whoever works on it is through
	carried_from TEXT NOT NULL
) @clustered;

CREATE INDEX dispatch_by_run ON dispatch (run, class, asset);

CREATE TABLE outcome (
	run          TEXT NOT NULL,
	asset        BIGINT NOT NULL,
	outcome      TEXT NOT NULL,
	status       BIGINT NOT NULL,
	code         TEXT NOT NULL,
	why          TEXT NOT NULL,
	clears       BIGINT NOT NULL,
	carried_from TEXT NOT NULL,
	at           BIGINT NOT NULL,
	left_out     TEXT NOT NULL,
	reference    TEXT NOT NULL DEFAULT '', -- as it was sent
	identifier   TEXT NOT NULL DEFAULT '', -- as it was sent
	PRIMARY KEY (run, asset)
) @clustered;

-- Whom documents were sent to: an account, and the way they are spelled for it.
CREATE TABLE receiver (
	id      @identity,
	account TEXT NOT NULL,
	profile TEXT NOT NULL,
	UNIQUE (account, profile)
);

CREATE TABLE answer (
	receiver  BIGINT NOT NULL,
	asset     BIGINT NOT NULL,
	accepted  @blob,
	attempted @blob,
	attempt   SMALLINT NOT NULL, -- a request was begun and its answer never recorded
	refused   @blob,
	outcome   TEXT NOT NULL,
	status    BIGINT NOT NULL,
	code      TEXT NOT NULL,
	message   TEXT NOT NULL,
	clears    BIGINT NOT NULL,
	at        BIGINT NOT NULL,
	reference TEXT NOT NULL DEFAULT '', -- under which it was accepted
	PRIMARY KEY (receiver, asset)
) @clustered;

CREATE TABLE item_answer (
	receiver BIGINT NOT NULL,
	item     BIGINT NOT NULL,
	accepted @blob NOT NULL,
	PRIMARY KEY (receiver, item)
) @clustered;

CREATE TABLE pace (
	account TEXT NOT NULL,
	lane    TEXT NOT NULL,
	next_us BIGINT NOT NULL,
	PRIMARY KEY (account, lane)
) @clustered;

CREATE TABLE visit (
	account TEXT NOT NULL,
	url     TEXT NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (account, url)
) @clustered;

CREATE TABLE snapshot (
	id       TEXT PRIMARY KEY,
	account  TEXT NOT NULL,
	taken_at BIGINT NOT NULL,
	read_at  BIGINT NOT NULL, -- its last page
	machines BIGINT NOT NULL,
	faulty   BIGINT NOT NULL,
	next     TEXT NOT NULL -- the page to go on with; empty when it is whole
) @clustered;

CREATE INDEX snapshot_by_account ON snapshot (account, taken_at, id);

CREATE TABLE machine (
	snapshot TEXT NOT NULL,
	seq      BIGINT NOT NULL,
	body     TEXT NOT NULL,
	PRIMARY KEY (snapshot, seq)
) @clustered;
