package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"rentalsync/connectors/iris"
	"rentalsync/pipeline/rental"
)

func newEquipmentCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "equipment FILE...",
		Short: "Shows the machines of a saved telematics document of any maker",
		Long: `equipment reads documents of ISO 15143-3 (AEMP 2.0) or AEMP 1.2, XML or JSON, as
the servers of machine makers answer with, and writes a JSON line for each
machine. FILE may be compressed, or - for stdin. No config is needed.

Blocks and fields have the names of ISO 15143-3, whatever the maker calls them;
what the standard does not know keeps its own name. What a machine does not
report is not there: it is never 0 and never null. Times are UTC, under datetime.
Durations such as PT13H28M are hours with decimals. Distances are in kilometres,
heights in metres, fuel in litres, loads in kilograms and speeds in kilometres
per hour; where the maker has another unit, asSent beside it holds the number
and unit that came. A unit that is not known is left as it came, with its number.
A block that is there several times is told by its newest; a place of exactly
0, 0 is what devices without reception send, and is left out.

A machine with something wrong in it is a line with its place, what names it, and
its errors; the others are not harmed. Exit codes: 0 every machine was read; 3
some have errors; 1 a document is refused or breaks off, with the reason.`,
		Example: "  rentalsync equipment fleet.xml\n" +
			"  rentalsync equipment page-*.json.gz > machines.jsonl\n" +
			"  curl -s https://maker.example/Fleet/1 | rentalsync equipment -",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			out := bufio.NewWriterSize(a.stdout, 1<<16)
			w := &equipmentWriter{out: out}
			err := a.equipment(cmd.Context(), w, args)
			if flushed := out.Flush(); err == nil {
				err = flushed
			}
			if err == nil && w.bad > 0 {
				fmt.Fprintf(a.stderr, "rentalsync: %s read, %d with errors\n", counted{w.read, "machine"}, w.bad)
				err = attention()
			}
			return err
		},
	}
}

// equipment reads one document after the other. One that is refused does not
// keep the others from being read.
func (a *app) equipment(ctx context.Context, w *equipmentWriter, paths []string) (err error) {
	for _, path := range paths {
		refused := a.document(ctx, w, path)
		var file *unwritten
		if errors.As(refused, &file) || ctx.Err() != nil {
			return cmp.Or(context.Cause(ctx), refused)
		}
		err = errors.Join(err, refused)
	}
	return err
}

func (a *app) document(ctx context.Context, w *equipmentWriter, path string) error {
	src, _, err := a.open(ctx, path)
	if err != nil {
		return err
	}
	defer src.Close() //nolint:errcheck // it was only read

	text, err := uncompressed(src)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", path, err)
	}
	for eq, err := range iris.ReadEquipment(text) {
		if err == nil {
			err = w.write(path, eq)
		}
		if err != nil {
			return refusal(path, err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// refusal names the document, but for a failure to write that is none of its.
func refusal(path string, err error) error {
	var file *unwritten
	if errors.As(err, &file) {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends too early: it was cut; fetch it again")
	}
	return fmt.Errorf("read %s: %w", path, err)
}

// uncompressed unpacks a file that is compressed whatever its name is.
func uncompressed(src io.Reader) (io.Reader, error) {
	in := bufio.NewReader(src)
	if first, err := in.Peek(2); err != nil || first[0] != 0x1f || first[1] != 0x8b {
		return in, nil //nolint:nilerr // a document that is shorter is refused by who reads it
	}
	return gzip.NewReader(in)
}

// unwritten is a failure to write the answer.
type unwritten struct{ error }

// Unwrap returns what went wrong.
func (e *unwritten) Unwrap() error { return e.error }

// equipmentWriter writes a JSON line for each machine.
type equipmentWriter struct {
	out       *bufio.Writer
	line      []byte
	read, bad int
}

func (w *equipmentWriter) write(path string, eq *iris.Equipment) error {
	w.read++
	if len(eq.Faults) > 0 {
		w.bad++
		w.line = appendBad(w.line[:0], path, eq)
	} else {
		w.line = eq.AppendJSON(w.line[:0])
	}
	w.line = append(w.line, '\n')
	if _, err := w.out.Write(w.line); err != nil {
		return &unwritten{err}
	}
	return nil
}

// appendBad writes where a bad machine stands, what names it, and its faults.
func appendBad(b []byte, path string, eq *iris.Equipment) []byte {
	b = append(b, `{"origin":{"file":`...)
	b = rental.AppendText(b, path)
	b = append(b, `,"item":`...)
	b = strconv.AppendInt(b, int64(eq.Item), 10)
	b = append(b, '}')
	if header := eq.AppendHeader(nil); header != nil {
		b = append(b, `,"EquipmentHeader":`...)
		b = append(b, header...)
	}
	b = append(b, `,"errors":[`...)
	for i, f := range eq.Faults {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"field":`...)
		b = rental.AppendText(b, f.Column)
		b = append(b, `,"value":`...)
		b = rental.AppendText(b, f.Value)
		b = append(b, `,"what":`...)
		b = rental.AppendText(b, f.What)
		b = append(b, '}')
	}
	return append(b, "]}"...)
}
