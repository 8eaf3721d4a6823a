package iristest

import (
	"math"
	"math/rand/v2"
	"time"
)

// reading is what a machine last reported.
type reading struct {
	at            time.Time
	lat, lon      float64
	operating     float64 // hours
	idle          float64
	moving        float64
	running       bool
	fuelUsed      float64 // litres
	fuelRemaining float64 // percent
	defRemaining  float64
	odometer      float64 // kilometres
}

const (
	reportEvery = 10 * time.Minute
	workStarts  = 7.0                 // o'clock, local time
	movesEvery  = 11 * 24 * time.Hour // from one building site to the next
)

// readingsAt is a function of the machine and the time alone: to advance the clock is to let it work.
func (ma *machine) readingsAt(now time.Time) reading {
	at := ma.lastReport(now)
	worked, running := ma.workedBy(at)
	operating := ma.hoursBefore + worked
	used := operating * ma.litres

	re := reading{
		at:            at,
		operating:     operating,
		idle:          operating * ma.idleShare,
		moving:        operating * (1 - ma.idleShare) * 0.4,
		running:       running,
		fuelUsed:      used,
		fuelRemaining: 100 - 90*math.Mod(used, ma.tank)/ma.tank, // filled up at a tenth
		defRemaining:  100 - 80*math.Mod(used, ma.tank*9)/(ma.tank*9),
		odometer:      operating * ma.perHour,
	}
	re.lat, re.lon = ma.position(at)
	return re
}

// lastReport is in the past, and never before the device was there.
func (ma *machine) lastReport(now time.Time) time.Time {
	at := now.Truncate(reportEvery).Add(ma.offset)
	if at.After(now) {
		at = at.Add(-reportEvery)
	}
	if ma.silent > 0 {
		at = now.Truncate(24 * time.Hour).Add(ma.offset - ma.silent)
	}
	if at.Before(ma.installed) {
		return ma.installed
	}
	return at
}

// workedBy counts the hours since the device came: each day's from seven in the morning on.
func (ma *machine) workedBy(at time.Time) (hours float64, running bool) {
	before, _ := ma.workingDays(ma.installed)
	until, running := ma.workingDays(at)
	return until - before, running
}

func (ma *machine) workingDays(at time.Time) (hours float64, running bool) {
	zone := time.Duration(math.Round(ma.place.lon/15)) * time.Hour
	local := at.Add(zone)
	day := math.Floor(float64(local.Unix()) / 86_400)
	clock := float64(local.Unix())/3600 - day*24 - workStarts
	today := min(max(clock, 0), ma.hoursPerDay)
	return day*ma.hoursPerDay + today, clock >= 0 && clock < ma.hoursPerDay
}

// position stays for some days, then is another one around the same city.
func (ma *machine) position(at time.Time) (lat, lon float64) {
	move := uint64(at.Unix()) / uint64(movesEvery/time.Second)
	dice := rand.New(rand.NewPCG(ma.wander, move))
	return ma.place.lat + (dice.Float64()-0.5)*0.3, ma.place.lon + (dice.Float64()-0.5)*0.4
}
