package rental

import (
	"fmt"

	"github.com/zeebo/xxh3"
)

// Kind says what sort of thing an entity is. Kinds are numbered in the order in
// which a run works them: what others refer to comes first.
type Kind uint8

const (
	Depot Kind = iota + 1
	Customer
	Contract
	Item
	Asset
)

// kinds lists every kind in working order.
var kinds = [...]Kind{Depot, Customer, Contract, Item, Asset}

var kindNames = [...]string{Depot: "depot", Customer: "customer", Contract: "contract", Item: "item", Asset: "asset"}

// Kinds returns every kind in working order.
func Kinds() []Kind { return append([]Kind(nil), kinds[:]...) }

// String is the kind's word in mappings, reports and answers.
func (k Kind) String() string {
	if int(k) >= len(kindNames) || k == 0 {
		return fmt.Sprintf("kind(%d)", uint8(k))
	}
	return kindNames[k]
}

// MarshalText writes the kind's word.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the kind's word.
func (k *Kind) UnmarshalText(text []byte) error {
	got, err := ParseKind(string(text))
	*k = got
	return err
}

// ParseKind reads a kind's word.
func ParseKind(word string) (Kind, error) {
	for _, k := range kinds {
		if k.String() == word {
			return k, nil
		}
	}
	return 0, fmt.Errorf("unknown kind %q; the kinds are depot, customer, contract, item and asset", word)
}

// Ref names one entity.
type Ref struct {
	Kind Kind   `json:"entity"`
	Key  string `json:"key"`
}

// String is the way people read a reference: "asset 004711".
func (r Ref) String() string { return r.Kind.String() + " " + r.Key }

// Hash is a compact stand-in for the reference where many are kept in memory.
func (r Ref) Hash() uint64 {
	var buf [64]byte
	return xxh3.Hash(append(append(buf[:0], byte(r.Kind)), r.Key...))
}
