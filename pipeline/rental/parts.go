package rental

// Parts are all the records that one asset's document needs, as the register
// has them at the moment of sending.
type Parts struct {
	Key       string
	Asset     *Record  // nil when no delivery has named the asset
	Twins     []string // keys of other assets with the same identifier
	Items     []ItemRecord
	Contracts map[string]ContractRecord
	Customers map[string]*Record
	Depots    map[string]*Record
}

// ItemRecord is an item with what is known of its sending.
type ItemRecord struct {
	Record
	Accepted Digest // of the item as IRIS last took it; zero when it never did
	History  bool   // had ended before this flow's first night
}

// ContractRecord is a contract with the state of all its items, on whatever
// asset they stand.
type ContractRecord struct {
	Record
	Open, Ahead, Ended int
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
	default:
		return "COMPLETED", true
	}
}
