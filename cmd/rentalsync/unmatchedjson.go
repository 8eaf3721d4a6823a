package main

import (
	"io"
	"time"

	"rentalsync/pipeline"
)

// unmatchedJSON is what unmatched --json tells of a flow.
type unmatchedJSON struct {
	Flow     string          `json:"flow"`
	Account  string          `json:"account"`
	ListedAt *time.Time      `json:"listedAt,omitempty"` // when the assets of IRIS were listed last
	Assets   []unmatchedOne  `json:"assets"`             // what hurts most first
	Depots   []unmatchedSite `json:"depots"`             // that are no site in IRIS
	Settled  []settledOne    `json:"settled"`            // in the last 30 days
	Spare    int             `json:"spare"`              // assets of IRIS that are none of the ERP's
}

type unmatchedOne struct {
	Asset        string         `json:"asset"`
	Reference    string         `json:"externalReference"`
	Identifier   string         `json:"identifier"`
	Status       int            `json:"status"`
	Code         string         `json:"code,omitempty"`
	Message      string         `json:"message,omitempty"`
	Why          string         `json:"why"`
	Since        time.Time      `json:"since"`
	Days         int            `json:"days"`
	At           time.Time      `json:"at"`
	Name         string         `json:"name,omitempty"`
	Make         string         `json:"make,omitempty"`
	Model        string         `json:"model,omitempty"`
	RentalStatus string         `json:"rentalStatus,omitempty"`
	OnRent       bool           `json:"onRent"`
	Contract     string         `json:"contract,omitempty"`
	Customer     string         `json:"customer,omitempty"`
	CustomerName string         `json:"customerName,omitempty"`
	Delivery     string         `json:"delivery,omitempty"`
	Line         int            `json:"line,omitempty"`
	Gone         string         `json:"notNamedSince,omitempty"`
	Doubt        string         `json:"doubt,omitempty"`
	Candidates   []candidateOne `json:"candidates"`
}

type candidateOne struct {
	ID     string `json:"id"`
	By     string `json:"by"`
	Why    string `json:"why"`
	Name   string `json:"name,omitempty"`
	Brand  string `json:"brand,omitempty"`
	Model  string `json:"model,omitempty"`
	Serial string `json:"serialNumber,omitempty"`
}

type unmatchedSite struct {
	Depot      string   `json:"depot"`
	Name       string   `json:"name,omitempty"`
	Assets     int      `json:"assets"`
	Candidates []string `json:"candidates"`
}

type settledOne struct {
	Asset string    `json:"asset"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	How   string    `json:"how"`
}

func tellUnmatchedJSON(to io.Writer, all []pipeline.UnmatchedList) error {
	told := make([]unmatchedJSON, 0, len(all))
	for i := range all {
		told = append(told, unmatchedAsJSON(&all[i]))
	}
	return writeJSON(to, map[string]any{"unmatched": told, "exit": 0})
}

func unmatchedAsJSON(u *pipeline.UnmatchedList) unmatchedJSON {
	told := unmatchedJSON{
		Flow: u.Flow, Account: u.Account, Spare: u.Spare,
		Assets: []unmatchedOne{}, Depots: []unmatchedSite{}, Settled: []settledOne{},
	}
	if !u.ListedAt.IsZero() {
		told.ListedAt = &u.ListedAt
	}
	for i := range u.Entries {
		told.Assets = append(told.Assets, entryAsJSON(&u.Entries[i]))
	}
	for _, d := range u.Depots {
		one := unmatchedSite{Depot: d.Key, Name: d.Name, Assets: d.Owns, Candidates: []string{}}
		for _, s := range d.Sites {
			one.Candidates = append(one.Candidates, s.ID)
		}
		told.Depots = append(told.Depots, one)
	}
	for _, e := range u.Ended {
		told.Settled = append(told.Settled, settledOne{e.Asset, e.Since, e.Ended, e.How})
	}
	return told
}

func entryAsJSON(e *pipeline.UnmatchedEntry) unmatchedOne {
	one := unmatchedOne{
		Asset: e.Asset, Reference: e.Reference, Identifier: e.Identifier, Status: e.Status, Code: e.Code, Message: e.Message,
		Why: e.Why, Since: e.Since, Days: e.Days, At: e.At, Name: e.Name, Make: e.Make, Model: e.Model,
		RentalStatus: e.RentalStatus, OnRent: e.OnRent, Contract: e.Contract, Customer: e.Customer, CustomerName: e.CustomerName,
		Delivery: e.Delivery, Line: e.Line, Gone: e.Gone, Doubt: e.Doubt, Candidates: []candidateOne{},
	}
	for _, c := range e.Candidates {
		one.Candidates = append(one.Candidates, candidateOne{c.IRIS.ID, c.By.String(), c.By.About(), c.IRIS.Name, c.IRIS.Brand, c.IRIS.Model, c.IRIS.Serial})
	}
	return one
}
