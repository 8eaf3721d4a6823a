package journal

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"rentalsync/pipeline"
)

var (
	_ pipeline.DeliveryJournal = (*Journal)(nil)
	_ pipeline.StageJournal    = (*Journal)(nil)
	_ pipeline.DispatchJournal = (*Journal)(nil)
	_ pipeline.ReportJournal   = (*Journal)(nil)
	_ pipeline.SnapshotJournal = (*Journal)(nil)
	_ pipeline.ListingJournal  = (*Journal)(nil)
)

// ErrInUse says that another process works the journal.
var ErrInUse = errors.New("another rentalsync works this journal; wait until it is through or stop it, then try again")

// ErrNewer says that a newer version of the program wrote the journal.
var ErrNewer = errors.New("the journal was written by a newer version of rentalsync; install that version, or one after it")

// ErrOlder says that a reader met a journal that a writer has to bring up to
// date first.
var ErrOlder = errors.New("the journal was written by an older version of rentalsync; start rentalsync run or once, which brings it up to date")

var errReadOnly = errors.New("the journal was opened for reading only")

// Journal is the durable state of rentalsync. All its methods may be called by
// several goroutines.
type Journal struct {
	path    string
	log     *slog.Logger
	lease   time.Duration
	history time.Duration
	dialect *dialect

	writer *sql.DB // one connection; nil when the journal is only read
	reader *sql.DB
	lock   *flock.Flock
	jobs   *jobs

	mu     sync.Mutex
	stats  Stats
	ending sync.Once
	ended  error
}

// Stats tells how the journal has been used since it was opened.
type Stats struct {
	Writes      int
	LongestHold time.Duration // the longest time the writer was held by one transaction
}

// Stats returns what was counted so far.
func (j *Journal) Stats() Stats {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.stats
}

// ResetStats begins to count anew.
func (j *Journal) ResetStats() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stats = Stats{}
}

func (j *Journal) held(d time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stats.Writes++
	j.stats.LongestHold = max(j.stats.LongestHold, d)
}

// Path is where the journal lies.
func (j *Journal) Path() string { return j.path }

// Close gives the journal back. Doing it twice is fine.
func (j *Journal) Close() error {
	j.ending.Do(func() {
		var errs []error
		if j.jobs != nil {
			errs = append(errs, j.jobs.stop(context.Background()))
		}
		if j.reader != nil {
			errs = append(errs, j.reader.Close())
		}
		if j.writer != nil {
			errs = append(errs, j.writer.Close())
		}
		if j.lock != nil {
			errs = append(errs, j.lock.Unlock())
		}
		j.ended = errors.Join(errs...)
	})
	return j.ended
}
