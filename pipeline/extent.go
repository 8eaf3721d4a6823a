package pipeline

// Asked says what of an extent is to be counted: each costs a look at the
// register.
type Asked struct {
	AssetsGone    bool
	OnRent        bool
	OffRents      bool
	DepotsGone    bool
	NewCustomers  bool
	NearCustomers bool
	Placeholders  []string // names and keys that stand for no customer
}

// ExamplesKept is how many examples of a part are told.
const ExamplesKept = 10

// Extent is how much closing a staged run would change. On a flow's first night
// nothing can be gone or end, since nothing was there.
type Extent struct {
	AssetsGone    Part     // newly missed by files that name all of them, of the assets present before
	OnRent        OnRent   // assets on rent
	OffRents      Part     // rentals that end, by a date or because they are no longer named, of the open ones before
	Inferred      int      // of these, how many end only because they are no longer named
	DepotsGone    Part     // that owned an asset before and will own none, of those that owned one
	NewCustomers  Part     // that the register does not hold yet, beside how many it holds
	NearCustomers Part     // new ones named nearly as another one, of the new ones
	Placeholders  Part     // new ones that stand for no customer, of the new ones
	Missed        []string // the mappings whose files missed assets or items
}

// Part is how many of how many something happens to, with a few of them in the
// order of their keys.
type Part struct {
	Count    int
	Of       int
	Examples []string
}

// OnRent is how many assets are on rent before and after a run.
type OnRent struct {
	Before   int
	After    int
	Fleet    int      // the assets of the register
	Examples []string // assets that come on rent, or go off, whichever the run brings more of
}

// Swing is how many more or fewer assets are on rent.
func (o OnRent) Swing() int { return max(o.After-o.Before, o.Before-o.After) }
