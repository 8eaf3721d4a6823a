package iristest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"time"
)

// maxFleet is how many serial numbers the generator can tell apart.
const maxFleet = 900_000

// firstDay is when the first machine came into the account.
var firstDay = time.Date(2019, 1, 1, 6, 0, 0, 0, time.UTC)

// maker is an invented make with its models and its way to write serial numbers.
type maker struct {
	name   string
	models []model
	serial string // format of a number that no other machine has
}

// model says what a machine of it is like.
type model struct {
	name   string
	kind   string
	litres float64 // an hour
	tank   float64 // litres
}

// Nobody makes these. Some serial numbers have blanks or slashes, as real ones have.
var makers = []maker{
	{"Norrhaug", []model{{"NH 18 E", "Mini excavator", 3.1, 24}, {"NH 85", "Excavator", 8.4, 120}, {"NH 240 LC", "Excavator", 17.5, 410}}, "NH%07d"},
	{"Brandtmann", []model{{"BL 55", "Wheel loader", 7.2, 90}, {"BL 110", "Wheel loader", 13.0, 195}}, "BM-%07d"},
	{"Kestrel Lift", []model{{"KX 12 J", "Boom lift", 2.6, 60}, {"KX 20 J", "Boom lift", 3.4, 80}, {"KS 8 S", "Scissor lift", 1.2, 30}}, "KL %07d"},
	{"Ossian", []model{{"Telis 7.40", "Telehandler", 6.8, 140}, {"Telis 14.40", "Telehandler", 8.1, 150}}, "0%07d/OT"},
	{"Tamarack", []model{{"TR 100", "Roller", 4.9, 75}, {"TP 20", "Plate compactor", 0.9, 6}}, "TMK%07dA"},
	{"Velde & Zonen", []model{{"Stroom 60", "Generator", 11.2, 250}, {"Stroom 200", "Generator", 31.0, 600}}, "VZ.%07d"},
}

// machine is an asset with telematics. Its readings follow from it and the time, see readingsAt.
type machine struct {
	pin         string // many have none
	device      string // serial number of the telematics device
	unit        int
	installed   time.Time
	offset      time.Duration // when in its ten minutes it reports
	silent      time.Duration // how long ago it stopped to report; 0 for most
	place       city
	wander      uint64
	hoursBefore float64 // worked before the device came
	hoursPerDay float64
	idleShare   float64
	litres      float64
	tank        float64
	perHour     float64 // kilometres; 0 for what does not drive
	has         blocks
}

// blocks are the parts of a reading that a machine delivers.
type blocks uint16

const (
	hasLocation blocks = 1 << iota
	hasHours
	hasIdle
	hasDEF
	hasDistance
	hasEngine
	hasFuelUsed
	hasFuelRemaining
	hasAltitude
)

// generate makes the machines 0 to n-1: a bigger fleet has the smaller one in it.
func (wo *world) generate(n int) {
	for i := range n {
		dice := rand.New(rand.NewPCG(wo.seed, uint64(i)))
		brand := makers[dice.IntN(len(makers))]
		// 7919 has no factor in common with the range, so no number comes twice.
		number := (uint64(i)*7919+wo.seed*104729)%maxFleet + 1_000_000
		wo.addMachine(fmt.Sprintf(brand.serial, number), brand, dice)
	}
}

// listMachine adds a machine with a given serial number, or returns the one that has it.
func (wo *world) listMachine(serial string) *asset {
	if as := wo.assetBySN[serial]; as != nil {
		return as
	}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(serial))
	dice := rand.New(rand.NewPCG(wo.seed, hash.Sum64()))
	return wo.addMachine(serial, makers[dice.IntN(len(makers))], dice)
}

func (wo *world) addMachine(serial string, brand maker, dice *rand.Rand) *asset {
	index := len(wo.assets)
	model := brand.models[dice.IntN(len(brand.models))]
	machine := rollMachine(index, model, dice)
	as := &asset{
		id:             wo.uuid("asset", serial),
		assetType:      machineAsset,
		kind:           model.kind,
		name:           model.kind + " " + strconv.Itoa(index+1),
		brand:          brand.name,
		model:          model.name,
		serialNumber:   serial,
		productionYear: machine.installed.Year() - dice.IntN(4),
		createdAt:      firstDay.Add(time.Duration(index) * time.Minute),
		owned:          true,
		machine:        machine,
	}
	wo.addAsset(as)
	return as
}

func rollMachine(index int, model model, dice *rand.Rand) *machine {
	ma := &machine{
		device:      strconv.Itoa(3_000_000 + index),
		unit:        950_000 + index,
		installed:   firstDay.Add(time.Duration(dice.IntN(5*365*24*60)) * time.Minute),
		offset:      time.Duration(dice.IntN(600)) * time.Second,
		place:       cities[dice.IntN(len(cities))],
		wander:      dice.Uint64(),
		hoursBefore: float64(dice.IntN(300_000)) / 100,
		hoursPerDay: 1 + 8*dice.Float64(),
		idleShare:   0.1 + 0.3*dice.Float64(),
		litres:      model.litres * (0.8 + 0.4*dice.Float64()),
		tank:        model.tank,
		has:         rollBlocks(dice),
	}
	if dice.IntN(2) == 0 {
		ma.pin = fmt.Sprintf("RS%c%c%04d%09d", 'A'+dice.IntN(26), 'A'+dice.IntN(26), dice.IntN(10_000), index)
	}
	if dice.IntN(40) == 0 {
		ma.silent = time.Duration(2+dice.IntN(60)) * 24 * time.Hour
	}
	if ma.has&hasDistance != 0 {
		ma.perHour = 0.5 + 6*dice.Float64()
	}
	return ma
}

// rollBlocks gives a machine its blocks: hours nearly always, the rest less often.
func rollBlocks(dice *rand.Rand) blocks {
	var has blocks
	for _, chance := range []struct {
		block   blocks
		percent int
	}{
		{hasLocation, 97}, {hasHours, 98}, {hasIdle, 70}, {hasDEF, 25}, {hasDistance, 60},
		{hasEngine, 85}, {hasFuelUsed, 75}, {hasFuelRemaining, 80}, {hasAltitude, 80},
	} {
		if dice.IntN(100) < chance.percent {
			has |= chance.block
		}
	}
	return has
}

// AddSerials makes machines appear, as when somebody mounts a device: what was synchronized before is
// matched now. A serial number that exists is left alone.
func (si *Simulator) AddSerials(serials ...string) {
	si.world.mu.Lock()
	defer si.world.mu.Unlock()

	for _, serial := range serials {
		si.world.listMachine(serial)
	}
}

// Serials returns the serial numbers of the fleet, in its order.
func (si *Simulator) Serials() []string {
	si.world.mu.RLock()
	defer si.world.mu.RUnlock()

	serials := make([]string, 0, len(si.world.fleet))
	for _, as := range si.world.fleet {
		serials = append(serials, as.serialNumber)
	}
	return serials
}
