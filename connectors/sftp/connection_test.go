package sftp_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/drop/droptest"
	"rentalsync/connectors/sftp"
	"rentalsync/connectors/sftp/sftptest"
	"rentalsync/pipeline"
)

func logTo(out io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func TestNothingIsDialledBeforeItIsNeeded(t *testing.T) {
	t.Parallel()
	client, err := sftp.Open(sftp.Config{Host: "erp.example", User: "rental", Password: secret,
		Dial: func(context.Context, string, string) (net.Conn, error) {
			t.Error("it was dialled")
			return nil, errors.New("no")
		}})
	if err != nil {
		t.Fatal(err)
	}
	medium(t, client, "out").Now()
	if err := errors.Join(client.Close(), client.Close()); err != nil {
		t.Error(err)
	}
	if _, err := medium(t, client, "out").List(t.Context(), inbox(".")); !errors.Is(err, sftp.ErrClosed) {
		t.Errorf("after it was closed: %v", err)
	}
}

func TestDropsAndOutboxesShareOneConnection(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{})
	client := open(t, server.Account, nil)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := medium(t, client, server.Dir).List(t.Context(), inbox(".")); err != nil {
				t.Error(err)
			}
			if _, err := client.Outbox("/reports", "").Put(t.Context(), "night.csv", says("text")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := server.LogIns(); n != 1 {
		t.Errorf("it logged in %d times", n)
	}
}

func TestAServerThatWasRestartedIsLookedIntoAgain(t *testing.T) {
	t.Parallel()
	drop, server := begin(t, sftptest.Options{})
	for i := range 3 {
		if _, err := drop.List(t.Context(), inbox(".")); err != nil {
			t.Fatalf("look %d: %v", i+1, err)
		}
		server.Stop()
		server.Restart()
	}
}

func TestAServerThatIsDownIsAwayUntilItIsBack(t *testing.T) {
	t.Parallel()
	fs, server := begin(t, sftptest.Options{})
	server.Stop()
	if _, err := fs.List(t.Context(), inbox(".")); !errors.Is(err, pipeline.ErrUnreachable) {
		t.Errorf("error is %v", err)
	}
	server.Restart()
	if _, err := fs.List(t.Context(), inbox(".")); err != nil {
		t.Errorf("once it is back: %v", err)
	}
}

func TestAConnectionThatIsCutEndsNoFileEarly(t *testing.T) {
	t.Parallel()
	const size = 3 << 20
	for _, after := range []int64{0, 1000, 40_000, 300_000, 1 << 20, size - 1} {
		drop, server := begin(t, sftptest.Options{})
		fill(t, filepath.Join(server.Local, "a.csv"), size)
		src, err := drop.Open(t.Context(), inbox("a.csv"))
		if err != nil {
			t.Fatal(err)
		}
		server.CutAfter(after)
		n, err := io.Copy(io.Discard, src)
		if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || n >= size {
			t.Errorf("cut after %d bytes: %d were read, %v", after, n, err)
		}
		_ = src.Close()

		// The next one is on a new connection.
		if got := content(t, drop, inbox("a.csv")); len(got) != size {
			t.Errorf("cut after %d bytes: then %d bytes were read", after, len(got))
		}
	}
}

func TestAFileThatTheServerEndsEarlyIsAnError(t *testing.T) {
	t.Parallel()
	for _, size := range []int{32<<10 + 1, 64 << 10, 300_000} {
		drop, server := begin(t, sftptest.Options{EndsAt: 32 << 10})
		fill(t, filepath.Join(server.Local, "a.csv"), size)
		src, err := drop.Open(t.Context(), inbox("a.csv"))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, src); err == nil || errors.Is(err, io.ErrUnexpectedEOF) || n != 32<<10 {
			t.Errorf("of %d bytes %d were read, %v", size, n, err)
		}
		_ = src.Close()
	}
}

func TestAFileThatGrowsIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]sftptest.Account{
		"on a simple server": sftptest.Start(t, sftptest.Options{}).Account,
		"on OpenSSH":         sftptest.OpenSSH(t).Account,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(a.Local, "a.csv")
			fill(t, path, 10)
			src, err := medium(t, open(t, a, nil), a.Dir).Open(t.Context(), inbox("a.csv"))
			if err != nil {
				t.Fatal(err)
			}
			fill(t, path, 1<<20)
			got, err := io.ReadAll(src)
			if err := errors.Join(err, src.Close()); err != nil || string(got) != read(t, path) {
				t.Errorf("%d bytes were read, %v", len(got), err)
			}
		})
	}
}

