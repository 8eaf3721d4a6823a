package iris

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// span is a run of pages. Where it leads on, what its last page says decides
// about the pages after it; one without an end is one page that leads on.
type span struct {
	from, to int // to is 0 without an end
	leads    bool
}

// itinerary are the pages that are still to be read, in order.
type itinerary struct {
	spans []span
	query url.Values
}

// known reports whether the next page can be asked for before the pages ahead of
// it are read.
func (it *itinerary) known() bool { return len(it.spans) > 0 && it.spans[0].to > 0 }

// take takes the next page.
func (it *itinerary) take() *pageRef {
	first := &it.spans[0]
	ref := numbered(first.from)
	ref.query = it.query
	if ref.leads = first.leads && first.from >= first.to; first.from >= first.to {
		it.spans = it.spans[1:]
	} else {
		first.from++
	}
	return ref
}

// cut forgets the pages behind the last one that there is.
func (it *itinerary) cut(last int) {
	for i := range it.spans {
		if it.spans[i].from > last {
			it.spans = it.spans[:i]
			return
		}
	}
}

// plus adds pages, joined where one follows the other.
func (it *itinerary) plus(more ...span) {
	for _, s := range more {
		if s.to == 0 && !s.leads {
			s.to = s.from
		}
		if n := len(it.spans); n > 0 && !it.spans[n-1].leads && it.spans[n-1].to+1 == s.from {
			it.spans[n-1].to, it.spans[n-1].leads = max(s.to, s.from), s.leads
			continue
		}
		it.spans = append(it.spans, s)
	}
}

// cursor spells the pages, so that reading can go on with them another time; ""
// is none: 7-7,16-40+?query are page 7, and 16 and up.
func (it *itinerary) cursor() string {
	if len(it.spans) == 0 {
		return ""
	}
	each := make([]string, len(it.spans))
	for i, s := range it.spans {
		each[i] = strconv.Itoa(s.from)
		if s.to > 0 {
			each[i] += "-" + strconv.Itoa(s.to)
		}
		if s.leads {
			each[i] += "+"
		}
	}
	return strings.Join(each, ",") + "?" + it.query.Encode()
}

// parseCursor reads what cursor spelled, and the lone number that it was before.
func parseCursor(text string) (it itinerary, err error) {
	pages, query, _ := strings.Cut(text, "?")
	if it.query, err = url.ParseQuery(query); err != nil {
		return it, fmt.Errorf("place %q to go on from cannot be read", text)
	}
	for part := range strings.SplitSeq(pages, ",") {
		from, to, closed := strings.Cut(strings.TrimSuffix(part, "+"), "-")
		s := span{leads: !closed || strings.HasSuffix(part, "+")}
		if s.from, err = strconv.Atoi(from); err == nil && closed {
			s.to, err = strconv.Atoi(to)
		}
		if err != nil || s.from < 1 || closed && s.to < s.from {
			return it, fmt.Errorf("place %q to go on from cannot be read", text)
		}
		it.spans = append(it.spans, s)
	}
	return it, nil
}
