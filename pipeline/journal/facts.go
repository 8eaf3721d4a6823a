package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"rentalsync/pipeline"
)

// Every count in a report is computed from the rows it counts, here and nowhere
// else, so that totals add up by themselves.

// ofRun is the stage of a run that counts.
const ofRun = ` stage IN (SELECT id FROM stage WHERE run = $1 AND state <> 2) `

const (
	countRows = `
		SELECT COALESCE(SUM(c.read), 0), COALESCE(SUM(c.mapped), 0), COALESCE(SUM(c.skipped), 0), COALESCE(SUM(c.rejected), 0)
		FROM delivery d JOIN counted c ON c.delivery = d.id WHERE d.run = $1`
	countSkips = `
		SELECT k.reason, SUM(k.count)
		FROM delivery d JOIN skipped k ON k.delivery = d.id WHERE d.run = $1
		GROUP BY k.reason`
	countDocuments = `SELECT outcome, COUNT(*) FROM outcome WHERE run = $1 GROUP BY outcome`
	countFurther   = `
		SELECT
			(SELECT COUNT(*) FROM (SELECT DISTINCT delivery, sheet, line FROM parked WHERE` + ofRun + `) rows_parked),
			(SELECT COUNT(*) FROM warning WHERE` + ofRun + `),
			(SELECT COUNT(*) FROM outcome WHERE run = $1 AND carried_from <> ''),
			(SELECT COALESCE(SUM(clears), 0) FROM outcome WHERE run = $1),
			(SELECT COUNT(*) FROM missed WHERE kind = 5 AND` + ofRun + `),
			(SELECT COUNT(*) FROM dispatch WHERE run = $1 AND held = 1)`
)

// Facts is what a run's report says before it comes to single rows.
func (j *Journal) Facts(ctx context.Context, run string) (f pipeline.RunFacts, err error) {
	f.Skips, f.Documents = map[string]int{}, pipeline.DocumentTotals{}

	err = j.read(ctx, func(ctx context.Context, s session) (err error) {
		f.Run, err = scanRun(func(into ...any) error { return s.one(ctx, runByID, args(run), into...) })
		if known, err := found(err); err != nil {
			return err
		} else if !known {
			return errors.New("nobody knows it")
		}
		if f.Deliveries, err = deliveriesBy(ctx, s, deliveriesOfRun, run); err != nil {
			return err
		}
		if err := s.one(ctx, countRows, args(run), &f.Rows.Read, &f.Rows.Mapped, &f.Rows.Skipped, &f.Rows.Rejected); err != nil {
			return err
		}
		if err := countSkipped(ctx, s, run, f.Skips); err != nil {
			return err
		}
		if err := countOutcomes(ctx, s, run, f.Documents); err != nil {
			return err
		}
		if f.CustomFields, err = countCustoms(ctx, s, run); err != nil {
			return err
		}
		return s.one(ctx, countFurther, args(run), &f.Parked, &f.Warnings, &f.CarriedIn, &f.Clears, &f.Absent, &f.HeldBack)
	})
	return f, named(err, "gather the facts of run %q", run)
}

func countSkipped(ctx context.Context, s session, run string, into map[string]int) error {
	return s.each(ctx, countSkips, args(run), func(scan func(...any) error) error {
		var reason string
		var n int
		err := scan(&reason, &n)
		into[reason] = n
		return err
	})
}

func countOutcomes(ctx context.Context, s session, run string, into pipeline.DocumentTotals) error {
	return s.each(ctx, countDocuments, args(run), func(scan func(...any) error) error {
		var name string
		var n int
		if err := scan(&name, &n); err != nil {
			return err
		}
		outcome, err := pipeline.ParseOutcome(name)
		into[outcome] = n
		return err
	})
}

const allRejects = `
	SELECT delivery, file, sheet, line, header, cells, faults, root, types FROM reject
	WHERE` + ofRun + `ORDER BY delivery, line, id`

// Rejects yields the rows of a run that were not taken, in the order of their
// deliveries and lines.
func (j *Journal) Rejects(ctx context.Context, run string) iter.Seq2[pipeline.Reject, error] {
	return stream(ctx, j, fmt.Sprintf("read the rejects of run %q", run), allRejects, args(run), scanReject)
}

func scanReject(scan func(...any) error) (r pipeline.Reject, ok bool, err error) {
	var header, cells, faults []byte
	var root, types string
	if err := scan(&r.Delivery, &r.Origin.File, &r.Origin.Sheet, &r.Origin.Line, &header, &cells, &faults, &root, &types); err != nil {
		return r, false, err
	}
	r.Root, _ = pipeline.ParseRowID(root)
	r.Types = typesOf(types)
	return r, true, errors.Join(json.Unmarshal(header, &r.Header), json.Unmarshal(cells, &r.Cells), json.Unmarshal(faults, &r.Faults))
}

