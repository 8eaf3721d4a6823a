package sftp

import (
	"context"
	"fmt"
	"io"
	"strings"

	"rentalsync/pipeline"
)

// Outbox is a folder on a server that written files are put into.
type Outbox struct {
	client *Client
	dir    string
	shown  string
}

var _ pipeline.Outbox = (*Outbox)(nil)

// Outbox is a folder for written files on the server; it is made when the first
// file comes to it. shown is how the folder is named in the paths that people
// read; "" is the account and the folder.
func (c *Client) Outbox(dir, shown string) *Outbox {
	dir = home(dir)
	if shown == "" {
		shown = c.String() + "/" + strings.TrimPrefix(dir, "/")
	}
	return &Outbox{client: c, dir: dir, shown: strings.TrimSuffix(shown, "/")}
}

// Put writes a file whole or not at all. Its name may have folders, with forward
// slashes; they are made. It asks for the text again where the connection was
// lost on the way. Where the server lets nobody replace the file, because a program
// has it open, the new one gets the next free name, "night (2).csv".
func (o *Outbox) Put(ctx context.Context, name string, write func(io.Writer) error) (string, error) {
	if err := checkName(name); err != nil || name == "." {
		return "", fmt.Errorf("put %q: it is not a file's name below a folder; write it like reports/night.csv", name)
	}
	given, err := o.client.writeAside(ctx, o.dir, name, write)
	if err != nil {
		return "", fmt.Errorf("put %s: %w", o.shown+"/"+name, err)
	}
	return o.shown + "/" + given, nil
}
