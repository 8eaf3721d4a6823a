package pipeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// HoldPage is what a person reads who was woken because a run is held: one page
// that tells which night it is, what it would change against which limit, that
// nothing was changed so far, and what can be done.
func HoldPage(run Run, deliveries []Delivery, rows RowTotals, breaches []Breach) string {
	var b strings.Builder
	b.WriteString(holdSubject(run) + "\n\n")
	writeWrapped(&b, "", "Neither the register nor IRIS was changed by it, and nothing will be until somebody decides.")

	b.WriteString("\nWhat it would change\n")
	for _, breach := range breaches {
		breach.write(&b)
	}
	if len(breaches) == 0 {
		writeWrapped(&b, "  ", orElse(run.Reason, "It is not known why it is held."))
	}

	writeRead(&b, run, deliveries, rows)
	writeChoices(&b, run)
	return b.String()
}

// writeRead tells where a held run is from, while that is known.
func writeRead(b *strings.Builder, run Run, deliveries []Delivery, rows RowTotals) {
	if len(deliveries) == 0 && !run.Reverts {
		return
	}
	b.WriteString("\nWhat was read\n")
	if run.Reverts {
		writeWrapped(b, "  ", fmt.Sprintf("Nothing: somebody asked to take back the nights from %s on.", run.BusinessDate))
		return
	}
	for i := range deliveries {
		writeWrapped(b, "  ", holdLine(&deliveries[i]))
	}
	fmt.Fprintf(b, "  Together %s: %d mapped, %d skipped, %d rejected.\n", counted(rows.Read, "row"), rows.Mapped, rows.Skipped, rows.Rejected)
}

// writeChoices tells what can be done about a held run.
func writeChoices(b *strings.Builder, run Run) {
	approve := "The night is right: it becomes true, and what it changes is sent."
	discard := "The night is wrong: it is forgotten. Let the ERP write its files again."
	undecided := "A newer complete night replaces this one. Files that hold only changes wait behind it until then, and so do the portals of the customers."
	if len(run.Lacks) > 0 {
		undecided = "The missing file joins this night when it comes, and then the night goes its way by itself. " + undecided
	}
	if run.Reverts {
		approve = "The nights are taken back, and what differs without them is sent."
		discard = "The nights stay as they are."
		undecided = "The nights stay as they are, but all newer files wait behind this, and so do the portals of the customers."
	}
	fmt.Fprintf(b, "\nWhat to do\n  %s\n      %s\n", approveCommand(run), approve)
	fmt.Fprintf(b, "  %s\n      %s\n", discardCommand(run), discard)
	b.WriteString("\nIf nobody decides\n")
	writeWrapped(b, "  ", undecided)
}

func holdSubject(run Run) string {
	return fmt.Sprintf("rentalsync holds %s of flow %s", run.About(), run.Flow)
}

// About is what a run works, as it reads in a sentence.
func (r *Run) About() string {
	if r.Reverts {
		return fmt.Sprintf("the taking back of the nights from %s on", r.BusinessDate)
	}
	return "the night of " + r.BusinessDate
}

func approveCommand(run Run) string { return "rentalsync approve " + run.ID }
func discardCommand(run Run) string { return "rentalsync discard " + run.ID }

// write adds a breach to a page, as its own few lines.
func (br Breach) write(b *strings.Builder) {
	writeWrapped(b, "  ", fmt.Sprintf("%s: %s.", br.Gate, br.What))
	if br.Hint != "" {
		writeWrapped(b, "      ", sentence(br.Hint))
	}
	if len(br.Examples) > 0 {
		writeWrapped(b, "      ", "For example "+strings.TrimSuffix(strings.Join(br.Examples, ", "), ".")+".") // names end with Inc.
	}
}

// holdLine tells what was read of one file.
func holdLine(d *Delivery) string {
	if d.State == DeliveryQuarantined || d.State == DeliveryReleased {
		return fmt.Sprintf("%s: not read, %s", d.Name, orElse(d.Reason, "it is "+d.State.String()))
	}
	return fmt.Sprintf("%s: %s", d.Name, counted(d.Rows.Read, "row"))
}

// HoldJSON is the page for programs.
func HoldJSON(run Run, deliveries []Delivery, rows RowTotals, breaches []Breach) ([]byte, error) {
	type delivery struct {
		Name   string `json:"name"`
		Read   int    `json:"read"`
		State  string `json:"state"`
		Reason string `json:"reason,omitempty"`
	}
	out := struct {
		Flow         string     `json:"flow"`
		Run          string     `json:"run"`
		BusinessDate string     `json:"businessDate"`
		State        RunState   `json:"state"`
		Subject      string     `json:"subject"`
		Reason       string     `json:"reason,omitempty"`
		Breaches     []Breach   `json:"breaches"`
		Deliveries   []delivery `json:"deliveries"`
		Rows         RowTotals  `json:"rows"`
		Approve      string     `json:"approve"` // the command that lets the night pass
		Discard      string     `json:"discard"` // the command that forgets it
	}{
		Flow: run.Flow, Run: run.ID, BusinessDate: run.BusinessDate, State: RunHeld, Subject: holdSubject(run), Reason: run.Reason,
		Breaches: append([]Breach{}, breaches...), Deliveries: []delivery{}, Rows: rows,
		Approve: approveCommand(run), Discard: discardCommand(run),
	}
	for i := range deliveries {
		d := &deliveries[i]
		out.Deliveries = append(out.Deliveries, delivery{d.Name, d.Rows.Read, d.State.String(), d.Reason})
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // names of companies hold an &
	enc.SetIndent("", "  ")
	err := enc.Encode(out)
	return bytes.TrimSpace(text.Bytes()), err
}

// HoldNotice is what notifiers bring to people of a run that is held.
func HoldNotice(run Run, deliveries []Delivery, rows RowTotals, breaches []Breach) Notice {
	return Notice{
		Flow: run.Flow, Run: run.ID, BusinessDate: run.BusinessDate,
		Subject: holdSubject(run), Text: HoldPage(run, deliveries, rows, breaches),
		Breaches: append([]Breach{}, breaches...),
	}
}

// pageWidth is how wide a page may be: it is read in terminals and mails.
const pageWidth = 78

// writeWrapped writes a text in lines that fit the page, each indented. A word
// that is longer than a line stays whole, and a unit stays with its number.
func writeWrapped(b *strings.Builder, indent, text string) {
	line := indent
	for _, word := range strings.Fields(strings.ReplaceAll(text, " %", hardBlank+"%")) {
		if len(line) > len(indent) && utf8.RuneCountInString(line+" "+word) > pageWidth {
			b.WriteString(line + "\n")
			line = indent
		}
		if len(line) > len(indent) {
			line += " "
		}
		line += strings.ReplaceAll(word, hardBlank, " ")
	}
	b.WriteString(line + "\n")
}

// hardBlank stands for a blank at which no line ends.
const hardBlank = "\x00"

// sentence begins with a capital letter and ends with a full stop.
func sentence(text string) string {
	_, size := utf8.DecodeRuneInString(text)
	return strings.ToUpper(text[:size]) + text[size:] + "."
}

// counted is a number of things in words: "1 row", "2 rows".
func counted(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