func TestACallDuringWhichTheLineIsCutIsMadeAgain(t *testing.T) {
	t.Parallel()
	from, to := inbox("a.csv"), archive("2026/11/a.csv")
	for name, tt := range map[string]struct {
		options sftptest.Options
		cut     string
		call    func(t *testing.T, fs *sftp.FS) error
		want    drop.Path
	}{
		"a move whose answer is lost": {cut: "Rename", want: to, call: func(t *testing.T, fs *sftp.FS) error {
			return fs.Rename(t.Context(), from, to)
		}},
		"a move while a folder is made": {cut: "Mkdir", want: to, call: func(t *testing.T, fs *sftp.FS) error {
			return fs.Rename(t.Context(), from, to)
		}},
		"a move by posix-rename": {options: sftptest.Options{NoPlainRename: true}, cut: "PosixRename", want: to, call: func(t *testing.T, fs *sftp.FS) error {
			return fs.Rename(t.Context(), from, to)
		}},
		"a move to another disk of a server that sets no times": {
			options: sftptest.Options{Apart: byArea, NoTimes: true}, cut: "Remove", want: to,
			call: func(t *testing.T, fs *sftp.FS) error { return fs.Rename(t.Context(), from, to) },
		},
		"a file that is replaced": {cut: "PosixRename", want: from, call: func(t *testing.T, fs *sftp.FS) error {
			return fs.WriteFile(t.Context(), from, says("text"))
		}},
		"a file that is replaced without posix-rename": {options: sftptest.Options{NoPosixRename: true}, cut: "Rename", want: from, call: func(t *testing.T, fs *sftp.FS) error {
			return fs.WriteFile(t.Context(), from, says("text"))
		}},
		"a removal": {cut: "Remove", want: inbox("b.csv"), call: func(t *testing.T, fs *sftp.FS) error {
			return fs.Remove(t.Context(), from)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs, server := begin(t, tt.options)
			up := droptest.Folder(server.Local)
			if err := errors.Join(up.Write("a.csv", "text", midnight), up.Write("b.csv", "text", midnight)); err != nil {
				t.Fatal(err)
			}
			if _, err := fs.List(t.Context(), inbox(".")); err != nil { // reads the clock, which renames nothing
				t.Fatal(err)
			}
			server.CutOn(tt.cut)
			if err := tt.call(t, fs); err != nil {
				t.Fatal(err)
			}
			if got := content(t, fs, tt.want); got != "text" {
				t.Errorf("%s holds %q", tt.want, got)
			}
			if tt.want == to {
				wantGone(t, fs, from)
			}
			if n := server.LogIns(); n != 2 {
				t.Errorf("it logged in %d times", n)
			}
		})
	}
}

func TestAnUploadThatIsCutBeginsAnew(t *testing.T) {
	t.Parallel()
	fs, server := begin(t, sftptest.Options{})
	text := strings.Repeat("0123456789abcdef", 1<<16)
	if _, err := fs.List(t.Context(), inbox(".")); err != nil {
		t.Fatal(err)
	}
	server.CutAfter(1000) // the answers to some pieces
	if err := fs.WriteFile(t.Context(), archive("a.csv"), says(text)); err != nil {
		t.Fatal(err)
	}
	if got := content(t, fs, archive("a.csv")); got != text {
		t.Errorf("%d bytes arrived", len(got))
	}
	if n := server.LogIns(); n != 2 {
		t.Errorf("it logged in %d times", n)
	}
}

func TestAServerThatFallsSilentIsLeft(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{})
	client := open(t, server.Account, func(c *sftp.Config) { c.KeepAlive = 500 * time.Millisecond })
	fs := medium(t, client, server.Dir)
	if _, err := fs.List(t.Context(), inbox(".")); err != nil {
		t.Fatal(err)
	}
	server.Freeze()
	if _, err := fs.List(t.Context(), inbox(".")); err != nil {
		t.Errorf("after it fell silent: %v", err)
	}
	if n := server.LogIns(); n < 2 {
		t.Errorf("it logged in %d times", n)
	}
}

