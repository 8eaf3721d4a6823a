package local

import (
	"log/slog"
	"path/filepath"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// alarm tells that a folder should be looked into. Where the system cannot
// watch, as on shares of other machines, it stays silent.
type alarm struct {
	events  chan struct{}
	watcher *fsnotify.Watcher // nil: there is nothing to watch with
	stop    sync.Once
	done    sync.WaitGroup
}

func newAlarm(dir string, log *slog.Logger) *alarm {
	a := &alarm{events: make(chan struct{}, 1)}
	watcher, err := fsnotify.NewWatcher()
	if err == nil {
		if err = watcher.Add(dir); err != nil {
			_ = watcher.Close()
		}
	}
	if err != nil {
		log.Info("folder cannot be watched, files are found when it is scanned", "folder", dir, "error", err)
		return a
	}
	a.watcher = watcher
	a.done.Go(a.listen)
	return a
}

// listen passes on what may be a new file. Errors are worth a look as well:
// the usual one says that events were lost.
func (a *alarm) listen() {
	for {
		select {
		case e, open := <-a.watcher.Events:
			if !open {
				return
			}
			if e.Has(fsnotify.Create|fsnotify.Write) && !strings.HasPrefix(filepath.Base(e.Name), ".") {
				a.ring()
			}
		case _, open := <-a.watcher.Errors:
			if !open {
				return
			}
			a.ring()
		}
	}
}

// ring does not wait: an alarm that is not heard yet is as good as two.
func (a *alarm) ring() {
	select {
	case a.events <- struct{}{}:
	default:
	}
}

// Close stops listening and waits until it has stopped.
func (a *alarm) Close() error {
	var err error
	a.stop.Do(func() {
		if a.watcher != nil {
			err = a.watcher.Close()
		}
	})
	a.done.Wait()
	return err
}
