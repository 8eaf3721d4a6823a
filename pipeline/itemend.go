package pipeline

// ItemEnd is how a rental stands.
type ItemEnd uint8

const (
	ItemOpen     ItemEnd = iota
	ItemEnded            // it is over
	ItemVanished         // it never began: a reservation that the ERP no longer names
)
