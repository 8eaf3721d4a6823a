package main

import (
	"strings"
	"testing"
)

// story is a company of two branches whose nights are written by hand: machine
// 001 in Hamburg is on rent on line L1 since the first night, 002 stands in
// Munich.
type story struct {
	*ruleHouse
	t                     *testing.T
	fleet, lines, returns *feed
}

// newStory is such a company after its first night. A seed chooses after how many
// nights what is not named ends.
func newStory(t *testing.T, nights int) *story {
	t.Helper()
	seed := uint64(0)
	for n, asset := ruleFlow(seed); n != nights || asset != "report"; n, asset = ruleFlow(seed) {
		seed++
	}
	feeds := newFeeds(seed, "lines by branch")
	for _, f := range feeds {
		f.in, f.planned = f.name == "returns", false
		f.order = strings.Fields("line in")
		if f.name != "returns" {
			f.order = f.columns()
		}
		for _, column := range f.order {
			f.headers[column] = words[column][0]
		}
	}
	s := &story{ruleHouse: newHouse(t, seed, feeds), t: t, fleet: feeds[0], lines: feeds[1], returns: feeds[2]}
	s.night(0, s.machines("HH", "001"), s.machines("M", "002"), s.open("HH", l1), s.open("M", l2))
	s.is("001", "L1 open")
	return s
}

var (
	l1 = ruleRow{machine: "001", line: "L1", contract: "C1", customer: "K1", name: "Bau AG", out: day(-5), due: day(1)}
	l2 = ruleRow{machine: "002", line: "L2", contract: "C2", customer: "K1", name: "Bau AG", out: day(-4), due: day(1)}
	l3 = ruleRow{machine: "003", line: "L3", contract: "C3", customer: "K1", name: "Bau AG", out: day(-3), due: day(1)}
)

// machines is a branch's file of machines.
func (s *story) machines(branch string, numbers ...string) *ruleFile {
	f := &ruleFile{feed: s.fleet, tag: branch}
	for _, no := range numbers {
		f.rows = append(f.rows, ruleRow{branch: branch, machine: no, status: "ON_RENT"})
	}
	return f
}

// open is a branch's file of open lines.
func (s *story) open(branch string, rows ...ruleRow) *ruleFile {
	f := &ruleFile{feed: s.lines, tag: branch}
	for _, r := range rows {
		r.branch = branch
		f.rows = append(f.rows, r)
	}
	return f
}

// night works files of a date.
func (s *story) night(night int, files ...*ruleFile) {
	s.t.Helper()
	for _, f := range files {
		f.date, f.sequence = day(night), night
	}
	s.work(s.t, files)
}

// is compares what IRIS holds on a machine.
func (s *story) is(machine string, want ...string) {
	s.t.Helper()
	held, _ := s.held(s.t, "SN-"+machine)
	var got []string
	for _, i := range held.ContractItems {
		if i.OffRentDate == "" {
			got = append(got, i.ExternalReference+" open")
		} else {
			got = append(got, i.ExternalReference+" to "+i.OffRentDate[:10])
		}
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		s.t.Errorf("%s holds %q, want %q", machine, got, want)
	}
}

func bad(r ruleRow) ruleRow {
	r.bad = true
	return r
}

func TestAnOpenItemThatItsBranchNoLongerNamesEnds(t *testing.T) {
	t.Parallel()
	s := newStory(t, 1)
	s.night(1, s.open("HH", l3), s.open("M", l2))
	s.is("001", "L1 to "+day(1))
	s.night(2, s.open("HH", l1, l3), s.open("M", l2))
	s.is("001", "L1 open")
}

func TestALateRealDateReplacesTheInferredOne(t *testing.T) {
	t.Parallel()
	s := newStory(t, 1)
	s.night(3, s.open("HH", l3))
	s.is("001", "L1 to "+day(3))
	s.night(5, &ruleFile{feed: s.returns, tag: "ALL", rows: []ruleRow{{line: "L1", in: day(1)}}})
	s.is("001", "L1 to "+day(1))
	s.night(6, s.open("HH", l3))
	s.is("001", "L1 to "+day(1))
}

