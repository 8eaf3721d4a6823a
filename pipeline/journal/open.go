package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the embedded database
)

// Options say where the journal lies and how it is used.
type Options struct {
	// Path of the database file. Its folder is made when it is missing.
	Path string

	// Log takes what an operator may want to know; default: nothing is logged.
	Log *slog.Logger

	// Lease is how long a worker may keep an asset to itself without settling
	// it. It must outlive a request; default: 15s.
	Lease time.Duration

	// History is how long what closed runs have changed is kept, so that they can
	// be taken back; below zero it is not kept. Default: 400 days.
	History time.Duration
}

const (
	defaultLease   = 15 * time.Second
	defaultHistory = 400 * 24 * time.Hour
	idleReaders    = 4
)

// Open opens the journal for work, and makes or upgrades it where needed. One
// process works a journal: the error is ErrInUse while another does. What a
// process that died had in hand is taken back.
func Open(ctx context.Context, o Options) (*Journal, error) {
	path, err := o.check()
	if err != nil {
		return nil, err
	}
	if err := makeFile(path); err != nil {
		return nil, err
	}

	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock journal %q: %w", path, err)
	}
	if !locked {
		return nil, fmt.Errorf("open journal %q: %w", path, ErrInUse)
	}

	j := o.journal(path)
	j.lock = lock
	if err := j.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal %q: %w", path, err), j.Close())
	}
	return j, nil
}

// OpenReadOnly opens the journal beside whoever works it, to look at it. The
// error is fs.ErrNotExist while nobody has made it.
func OpenReadOnly(ctx context.Context, o Options) (*Journal, error) {
	path, err := o.check()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}

	j := o.journal(path)
	if j.reader, err = openPool(path, true); err != nil {
		return nil, err
	}
	if err := j.read(ctx, checkVersion); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal %q: %w", path, err), j.Close())
	}
	return j, nil
}

// OpenBeside opens the journal beside the process that works it, to write the
// little that a person asks for: what waits is released, a run is discarded, a
// snapshot is stored. Nothing is made, upgraded or taken back.
func OpenBeside(ctx context.Context, o Options) (*Journal, error) {
	j, err := OpenReadOnly(ctx, o)
	if err != nil {
		return nil, err
	}
	if j.writer, err = openPool(j.path, false); err == nil {
		j.jobs, err = newJobs(j)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open journal %q: %w", j.path, err), j.Close())
	}
	return j, nil
}

// Copy writes the whole journal, as it is now, to a new file beside the work.
func (j *Journal) Copy(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copy journal to %q: the file exists", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("copy journal: %w", err)
	}

	db, err := openPool(j.path, false)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it has only read

	if _, err := db.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return fmt.Errorf("copy journal %q to %q: %w", j.path, path, err)
	}
	return os.Chmod(path, 0o600)
}

func (o Options) check() (string, error) {
	if strings.HasPrefix(o.Path, "postgres:") || strings.HasPrefix(o.Path, "postgresql:") {
		return "", errors.New("this version keeps its journal in SQLite; write journal: sqlite:state/rentalsync.db")
	}
	if o.Path == "" {
		return "", errors.New("the journal has no path; write journal: sqlite:state/rentalsync.db")
	}
	return filepath.Abs(strings.TrimPrefix(o.Path, "sqlite:"))
}

func (o Options) journal(path string) *Journal {
	j := &Journal{path: path, log: o.Log, lease: o.Lease, dialect: &sqlite}
	if j.log == nil {
		j.log = slog.New(slog.DiscardHandler)
	}
	if j.lease == 0 {
		j.lease = defaultLease
	}
	if j.history = max(o.History, 0); o.History == 0 {
		j.history = defaultHistory
	}
	return j
}

// start readies a locked journal for work.
func (j *Journal) start(ctx context.Context) (err error) {
	if j.writer, err = openPool(j.path, false); err != nil {
		return err
	}
	if err := j.migrate(ctx); err != nil {
		return err
	}
	if j.reader, err = openPool(j.path, true); err != nil {
		return err
	}
	if j.jobs, err = newJobs(j); err != nil {
		return err
	}
	if err := j.takeBack(ctx); err != nil {
		return err
	}
	return j.sweep(ctx)
}

// takeBack frees what a process that is no more had in hand: this one holds the
// lock, so every lease is an orphan.
func (j *Journal) takeBack(ctx context.Context) error {
	return j.write(ctx, func(ctx context.Context, s session) error {
		for _, orphaned := range []string{
			`UPDATE dispatch SET owner = NULL, lease_ms = 0 WHERE owner IS NOT NULL`,
			takeJobsBack,
		} {
			if _, err := s.exec(ctx, orphaned); err != nil {
				return fmt.Errorf("take back what was in hand: %w", err)
			}
		}
		return nil
	})
}

// makeFile makes the folder and the file, for nobody else's eyes.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the journal's folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open journal: %w", err)
	}
	return f.Close()
}

// openPool opens connections to a database file. Writers begin their
// transactions as writers, so that none fails half way because of another: there is
// one of them. Of readers there are as many as are asked for: whoever reads a list
// looks other things up meanwhile, and with a limit several who do would wait for
// each other for ever.
func openPool(path string, readOnly bool) (*sql.DB, error) {
	q := url.Values{}
	q.Add("_pragma", "busy_timeout(10000)")
	q.Add("_pragma", "foreign_keys(1)")
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Add("_pragma", "temp_store(2)") // what closing gathers; readers may sort more than fits
		q.Add("_pragma", "cache_size(-20000)")
		q.Add("_pragma", "journal_size_limit(67108864)")
		q.Add("_pragma", "journal_mode(WAL)")
		q.Add("_pragma", "synchronous(FULL)")
		q.Set("_txlock", "immediate")
	}

	file := filepath.ToSlash(path)
	if runtime.GOOS == "windows" {
		file = "/" + file
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: file, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("open journal %q: %w", path, err)
	}
	if readOnly {
		db.SetMaxIdleConns(idleReaders)
	} else {
		db.SetMaxOpenConns(1)
		db.SetMaxIdleConns(1)
	}
	return db, nil
}
