package journal

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migration is one numbered step of the schema.
type migration struct {
	version int
	name    string
}

// steps lists the migrations in order: their names begin with their number.
func steps() ([]migration, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return nil, err
	}

	list := make([]migration, len(names))
	for i, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("migration %q has no place in the order: want %04d", name, i+1)
		}
		list[i] = migration{version, name}
	}
	return list, nil
}

const (
	makeMigrated = `
		CREATE TABLE IF NOT EXISTS migrated (
			version BIGINT PRIMARY KEY,
			at_ms   BIGINT NOT NULL
		)`
	newestMigrated = `SELECT COALESCE(MAX(version), 0) FROM migrated`
	addMigrated    = `INSERT INTO migrated (version, at_ms) VALUES ($1, @now_ms)`
)

// migrate brings an older database up to date, each step in its own
// transaction, and refuses a newer one.
func (j *Journal) migrate(ctx context.Context) error {
	list, err := steps()
	if err != nil {
		return err
	}

	have := 0
	err = j.write(ctx, func(ctx context.Context, s session) error {
		if _, err := s.exec(ctx, makeMigrated); err != nil {
			return fmt.Errorf("make the table of migrations: %w", err)
		}
		return s.one(ctx, newestMigrated, nil, &have)
	})
	if err != nil {
		return err
	}
	if have > len(list) {
		return fmt.Errorf("%w (it has schema %d, this version knows %d)", ErrNewer, have, len(list))
	}

	if err := migrateJobs(ctx, j.writer, j.log); err != nil {
		return err
	}
	for _, step := range list[have:] {
		if err := j.write(ctx, step.apply); err != nil {
			return err
		}
		j.log.Debug("journal migrated", "version", step.version)
	}
	return nil
}

func (m migration) apply(ctx context.Context, s session) error {
	text, err := migrations.ReadFile(m.name)
	if err != nil {
		return err
	}
	if _, err := s.ExecContext(ctx, s.dialect.spell(string(text))); err != nil {
		return fmt.Errorf("migrate the journal by %s: %w", m.name, err)
	}
	if m.version == searchesByRules {
		if err := refresh(ctx, s); err != nil {
			return fmt.Errorf("fill the columns of %s: %w", m.name, err)
		}
	}
	if m.version == customDigests {
		if err := refreshCustom(ctx, s); err != nil {
			return fmt.Errorf("find the custom values of records for %s: %w", m.name, err)
		}
	}
	_, err = s.exec(ctx, addMigrated, m.version)
	return err
}

// searchesByRules is the migration that gave records the columns which the
// rental rules search by.
const searchesByRules = 2

// customDigests is the migration that let records know their custom values.
const customDigests = 4

// checkVersion refuses a database that is not of this version.
func checkVersion(ctx context.Context, s session) error {
	list, err := steps()
	if err != nil {
		return err
	}

	var tables, have int
	err = s.one(ctx, `SELECT COUNT(*) FROM sqlite_master WHERE name = 'migrated'`, nil, &tables)
	if err == nil && tables > 0 {
		err = s.one(ctx, newestMigrated, nil, &have)
	}
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("ask for the schema's version: %w", err)
	case have > len(list):
		return ErrNewer
	case have < len(list):
		return ErrOlder
	}
	return nil
}
