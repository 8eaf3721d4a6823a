package rental

import "strings"

// Survivor is the customer that a customer is the same as, by a crosswalk, and
// that as a third: the key IRIS knows it by, and the last record on the way that
// the register knows; nil where it knows not even the first.
func Survivor(customers map[string]*Record, key string) (who string, record *Record) {
	who, record, _ = (&Parts{Customers: customers}).customer(key)
	return who, record
}

// SiteOf is the site in IRIS of a depot; "" where nobody has named one.
func (a Assembly) SiteOf(depot *Record) string {
	site, _ := a.site(&Parts{Depots: map[string]*Record{depot.Key: depot}}, depot.Key)
	return site
}

// CustomDigest identifies the custom values of a record; 0 where it has none.
func (r *Record) CustomDigest() int64 {
	var buf [256]byte
	b := buf[:0]
	for i := range r.Fields {
		f := &r.Fields[i]
		if !strings.HasPrefix(string(f.Field), ExtraPrefix) || f.Value.Type == Empty {
			continue
		}
		b = appendText(b, string(f.Field))
		b = append(b, byte(f.Value.Type))
		b = appendText(b, f.Value.Text)
	}
	if len(b) == 0 {
		return 0
	}
	return int64(max(digestOf(b).Short(), 1)) //nolint:gosec // any number will do
}
