package samples

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Night says which night's export is wanted.
type Night struct {
	Date     time.Time
	Machines int
	Seed     uint64
	Second   bool // the night after: a machine came back, a rate changed, a customer was renamed, a machine is gone
	Clean    bool // without the rows that are wrong on purpose
}

// Stamp is the night's date as file names carry it.
func (n Night) Stamp() string { return n.Date.Format("20060102") }

// machine is one machine of a company with the contract line it stands on.
type machine struct {
	number   int
	serial   string
	maker    string
	model    string
	what     string
	status   status
	depot    int
	meter    float64
	customer int
	contract int
	begin    time.Time
	due      time.Time // zero when the rental is open-ended
	returned time.Time // zero while it is out
	rate     int       // cents a day
}

type status uint8

const (
	free status = iota
	onRent
	inRepair
	inTransfer
	reserved
)

var catalogue = []struct{ code, maker, model, what string }{
	{"BTB", "Brüning", "TB 160", "Teleskopbühne"},
	{"BSB", "Brüning", "SB 12", "Scherenbühne"},
	{"HKA", "Halvorsen", "KX 18", "Kompaktbagger"},
	{"HKB", "Halvorsen", "KX 35", "Kompaktbagger"},
	{"ORP", "Østerby", "RP 90", "Rüttelplatte"},
	{"OTW", "Østerby", "TW 26", "Tandemwalze"},
	{"CFG", "Carrow & Finch", "GEN 60", "Stromerzeuger"},
	{"CFL", "Carrow & Finch", "LT 9", "Lichtmast"},
}

// machines yields the fleet of a night. The second night differs from the first
// in a few machines and nowhere else.
func (n Night) machines(yield func(machine) bool) {
	random := rand.New(rand.NewPCG(n.Seed, 1))
	for i := range n.Machines {
		m := n.machine(random, i)
		if n.Second {
			if i == n.gone() {
				continue
			}
			n.change(&m, i)
		}
		if !yield(m) {
			return
		}
	}
}

func (n Night) machine(random *rand.Rand, i int) machine {
	kind := catalogue[random.IntN(len(catalogue))]
	first := n.Date
	if n.Second {
		first = first.AddDate(0, 0, -1)
	}
	m := machine{
		number: 4711 + i, maker: kind.maker, model: kind.model, what: kind.what,
		serial: fmt.Sprintf("%s%05d%04d", kind.code, 20000+i, random.IntN(10000)),
		depot:  random.IntN(4), meter: float64(random.IntN(120000)) / 10,
		customer: random.IntN(max(n.Machines/8, 3)), rate: 2500 + 50*random.IntN(400),
	}

	back := first.AddDate(0, 0, -1-random.IntN(90))
	length := 1 + random.IntN(60)
	switch roll := random.IntN(100); {
	case roll < 58:
		m.status, m.begin = onRent, back
		if random.IntN(3) > 0 {
			m.due = back.AddDate(0, 0, length) // often past: overdue is the normal state of rental
		}
	case roll < 80:
		m.status = free
	case roll < 88:
		m.status = inRepair
	case roll < 94:
		m.status = inTransfer
	default:
		m.status, m.begin, m.due = reserved, first.AddDate(0, 0, length), first.AddDate(0, 0, 2*length)
	}
	if !m.begin.IsZero() {
		m.contract = 815 + i/2
		m.customer = m.contract % max(n.Machines/8, 3) // a contract has one customer
	}
	return m
}

// gone is the machine that the second night no longer names.
func (n Night) gone() int { return n.Machines / 2 }

// change is what happened between the two nights.
func (n Night) change(m *machine, i int) {
	switch {
	case i%167 == 3 && m.status == onRent:
		m.status, m.returned = free, n.Date
	case i%83 == 5 && m.status == onRent:
		m.rate += 500
	}
}

// renamed is the customer that has another name on the second night.
const renamed = 2

// Serials lists the serial numbers of a fleet, but for every tenth machine: those
// are not known to IRIS.
func (n Night) Serials() []string {
	var serials []string
	for m := range n.machines {
		if m.number%10 != 0 {
			serials = append(serials, m.serial)
		}
	}
	return serials
}
