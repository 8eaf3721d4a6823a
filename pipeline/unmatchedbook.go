package pipeline

import (
	"context"
	"fmt"
	"io"
)

// UnmatchedBook keeps, in the outbox, the workbook in which people decide what the
// account does not know. It has one name, so that there is one of it: the newest.
type UnmatchedBook struct {
	Register *UnmatchedRegister
	Write    func(w io.Writer, u *UnmatchedList) error
}

// UnmatchedName is how the workbook of a flow is called.
func UnmatchedName(flow string) string { return flow + "_unmatched.xlsx" }

// write writes the workbook where it says anything, or would say something that is
// no longer so. Where the file cannot be replaced, because somebody has it open, it
// goes beside it under the run's name.
func (b *UnmatchedBook) write(ctx context.Context, out Outbox, run Run) (string, error) {
	if told, err := b.worth(ctx, run); err != nil || !told {
		return "", err
	}
	list, err := b.Register.Read(ctx)
	if err != nil {
		return "", err
	}
	put := func(name string) (string, error) {
		return out.Put(ctx, name, func(w io.Writer) error { return b.Write(w, &list) })
	}
	path, err := put(UnmatchedName(run.Flow))
	if err == nil || ctx.Err() != nil {
		return path, err
	}
	if path, beside := put(reportName(run) + "_unmatched.xlsx"); beside == nil {
		return path, nil
	}
	return "", fmt.Errorf("write %s: %w", UnmatchedName(run.Flow), err)
}

// worth reports whether something is not known, or came to be known in the run.
func (b *UnmatchedBook) worth(ctx context.Context, run Run) (bool, error) {
	n, _, err := b.Register.Journal.UnmatchedCount(ctx, b.Register.Flow, b.Register.Account)
	if err != nil || n > 0 {
		return n > 0, err
	}
	for _, err := range b.Register.Journal.EndedUnmatched(ctx, b.Register.Flow, b.Register.Account, run.OpenedAt) {
		return err == nil, err
	}
	return false, nil
}
