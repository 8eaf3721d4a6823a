package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// tellExplanation writes for people what is known of one thing.
func tellExplanation(w io.Writer, x *pipeline.Explanation, request bool) {
	fmt.Fprintf(w, "%s, flow %s, business date %s\n", x.Ref, x.Flow, orDash(x.Date))
	if x.Reference != "" {
		fmt.Fprintf(w, "  IRIS knows it as %q\n", x.Reference)
	}
	for _, said := range x.Says {
		fmt.Fprintf(w, "  %s\n", said)
	}

	tellFields(w, x.Fields)
	tellRentals(w, x)
	tellContracts(w, x.Contracts)
	if len(x.Customers) > 0 {
		heading(w, "merged customers")
		for _, c := range x.Customers[:min(len(x.Customers), listShown)] {
			fmt.Fprintf(w, "  %s  %s\n", c.Key, c.Says)
		}
		tellMore(w, len(x.Customers))
	}
	tellNaming(w, x.NamedBy)
	tellRemarks(w, x.Remarks)
	tellDocument(w, x.Document, request)
	tellAnswers(w, x)
	tellRuns(w, x.Runs)
	tellFiles(w, x.Files)
}

func heading(w io.Writer, text string) { fmt.Fprintf(w, "\n%s\n", text) }

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// tellFields writes one line a field: name, value, where it comes from.
func tellFields(w io.Writer, fields []pipeline.FieldStory) {
	if len(fields) == 0 {
		return
	}
	heading(w, "fields")
	tellLines(w, "  ", fields)
}

func tellLines(w io.Writer, indent string, fields []pipeline.FieldStory) {
	rows := make([][]string, len(fields))
	for i := range fields {
		rows[i] = []string{string(fields[i].Field), valueOf(&fields[i]), originOf(&fields[i])}
	}
	tellColumns(w, indent, rows)
}

func valueOf(f *pipeline.FieldStory) string {
	if f.Value == nil {
		return "(nothing)"
	}
	return *f.Value
}

// originOf is where a field comes from, in one line.
func originOf(f *pipeline.FieldStory) string {
	var parts []string
	if f.Delivery != "" {
		parts = append(parts, f.Delivery+placeOf(f))
	}
	switch {
	case len(f.Cells) > 0:
		for _, c := range f.Cells {
			parts = append(parts, fmt.Sprintf("%s %q", c.Column, c.Text))
		}
	case f.Column != "" && !strings.HasPrefix(f.Column, "=") && f.Column != "constant" && f.Column != "default":
		parts = append(parts, f.Column)
	}
	if f.Rule != "" {
		parts = append(parts, f.Rule)
	} else if strings.HasPrefix(f.Column, "=") || f.Column == "constant" || f.Column == "default" {
		parts = append(parts, f.Column)
	}
	switch {
	case f.Custom != "":
		parts = append(parts, f.Custom)
	case f.SentAs != "":
		parts = append(parts, fmt.Sprintf("sent as %s", f.SentAs))
	case !f.Sent:
		parts = append(parts, "not sent")
	}
	return strings.Join(parts, ", ")
}

func placeOf(f *pipeline.FieldStory) string {
	switch {
	case f.Line == 0:
		return ""
	case f.Sheet != "":
		return fmt.Sprintf(" sheet %s line %d", f.Sheet, f.Line)
	default:
		return fmt.Sprintf(" line %d", f.Line)
	}
}

func tellRentals(w io.Writer, x *pipeline.Explanation) {
	if len(x.Rentals) == 0 {
		return
	}
	heading(w, map[rental.Kind]string{rental.Asset: "rentals", rental.Item: "other rentals under this key", rental.Contract: "items"}[x.Kind])
	for i := range x.Rentals[:min(len(x.Rentals), listShown)] {
		r := &x.Rentals[i]
		fmt.Fprintf(w, "  %s, %s: asset %s, contract %s, customer %s; IRIS knows it as %q\n",
			r.Key, r.State, orDash(r.Asset), orDash(r.Contract), orDash(r.Customer), r.Reference)
		for _, said := range r.Says {
			fmt.Fprintf(w, "    %s\n", said)
		}
		tellLines(w, "    ", r.Dates)
	}
	tellMore(w, len(x.Rentals))
}

// listShown is how many entries of a list are written for people.
const listShown = 20

func tellMore(w io.Writer, all int) {
	if all > listShown {
		fmt.Fprintf(w, "  and %d more; --json tells all\n", all-listShown)
	}
}

