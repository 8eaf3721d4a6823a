package sftp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/sftp"
)

// A drop and an outbox on one server share a connection. It is made when the
// first of them needs it.
func Example() {
	ctx := context.Background()
	key, err := os.ReadFile("/etc/rentalsync/id")
	if err != nil {
		log.Fatal(err)
	}
	client, err := sftp.Open(sftp.Config{
		Host: "erp.example", User: "rental", Key: key,
		KnownHosts: []string{"/etc/rentalsync/known_hosts"},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	medium, err := client.FS(sftp.Dirs{Inbox: "/out", Archive: "archive", Quarantine: "quarantine"})
	if err != nil {
		log.Fatal(err)
	}
	watcher, err := drop.New(medium, drop.Options{Archive: "archive/{date:YYYY/MM}"})
	if err != nil {
		log.Fatal(err)
	}
	look, err := watcher.Scan(ctx)
	if wrong := (*sftp.HostKeyError)(nil); errors.As(err, &wrong) {
		fmt.Println("check this with the server's administrator:", wrong.Presented)
	}
	if err != nil {
		log.Fatal(err)
	}

	path, err := client.Outbox("/in", "").Put(ctx, "found.txt", func(out io.Writer) error {
		_, err := fmt.Fprintln(out, len(look.Ready), "files are ready")
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(path)
}