func TestAbsenceIsNotJudgedWhereItProvesNothing(t *testing.T) {
	t.Parallel()
	keyless := l3
	keyless.line = ""
	for name, night := range map[string]func(*story) []*ruleFile{
		"a rejected row names it": func(s *story) []*ruleFile {
			return []*ruleFile{s.open("HH", bad(l1), l3), s.open("M", l2)}
		},
		"a row of its branch has no key": func(s *story) []*ruleFile {
			return []*ruleFile{s.open("HH", keyless), s.open("M", l2)}
		},
		"a row lost its cells": func(s *story) []*ruleFile {
			torn := s.open("M", l2)
			torn.torn = true
			return []*ruleFile{s.open("HH", l3), torn}
		},
		"a file of the night cannot be read": func(s *story) []*ruleFile {
			broken := s.open("M", l2)
			broken.broken = true
			return []*ruleFile{s.open("HH", l3), broken}
		},
		"its branch sent no file": func(s *story) []*ruleFile {
			return []*ruleFile{s.open("M", l2)}
		},
		"it stands in another branch's file": func(s *story) []*ruleFile {
			return []*ruleFile{s.open("HH", l3), s.open("M", l1, l2)}
		},
		"another branch's file names it in a row that is rejected": func(s *story) []*ruleFile {
			return []*ruleFile{s.open("HH", l3), s.open("M", bad(l1), l2)}
		},
		"another mapping names it": func(s *story) []*ruleFile {
			return []*ruleFile{s.open("HH", l3), {feed: s.returns, tag: "ALL", rows: []ruleRow{{line: "L1"}}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t, 1)
			s.night(1, night(s)...)
			s.is("001", "L1 open")
		})
	}
}

func TestARowWithoutKeySuspendsItsOwnBranchAlone(t *testing.T) {
	t.Parallel()
	s := newStory(t, 1)
	keyless := l2
	keyless.line = ""
	s.night(1, s.open("HH", l3), s.open("M", keyless))
	s.is("001", "L1 to "+day(1))
	s.is("002", "L2 open")
}

func TestAnItemEndsAfterSoManyNightsOnTheFirst(t *testing.T) {
	t.Parallel()
	s := newStory(t, 2)
	s.night(1, s.open("HH", l3))
	s.is("001", "L1 open")
	s.night(1, s.open("HH", l3, l3)) // a revision of the date is the same night
	s.is("001", "L1 open")
	s.night(2, s.open("HH", l3))
	s.is("001", "L1 to "+day(1))
}

func TestANightThatProvesPresenceCountsTheNightsAnew(t *testing.T) {
	t.Parallel()
	s := newStory(t, 2)
	s.night(1, s.open("HH", l3))
	s.night(2, s.open("HH", bad(l1), l3))
	s.night(3, s.open("HH", l3))
	s.is("001", "L1 open")
	s.night(4, s.open("HH", l3))
	s.is("001", "L1 to "+day(3))
}

func TestAnItemEndsAtOnceWhereItsAssetStandsOnAnother(t *testing.T) {
	t.Parallel()
	next := l3
	next.machine, next.out = "001", day(1)
	s := newStory(t, 2)
	s.night(2, s.open("HH", next))
	s.is("001", "L1 to "+day(1), "L3 open")
}

func TestNothingStandsOnAReservation(t *testing.T) {
	t.Parallel()
	reserved := l3
	reserved.machine, reserved.out = "001", day(9)
	s := newStory(t, 2)
	s.night(1, s.open("HH", reserved))
	s.is("001", "L1 open", "L3 open")
	s.night(2, s.open("HH", reserved))
	s.is("001", "L1 to "+day(1), "L3 open")
}

func TestAReservationThatVanishesNeverBegan(t *testing.T) {
	t.Parallel()
	reserved := l3
	reserved.out = day(9)
	s := newStory(t, 1)
	s.night(1, s.machines("HH", "001", "003"), s.open("HH", l1, reserved))
	s.is("003", "L3 open")
	s.night(2, s.open("HH", l1))
	s.is("003", "L3 to "+day(9))
	held, _ := s.held(t, "SN-003")
	if got := held.ContractItems[0].Contract.ContractStatus; got != "CANCELLED" {
		t.Errorf("the contract is %s, want CANCELLED", got)
	}
}
