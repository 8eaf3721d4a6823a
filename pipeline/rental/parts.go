package rental

// Parts are all the records that one asset's document needs, as the register
// has them at the moment of sending.
type Parts struct {
	Key       string
	Asset     *Record   // nil when no delivery has named the asset
	Spelling  *Spelling // how the account itself spells its identifier; nil where nobody found that out
	Gone      string    // since when no file names the asset; "" while one does
	Twins     []Twin    // other assets with the same identifier
	Items     []ItemRecord
	Contracts map[string]ContractRecord
	Customers map[string]*Record // and those that they are the same as
	Depots    map[string]*Record
}

// Twin is another asset with the same identifier.
type Twin struct {
	Key  string
	Gone bool // no file names it any more
}

// ItemRecord is an item with what is known of its sending.
type ItemRecord struct {
	Record
	Accepted Digest // of the item as IRIS last took it; zero when it never did
	History  bool   // had ended before this flow's first night
}

// Digest identifies what IRIS is told of the item itself. It stays when another
// rental takes over the item's key.
func (i *ItemRecord) Digest() Digest {
	var buf [512]byte
	b := appendText(buf[:0], i.SentKey())
	for at := range i.Fields {
		f := &i.Fields[at]
		if spec, known := SpecOf(Item, f.Field); !known || !spec.Sent {
			continue
		}
		b = appendText(b, string(f.Field))
		b = append(b, byte(f.Value.Type))
		b = appendText(b, f.Value.Text)
	}
	return digestOf(b)
}

// ContractRecord is a contract with the state of all its items, on whatever
// asset they stand.
type ContractRecord struct {
	Record
	Open, Ahead, Ended int
	Vanished           int // that were reserved and never began
}

// Status is the contract's status, derived from its items where the ERP gives
// none.
func (c *ContractRecord) Status() (status string, derived bool) {
	if given := c.Text(ContractStatus); given != "" {
		return given, false
	}
	switch {
	case c.Open > 0:
		return "OPEN", true
	case c.Ahead > 0 && c.Ended == 0:
		return "RESERVED", true
	case c.Ahead > 0:
		return "OPEN", true
	case c.Ended == 0 && c.Vanished > 0:
		return "CANCELLED", true
	default:
		return "COMPLETED", true
	}
}
