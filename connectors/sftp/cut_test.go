package sftp_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/drop/droptest"
	"rentalsync/connectors/sftp"
	"rentalsync/connectors/sftp/sftptest"
)

// network is one that cuts a connection after so many bytes that we sent.
type network struct {
	mu    sync.Mutex
	armed bool
	left  int
}

func (n *network) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	return &cable{conn, n}, err
}

func (n *network) cutAfter(bytes int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.armed, n.left = true, bytes
}

// whole tells whether nothing was cut, and lets nothing be cut any more.
func (n *network) whole() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	whole := n.armed
	n.armed = false
	return whole
}

type cable struct {
	net.Conn
	*network
}

func (c *cable) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.armed {
		return c.Conn.Write(p)
	}
	if len(p) <= c.left {
		c.left -= len(p)
		return c.Conn.Write(p)
	}
	c.armed = false
	n, _ := c.Conn.Write(p[:c.left])
	return n, errors.Join(net.ErrClosed, c.Conn.Close())
}

// Wherever the line is cut during a move or a write, on a real server, the call
// succeeds on a second line, and nothing is lost, halved or doubled.
func TestALineThatIsCutAnywhereLosesNothing(t *testing.T) {
	t.Parallel()
	d := sftptest.OpenSSH(t)
	var network network
	medium := medium(t, open(t, d.Account, func(c *sftp.Config) { c.Dial = network.dial }), d.Dir)
	text := strings.Repeat("row\n", 1<<15)
	if _, err := medium.List(t.Context(), inbox(".")); err != nil {
		t.Fatal(err)
	}

	for name, tt := range map[string]struct {
		step int
		call func() error
		want drop.Path
	}{
		"move":  {97, func() error { return medium.Rename(t.Context(), inbox("a.csv"), archive("2026/11/a.csv")) }, archive("2026/11/a.csv")},
		"write": {9973, func() error { return medium.WriteFile(t.Context(), inbox("a.csv"), says(text)) }, inbox("a.csv")},
	} {
		for cut, whole := 0, false; !whole; cut += tt.step {
			if err := droptest.Folder(d.Local).Write("a.csv", text, midnight); err != nil {
				t.Fatal(err)
			}
			network.cutAfter(cut)
			if err := tt.call(); err != nil {
				t.Fatalf("%s, cut after %d bytes: %v", name, cut, err)
			}
			whole = network.whole()
			if got := content(t, medium, tt.want); got != text {
				t.Errorf("%s, cut after %d bytes: it holds %d bytes", name, cut, len(got))
			}
			wantTidy(t, medium, d, tt.want)
		}
	}
}

// wantTidy checks that a file is all that there is, and takes it away.
func wantTidy(t *testing.T, medium *sftp.FS, d *sftptest.Daemon, only drop.Path) {
	t.Helper()
	var files []string
	err := filepath.WalkDir(d.Local, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) != 1 {
		t.Errorf("there are %q, %v; want %s alone", files, err, only)
	}
	if err := medium.Remove(t.Context(), only); err != nil {
		t.Error(err)
	}
}
