package tabular

import (
	"context"
	"io"

	"rentalsync/pipeline"
)

// readXLSX reads workbooks. A workbook is a ZIP archive, whose directory stands
// at its end: the whole of it is kept aside before the first row is read.
func readXLSX(ctx context.Context, src io.Reader, name string, d pipeline.Dialect, yield yieldFunc) error {
	var kept spool
	defer kept.close()
	if _, err := io.Copy(&kept, &patient{ctx: ctx, src: src}); err != nil {
		return err
	}
	file, size, err := kept.at()
	if err != nil {
		return err
	}

	p, err := openParts(file, size)
	if err != nil {
		return err
	}
	b, err := openBook(ctx, p)
	if err != nil {
		return err
	}
	defer b.close()

	tables, err := b.tables(ctx, d)
	if err != nil {
		return err
	}
	for _, t := range tables {
		t.name, t.yield = name, yield
		if err := t.read(ctx); err != nil {
			return err
		}
	}
	return nil
}

// patient reads until nobody waits for it any more.
type patient struct {
	ctx context.Context
	src io.Reader
}

// Read reads on.
func (r *patient) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.src.Read(p)
}

// tables are what there is to read of a workbook, in the order of the dialect.
// All of them are found before the first one is read.
func (b *book) tables(ctx context.Context, d pipeline.Dialect) ([]*sheetTable, error) {
	plans := partsOf(d)
	chosen := make([][]sheet, len(plans))
	for i, plan := range plans {
		var err error
		if chosen[i], err = b.chosen(plan.Sheet); err != nil {
			return nil, err
		}
	}
	asked, err := newAsked(plans, chosen, d.Asks)
	if err != nil {
		return nil, err
	}

	var tables []*sheetTable
	for i, plan := range plans {
		for _, s := range chosen[i] {
			said, err := asked.of(ctx, b, i, s)
			if err != nil {
				return nil, err
			}
			if plan.Use == pipeline.TableRows {
				tables = append(tables, newSheetTable(b, s, i, plan, said))
			}
		}
	}
	return tables, nil
}

// partsOf are the parts of a dialect; without any, it is one itself.
func partsOf(d pipeline.Dialect) []pipeline.Table {
	if len(d.Parts) > 0 {
		return d.Parts
	}
	return []pipeline.Table{{Sheet: d.Sheet, Header: d.Header, NoHeader: d.NoHeader, Find: d.Find, End: d.End}}
}
