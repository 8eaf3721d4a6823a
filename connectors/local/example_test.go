package local_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/local"
	"rentalsync/pipeline"
)

// A file goes from the inbox to the archive. The journal keeps the places in
// between, so that each move can be made again.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "drop")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	medium, err := local.Open(local.Dirs{
		Inbox:      filepath.Join(dir, "inbox"),
		Archive:    filepath.Join(dir, "archive"),
		Quarantine: filepath.Join(dir, "quarantine"),
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer medium.Close()
	watcher, err := drop.New(medium, drop.Options{Archive: "archive/{date:YYYY/MM}"})
	if err != nil {
		log.Fatal(err)
	}

	// The ERP drops a file.
	err = os.WriteFile(filepath.Join(dir, "inbox", "EQUIP_20261121.csv"), []byte("Nr;Status\n4711;R\n"), 0o600)
	if err != nil {
		log.Fatal(err)
	}

	look, err := watcher.Scan(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range look.Ready {
		d := &pipeline.Delivery{ID: "01K", Name: f.Name, BusinessDate: "2026-11-21"}
		claimed := watcher.ClaimPlace(d)
		if err := watcher.Claim(ctx, f.Name, claimed); err != nil {
			log.Fatal(err)
		}
		archived, err := watcher.ArchivePlace(ctx, d)
		if err != nil {
			log.Fatal(err)
		}
		if err := watcher.Move(ctx, claimed, archived, ""); err != nil {
			log.Fatal(err)
		}
		fmt.Println(claimed)
		fmt.Println(archived)
	}

	// Output:
	// .rentalsync/01K/EQUIP_20261121.csv
	// archive/2026/11/EQUIP_20261121.csv
}
