package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

const (
	recentStages = `(SELECT id, run, business_date FROM stage WHERE flow = $1 AND state = 1 ORDER BY id DESC LIMIT $2)`

	parkedOf = `
		SELECT g.id, g.run, g.business_date, d.mapping, d.name, p.file, p.sheet, p.line, p.field, p.column_is, p.code, p.yaml
		FROM ` + recentStages + ` g CROSS JOIN parked p CROSS JOIN delivery d
		WHERE p.stage = g.id AND p.kind = $3 AND p.key = $4 AND d.id = p.delivery
		ORDER BY g.id DESC, p.id DESC`

	// Warnings and rejected rows bear no key: whoever speaks of it has it in its
	// text. That absence was not judged is about every one of a kind.
	warningsOf = `
		SELECT g.id, g.run, g.business_date, d.mapping, d.name, w.file, w.sheet, w.line, w.unjudged = $4, w.what, w.hint
		FROM ` + recentStages + ` g CROSS JOIN warning w CROSS JOIN delivery d
		WHERE w.stage = g.id AND d.id = w.delivery AND (w.what LIKE $3 ESCAPE '\' OR w.unjudged = $4)
		ORDER BY g.id DESC, w.id`
	rejectsOf = `
		SELECT g.id, g.run, g.business_date, d.mapping, d.name, w.file, w.sheet, w.line, w.cells, w.faults
		FROM ` + recentStages + ` g CROSS JOIN reject w CROSS JOIN delivery d
		WHERE w.stage = g.id AND d.id = w.delivery AND w.cells LIKE $3 ESCAPE '\'
		ORDER BY g.id DESC, w.id`
)

// Remarks are what the rows of the last runs say about one entity beside what the
// register took of them, the newest first.
func (j *Journal) Remarks(ctx context.Context, flow string, ref rental.Ref) ([]pipeline.Remark, error) {
	r := recall{flow: flow, ref: ref}
	err := j.read(ctx, func(ctx context.Context, s session) error {
		r.session = s
		if known, err := r.find(ctx); err != nil || !known {
			return err
		}
		return r.remarks(ctx)
	})
	return r.told, named(err, "find remarks about %s", ref)
}

func (r *recall) remarks(ctx context.Context) error {
	if err := r.sayings(ctx); err != nil {
		return err
	}
	if err := r.parked(ctx); err != nil {
		return err
	}
	if err := r.warnings(ctx); err != nil {
		return err
	}
	return r.rejects(ctx)
}

// parked are the codes that no table knew, where the mapping has not said
// anything else since. The newest of each field counts.
func (r *recall) parked(ctx context.Context) error {
	told := map[rental.Field]bool{}
	with := args(r.flow, lookBack, int(r.ref.Kind), r.ref.Key)
	return r.each(ctx, parkedOf, with, func(scan func(...any) error) error {
		m := pipeline.Remark{What: pipeline.RemarkParked}
		var column string
		if err := scan(&m.Stage, &m.Run, &m.Date, &m.Mapping, &m.Delivery, &m.Origin.File, &m.Origin.Sheet, &m.Origin.Line,
			&m.Field, &column, &m.Code, &m.YAML); err != nil {
			return err
		}
		overcome := slices.ContainsFunc(r.past.Sayings, func(s pipeline.Saying) bool { return s.Mapping == m.Mapping && s.Stage > m.Stage })
		if told[m.Field] || overcome {
			return nil
		}
		told[m.Field] = true
		m.Says = fmt.Sprintf("%s had the code %q that no table knows; %s keeps its last good value", column, m.Code, m.Field)
		r.told = append(r.told, m)
		return nil
	})
}

// lookAround is how many runs back warnings and rejected rows are told of.
const lookAround = 3

func (r *recall) warnings(ctx context.Context) error {
	with := args(r.flow, lookAround, containing(r.ref.Key), int(r.ref.Kind))
	return r.each(ctx, warningsOf, with, func(scan func(...any) error) error {
		m := pipeline.Remark{What: pipeline.RemarkWarning}
		var unjudged bool
		var hint string
		if err := scan(&m.Stage, &m.Run, &m.Date, &m.Mapping, &m.Delivery, &m.Origin.File, &m.Origin.Sheet, &m.Origin.Line,
			&unjudged, &m.Says, &hint); err != nil {
			return err
		}
		if !unjudged && !speaksOf(m.Says, r.ref) {
			return nil
		}
		if hint != "" {
			m.Says += "; " + hint
		}
		r.told = append(r.told, m)
		return nil
	})
}

func (r *recall) rejects(ctx context.Context) error {
	return r.each(ctx, rejectsOf, args(r.flow, lookAround, containing(r.ref.Key)), func(scan func(...any) error) error {
		m := pipeline.Remark{What: pipeline.RemarkRejected}
		var cells, faults []byte
		if err := scan(&m.Stage, &m.Run, &m.Date, &m.Mapping, &m.Delivery, &m.Origin.File, &m.Origin.Sheet, &m.Origin.Line, &cells, &faults); err != nil {
			return err
		}
		var list []pipeline.Fault
		if err := json.Unmarshal(cells, &m.Cells); err != nil {
			return err
		}
		if err := json.Unmarshal(faults, &list); err != nil {
			return err
		}
		if !slices.ContainsFunc(m.Cells, func(c string) bool { return strings.TrimSpace(c) == r.ref.Key }) {
			return nil
		}
		for i, f := range list {
			if i > 0 {
				m.Says += "; "
			}
			m.Says += f.String()
		}
		r.told = append(r.told, m)
		return nil
	})
}

// containing is a pattern for texts that contain another.
func containing(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
}

// speaksOf reports whether a text names an entity by its key, as a word of its
// own.
func speaksOf(text string, ref rental.Ref) bool {
	if !strings.Contains(text, ref.Kind.String()) {
		return false
	}
	for rest, from := text, 0; ; {
		at := strings.Index(rest[from:], ref.Key)
		if at < 0 {
			return false
		}
		begins, ends := from+at, from+at+len(ref.Key)
		last, _ := utf8.DecodeLastRuneInString(rest[:begins])
		next, _ := utf8.DecodeRuneInString(rest[ends:])
		if !partOfKey(last) && !partOfKey(next) {
			return true
		}
		from = ends
	}
}

func partOfKey(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-/~_", r)
}
