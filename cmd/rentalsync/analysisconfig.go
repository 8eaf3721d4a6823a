package main

import (
	"time"

	"rentalsync/pipeline"
)

// findingsConfig says from where on the analysts' workbook finds something worth a
// look, and how often IRIS is asked what it holds.
type findingsConfig struct {
	// How long a machine may be silent. Default: 7d.
	StaleAfter time.Duration `yaml:"staleAfter"`

	// How long a machine on rent may stand still. Default: 5d.
	IdleAfter time.Duration `yaml:"idleAfter"`

	// How long after its rental a machine may be at no depot. Default: 3d.
	ReturnAfter time.Duration `yaml:"returnAfter"`

	// How long before a rental begins and after it ends hours are taken to belong to it. Default: 12h.
	Tolerance time.Duration `yaml:"tolerance"`

	// By how many hours the ERP's meter and the machine's may differ. Default: 25.
	Meter float64 `yaml:"meter"`

	// From how many hours on a machine ran. Default: 1.
	Ran float64 `yaml:"ran"`

	// How many metres around the latitude and longitude of a depot are the depot, where IRIS has no area for it. Default: 500.
	DepotRadius float64 `yaml:"depotRadius"`

	// How old what IRIS holds may be before a snapshot asks for it again. 0s never asks. Default: 20h.
	ListEvery time.Duration `yaml:"listEvery"`

	// How many contracts in IRIS may be asked for their lines one by one. 0 asks for none. Default: 2000.
	Contracts int `yaml:"contracts"`
}

func findingsDefaults() findingsConfig {
	const day = 24 * time.Hour
	return findingsConfig{
		StaleAfter: 7 * day, IdleAfter: 5 * day, ReturnAfter: 3 * day, Tolerance: 12 * time.Hour,
		Meter: 25, Ran: 1, DepotRadius: 500, ListEvery: 20 * time.Hour, Contracts: 2000,
	}
}

func (f *findingsConfig) tolerances() pipeline.Tolerances {
	return pipeline.Tolerances{
		StaleAfter: f.StaleAfter, IdleAfter: f.IdleAfter, ReturnAfter: f.ReturnAfter, Around: f.Tolerance,
		Meter: f.Meter, Ran: f.Ran, Near: f.DepotRadius,
	}
}

// findings checks what a config says of findings.
func (ch *configChecker) findings(f *findingsConfig, at string) {
	for _, one := range []struct {
		key  string
		span time.Duration
		most time.Duration
	}{
		{"staleAfter", f.StaleAfter, 365 * 24 * time.Hour},
		{"idleAfter", f.IdleAfter, 30 * 24 * time.Hour},
		{"returnAfter", f.ReturnAfter, 365 * 24 * time.Hour},
	} {
		ch.atLeast(at+"."+one.key, one.span, time.Hour)
		if one.span > one.most {
			ch.fault(at+"."+one.key, shortly(one.span)+" is too long: nobody looks back that far", "write "+shortly(one.most)+" or less")
		}
	}
	ch.atLeast(at+".tolerance", f.Tolerance, 0)
	ch.atLeast(at+".listEvery", f.ListEvery, 0)
	for _, one := range []struct {
		key   string
		value float64
		cure  string
	}{
		{"meter", f.Meter, "write hours, such as 25"},
		{"ran", f.Ran, "write hours, such as 1"},
		{"depotRadius", f.DepotRadius, "write metres, such as 500"},
		{"contracts", float64(f.Contracts), "write how many, or 0 for none"},
	} {
		if one.value < 0 {
			ch.fault(at+"."+one.key, "it is below zero", one.cure)
		}
	}
}