const allParked = `
	SELECT p.kind, p.key, p.field, p.column_is, p.code, p.code_table, p.yaml, n.rows, p.file, p.sheet, p.line, n.mended
	FROM (
		SELECT MIN(id) AS id, COUNT(DISTINCT delivery || '/' || sheet || '/' || line) AS rows, 0 AS mended
		FROM parked WHERE` + ofRun + `
		GROUP BY field, column_is, code, code_table, yaml
		UNION ALL ` + mendedCodes + `) n
	JOIN parked p ON p.id = n.id
	ORDER BY p.code_table, p.code, p.field, p.id`

// ParkedCodes sums up the unknown codes of a run, and those of earlier runs that it
// has mended, by table and code.
func (j *Journal) ParkedCodes(ctx context.Context, run string) iter.Seq2[pipeline.ParkedCount, error] {
	scan := func(scan func(...any) error) (p pipeline.ParkedCount, ok bool, err error) {
		err = scan(&p.Ref.Kind, &p.Ref.Key, &p.Field, &p.Column, &p.Code, &p.Table, &p.Line, &p.Rows,
			&p.Example.File, &p.Example.Sheet, &p.Example.Line, &p.Mended)
		return p, true, err
	}
	return stream(ctx, j, fmt.Sprintf("read the parked codes of run %q", run), allParked, args(run), scan)
}

const allWarnings = `
	SELECT delivery, file, sheet, line, column_is, value, what, hint FROM warning
	WHERE` + ofRun + `ORDER BY delivery, line, id`

// Warnings yields what a person may want to know about rows that were taken, in
// the order of their deliveries and lines.
func (j *Journal) Warnings(ctx context.Context, run string) iter.Seq2[pipeline.Warning, error] {
	scan := func(scan func(...any) error) (w pipeline.Warning, ok bool, err error) {
		err = scan(&w.Delivery, &w.Origin.File, &w.Origin.Sheet, &w.Origin.Line, &w.Column, &w.Value, &w.What, &w.Hint)
		return w, true, err
	}
	return stream(ctx, j, fmt.Sprintf("read the warnings of run %q", run), allWarnings, args(run), scan)
}

const allOutcomes = `
	SELECT e.key, o.reference, o.identifier, o.outcome, o.status, o.code, o.why, o.clears, o.carried_from, o.at, o.left_out, o.lines
	FROM outcome o JOIN entity e ON e.id = o.asset
	WHERE o.run = $1
	ORDER BY e.key`

// Outcomes yields what became of a run's documents, by asset.
func (j *Journal) Outcomes(ctx context.Context, run string) iter.Seq2[pipeline.DocumentOutcome, error] {
	scan := func(scan func(...any) error) (o pipeline.DocumentOutcome, ok bool, err error) {
		var outcome string
		var at int64
		var left, lines []byte
		if err := scan(&o.Asset, &o.Reference, &o.Identifier, &outcome, &o.Status, &o.Code, &o.Why, &o.Clears, &o.CarriedFrom, &at, &left, &lines); err != nil {
			return o, false, err
		}
		o.At = instant(at)
		if o.Outcome, err = pipeline.ParseOutcome(outcome); err != nil {
			return o, false, err
		}
		if err := json.Unmarshal(left, &o.Left); err != nil || len(lines) == 0 {
			return o, true, err
		}
		return o, true, json.Unmarshal(lines, &o.Lines)
	}
	return stream(ctx, j, fmt.Sprintf("read the outcomes of run %q", run), allOutcomes, args(run), scan)
}

// What became of an item is what the run has staged of it, else what the register
// holds.
const allAbsentees = `
	SELECT m.kind, e.key, m.mapping, m.since, COALESCE(r.ended, 0), COALESCE(r.off_rent, '')
	FROM missed m JOIN entity e ON e.id = m.entity
	LEFT JOIN staged t ON t.stage = m.stage AND t.kind = m.kind AND t.entity = m.entity
	LEFT JOIN record r ON r.id = COALESCE(t.record, e.record)
	WHERE m.stage IN (SELECT id FROM stage WHERE run = $1 AND state <> 2)
	ORDER BY m.kind DESC, m.since, e.key, m.mapping`

// Absentees yields what a run's files no longer name, assets first, and those
// that are missed the longest first.
func (j *Journal) Absentees(ctx context.Context, run string) iter.Seq2[pipeline.Absentee, error] {
	scan := func(scan func(...any) error) (a pipeline.Absentee, ok bool, err error) {
		err = scan(&a.Kind, &a.Key, &a.Mapping, &a.Since, &a.Ended, &a.OffRent)
		return a, true, err
	}
	return stream(ctx, j, fmt.Sprintf("read the absentees of run %q", run), allAbsentees, args(run), scan)
}
