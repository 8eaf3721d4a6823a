package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// errNested marks a bug of ours: a journal method called from within another.
// It would wait forever for the writer that its caller holds.
var errNested = errors.New("journal is called from within one of its own transactions")

// insideKey marks the context of a transaction.
type insideKey struct{}

// session runs statements inside one transaction. A text that is used again is
// not parsed again.
type session struct {
	*sql.Tx
	dialect *dialect
	ready   map[string]*sql.Stmt // they end with the transaction
}

func (j *Journal) session(tx *sql.Tx) session {
	return session{tx, j.dialect, map[string]*sql.Stmt{}}
}

// write runs fn in a transaction of the only writer. fn gets nothing but the
// transaction: no other journal method may be called, and no cursor may be open
// while it writes. An error takes everything back.
func (j *Journal) write(ctx context.Context, fn func(ctx context.Context, s session) error) error {
	if ctx.Value(insideKey{}) != nil {
		return errNested
	}
	if j.writer == nil {
		return errReadOnly
	}

	tx, err := j.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to write the journal: %w", err)
	}
	began := time.Now()
	defer func() {
		_ = tx.Rollback() // of what was committed there is nothing to take back
		j.held(time.Since(began))
	}()

	if err := fn(context.WithValue(ctx, insideKey{}, true), j.session(tx)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit to the journal: %w", err)
	}
	return nil
}

// read runs fn on one consistent view of the journal, beside the writer.
func (j *Journal) read(ctx context.Context, fn func(ctx context.Context, s session) error) error {
	if ctx.Value(insideKey{}) != nil {
		return errNested
	}

	tx, err := j.reader.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to read the journal: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written

	return fn(context.WithValue(ctx, insideKey{}, true), j.session(tx))
}

// exec runs a statement and tells how many rows it changed.
func (s session) exec(ctx context.Context, query string, args ...any) (int, error) {
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// one scans the first row of a query; sql.ErrNoRows when there is none.
func (s session) one(ctx context.Context, query string, args []any, into ...any) error {
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(into...)
}

// each calls fn for every row of a query. fn scans the row and must not use the
// session: the cursor is open.
func (s session) each(ctx context.Context, query string, args []any, fn func(scan func(...any) error) error) error {
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err below tells what matters

	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// texts reads the only column of a query.
func (s session) texts(ctx context.Context, query string, with ...any) (list []string, err error) {
	err = s.each(ctx, query, with, func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		list = append(list, text)
		return err
	})
	return list, err
}

func (s session) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, have := s.ready[query]; have {
		return stmt, nil
	}
	stmt, err := s.PrepareContext(ctx, s.dialect.spell(query))
	if err == nil {
		s.ready[query] = stmt
	}
	return stmt, err
}

// args makes an argument list readable where a call takes destinations as well.
func args(list ...any) []any { return list }