func TestAnIdleConnectionIsKept(t *testing.T) {
	t.Parallel()
	d := sftptest.OpenSSH(t)
	asked := make(chan struct{}, 100)
	client := open(t, d.Account, func(c *sftp.Config) {
		c.KeepAlive = 500 * time.Millisecond
		c.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			return &counted{conn, asked}, err
		}
	})
	fs := medium(t, client, d.Dir)
	if _, err := fs.List(t.Context(), inbox(".")); err != nil {
		t.Fatal(err)
	}
	for len(asked) > 0 {
		<-asked
	}
	for range 3 { // only the questions whether it is still there write now
		<-asked
	}
	if _, err := fs.List(t.Context(), inbox(".")); err != nil {
		t.Error(err)
	}
}

// counted tells of every write, as long as somebody listens.
type counted struct {
	net.Conn
	written chan struct{}
}

func (c *counted) Write(p []byte) (int, error) {
	select {
	case c.written <- struct{}{}:
	default:
	}
	return c.Conn.Write(p)
}

func TestWhoStopsWaitingIsLetGo(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{})
	drop := medium(t, open(t, server.Account, nil), server.Dir)
	fill(t, filepath.Join(server.Local, "a.csv"), 8<<20)
	ctx, cancel := context.WithCancel(t.Context())
	src, err := drop.Open(ctx, inbox("a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	server.Freeze()
	for what, call := range map[string]func(ctx context.Context) error{
		"look":  func(ctx context.Context) error { _, err := drop.List(ctx, inbox(".")); return err },
		"open":  func(ctx context.Context) error { _, err := drop.Open(ctx, inbox("a.csv")); return err },
		"move":  func(ctx context.Context) error { return drop.Rename(ctx, inbox("a.csv"), archive("a.csv")) },
		"write": func(ctx context.Context) error { return drop.WriteFile(ctx, archive("b.csv"), says("text")) },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if err := call(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", what, err)
		}
		cancel()
	}
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := io.Copy(io.Discard, src); !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
	_ = src.Close()
}

func TestAServerThatDoesNotGreetIsGivenUp(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	a := sftptest.Start(t, sftptest.Options{}).Account
	a.Port = listener.Addr().(*net.TCPAddr).Port

	err = look(t, a, func(c *sftp.Config) { c.Timeout = 50 * time.Millisecond })
	if err == nil || !strings.Contains(err.Error(), "did not let us in within 50ms") {
		t.Errorf("error is %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := medium(t, open(t, a, nil), a.Dir).List(ctx, inbox(".")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
}

func TestClosingEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{})
	client := open(t, server.Account, nil)
	drop := medium(t, client, server.Dir)
	if _, err := drop.List(t.Context(), inbox(".")); err != nil {
		t.Fatal(err)
	}
	server.Freeze()
	failed := make(chan error)
	go func() {
		_, err := drop.List(t.Context(), inbox("."))
		failed <- err
	}()
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; !errors.Is(err, sftp.ErrClosed) {
		t.Errorf("error is %v", err)
	}
}

func TestAServerThatCannotBeReachedIsTriedEverMoreSeldom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var dialled []time.Time
		client, err := sftp.Open(sftp.Config{Host: "erp.example", User: "rental", Password: secret,
			Dial: func(context.Context, string, string) (net.Conn, error) {
				dialled = append(dialled, time.Now())
				return nil, errors.New("connection refused")
			}})
		if err != nil {
			t.Fatal(err)
		}
		fs := medium(t, client, "out")
		for range 10 {
			if _, err := fs.List(t.Context(), inbox(".")); err == nil || !strings.Contains(err.Error(), "connect to erp.example:22") {
				t.Fatalf("error is %v", err)
			}
		}
		longest := time.Second
		for i := range dialled[1:] {
			if d := dialled[i+1].Sub(dialled[i]); d > longest || d < longest/2 {
				t.Errorf("pause %d is %s, want about %s", i+1, d, longest)
			}
			longest = min(2*longest, time.Minute)
		}

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := fs.List(ctx, inbox(".")); !errors.Is(err, context.DeadlineExceeded) || len(dialled) != 10 {
			t.Errorf("while it waits: %v", err)
		}
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
}

// content reads a file through the medium.
func content(t *testing.T, medium drop.FS, file drop.Path) string {
	t.Helper()
	src, err := medium.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(src)
	if err := errors.Join(err, src.Close()); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func wantGone(t *testing.T, medium drop.FS, file drop.Path) {
	t.Helper()
	if e, err := medium.Stat(t.Context(), file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is there: %+v, %v", file, e, err)
	}
}

func says(text string) func(io.Writer) error {
	return func(out io.Writer) error {
		_, err := io.WriteString(out, text)
		return err
	}
}

var midnight = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