func tellContracts(w io.Writer, list []pipeline.ContractStory) {
	if len(list) == 0 {
		return
	}
	heading(w, "contract status")
	rows := make([][]string, min(len(list), listShown))
	for i := range rows {
		rows[i] = []string{list[i].Key, strings.Join(list[i].Says, "; ")}
	}
	tellColumns(w, "  ", rows)
	tellMore(w, len(list))
}

func tellNaming(w io.Writer, list []pipeline.Saying) {
	if len(list) == 0 {
		return
	}
	heading(w, "named by")
	for _, s := range list {
		fmt.Fprintf(w, "  %s\n", s.Says)
	}
}

func tellRemarks(w io.Writer, list []pipeline.Remark) {
	if len(list) == 0 {
		return
	}
	heading(w, "remarks")
	for _, r := range list {
		fmt.Fprintf(w, "  %s  %s, %s%s: %s\n", r.Date, r.What, r.Delivery, lineOf(r.Origin), r.Says)
		if r.YAML != "" {
			fmt.Fprintf(w, "              this line would know it: %s\n", r.YAML)
		}
	}
}

func lineOf(at rental.Origin) string {
	if at.Line == 0 {
		return ""
	}
	return fmt.Sprintf(" line %d", at.Line)
}

func tellDocument(w io.Writer, d *pipeline.DocumentStory, request bool) {
	if d == nil {
		return
	}
	heading(w, "document: "+d.State)
	for _, said := range d.Says {
		fmt.Fprintf(w, "  %s\n", said)
	}
	switch {
	case d.Request == nil:
	case !request:
		fmt.Fprintln(w, "  --request shows it as it would go")
	default:
		var pretty bytes.Buffer
		_ = json.Indent(&pretty, d.Request, "  ", "  ") // what was encoded just now
		fmt.Fprintf(w, "  %s\n", pretty.String())
	}
}

func tellAnswers(w io.Writer, x *pipeline.Explanation) {
	if len(x.Answers) == 0 {
		return
	}
	heading(w, "last answer"+ofAsset(x))
	for _, a := range x.Answers {
		told := a.Outcome
		if a.Status != 0 {
			told += fmt.Sprintf(" %d", a.Status)
		}
		if a.Code != "" {
			told += " " + a.Code
		}
		if a.Message != "" {
			told += ": " + a.Message
		}
		fmt.Fprintf(w, "  %s  %s (account %s)\n", a.At.UTC().Format(time.DateTime+" MST"), told, a.Account)
	}
}

// ofAsset says whose answers an item's are: requests are one an asset.
func ofAsset(x *pipeline.Explanation) string {
	if x.Kind != rental.Item {
		return ""
	}
	return " to the document of its asset"
}

func tellRuns(w io.Writer, list []pipeline.PastOutcome) {
	if len(list) == 0 {
		return
	}
	heading(w, "last runs")
	var rows [][]string
	for i, o := range list {
		if i == listShown {
			break
		}
		outcome := o.Outcome
		if o.Status != 0 {
			outcome += fmt.Sprintf(" %d", o.Status)
		}
		why := o.Why
		if o.CarriedFrom != "" {
			why = strings.TrimPrefix(why+", carried in from run "+o.CarriedFrom, ", ")
		}
		rows = append(rows, []string{o.Date, outcome, "run " + o.Run, why})
	}
	tellColumns(w, "  ", rows)
	tellMore(w, len(list))
}

func tellFiles(w io.Writer, list []pipeline.FileStory) {
	if len(list) == 0 {
		return
	}
	heading(w, "files")
	rows := make([][]string, len(list))
	for i, f := range list {
		rest := fmt.Sprintf("mapping %s (version %s), taken %s, now %s", f.Mapping, f.Version, f.At.UTC().Format(time.DateTime+" MST"), f.Place)
		if f.Unread != "" {
			rest += "; its cells are not told: " + f.Unread
		}
		rows[i] = []string{f.Name, f.Date, rest}
	}
	tellColumns(w, "  ", rows)
}

// widest bounds a column, so that one long value does not push the others away.
const widest = 36

// tellColumns writes rows with their cells below each other.
func tellColumns(w io.Writer, indent string, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], min(utf8.RuneCountInString(cell), widest))
		}
	}
	for _, row := range rows {
		line := indent
		for i, cell := range row {
			if i < len(row)-1 {
				cell += strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(cell), 0)+2)
			}
			line += cell
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}
