package sftp_test

import (
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/sftp/sftptest"
)

// BenchmarkRead compares reading a large file with what the sftp program of
// OpenSSH takes for it, log-in included. ratio is how many times as long we take.
func BenchmarkRead(b *testing.B) {
	const size = 256 << 20
	d := sftptest.OpenSSH(b)
	binary := sftptest.Tool(b, "sftp")
	fill(b, filepath.Join(d.Local, "large.csv"), size)
	key := sftptest.WriteFile(b, "id", string(d.Key))

	began := time.Now()
	sftptest.Run(b, binary, "-q", "-i", key, "-P", strconv.Itoa(d.Port),
		"-o", "UserKnownHostsFile="+d.KnownHosts, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
		d.User+"@"+d.Host+":"+d.Dir+"/large.csv", os.DevNull)
	theirs := time.Since(began)

	b.SetBytes(size)
	for b.Loop() {
		client := open(b, d.Account, nil)
		src, err := medium(b, client, d.Dir).Open(b.Context(), drop.Path{Area: drop.Inbox, Name: "large.csv"})
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, src); err != nil || n != size {
			b.Fatalf("%d bytes were read, %v", n, err)
		}
		if err := src.Close(); err != nil {
			b.Fatal(err)
		}
		if err := client.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/theirs.Seconds(), "ratio")
}

// fill writes a large file of bytes that do not repeat.
func fill(t testing.TB, path string, size int) {
	t.Helper()
	text := make([]byte, size)
	if _, err := rand.Read(text); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
