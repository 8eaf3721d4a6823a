-- What is known of files before and beside their content.

-- The mappings of its set of which no file came in time, each after a line break.
ALTER TABLE run ADD COLUMN lacks TEXT NOT NULL DEFAULT '';

-- A person had it worked although it was seen before.
ALTER TABLE delivery ADD COLUMN again SMALLINT NOT NULL DEFAULT 0;

-- The delivery whose rejected and parked rows it replays.
ALTER TABLE delivery ADD COLUMN replays TEXT NOT NULL DEFAULT '';

-- The number of a file whose mapping numbers them one after the other; 0 where
-- it does not.
ALTER TABLE delivery ADD COLUMN number BIGINT NOT NULL DEFAULT 0;

CREATE INDEX delivery_by_night ON delivery (flow, business_date);

-- Files that lie in a drop, and since when: how long a process has been running
-- says nothing of how long a file has.
CREATE TABLE sighted (
	flow        TEXT NOT NULL,
	name        TEXT NOT NULL,
	size        BIGINT NOT NULL,
	mod_time_at BIGINT NOT NULL,
	since       BIGINT NOT NULL,
	PRIMARY KEY (flow, name)
) @clustered;

-- Rows of a delivery that had been rejected or parked, and that a later one has
-- settled: mended, skipped, or overtaken by a newer file.
CREATE TABLE reworked (
	delivery TEXT NOT NULL,
	sheet    TEXT NOT NULL,
	line     BIGINT NOT NULL,
	stage    BIGINT NOT NULL,
	how      TEXT NOT NULL,
	PRIMARY KEY (delivery, sheet, line, stage)
) @clustered;

CREATE INDEX reworked_by_stage ON reworked (stage);

-- The row that was rejected first, where this one is it once more: delivery,
-- line and sheet.
ALTER TABLE reject ADD COLUMN root TEXT NOT NULL DEFAULT '';

-- What the cells of a rejected row are, a figure each; empty where all are text.
ALTER TABLE reject ADD COLUMN types TEXT NOT NULL DEFAULT '';

CREATE INDEX delivery_by_name ON delivery (flow, name, id);

-- The header of the newest file of a mapping and a series of names, by part and
-- sheet, and that of the file before it, as lists in JSON.
CREATE TABLE header (
	flow     TEXT NOT NULL,
	mapping  TEXT NOT NULL,
	series   TEXT NOT NULL,
	part     BIGINT NOT NULL,
	sheet    TEXT NOT NULL,
	delivery TEXT NOT NULL,
	names    TEXT NOT NULL,
	before   TEXT NOT NULL,
	PRIMARY KEY (flow, mapping, series, part, sheet)
) @clustered;

-- Depots are few and chosen from: 1 is their kind.
CREATE INDEX entity_depot ON entity (flow, key) WHERE kind = 1;
