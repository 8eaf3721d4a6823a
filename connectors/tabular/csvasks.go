package tabular

import (
	"fmt"
	"strings"

	"rentalsync/pipeline"
)

// cellAsks are the cells above the rows that are asked for.
type cellAsks struct {
	wanted []cellAsk
	said   map[string]string
}

type cellAsk struct {
	name         string
	column, line int // the column counted from 0, the line from 1
}

func cellAsksOf(asks []pipeline.Ask) (cellAsks, error) {
	var found cellAsks
	for _, ask := range asks {
		if ask.Cell == "" {
			continue
		}
		column, line, ok := cellPlace([]byte(ask.Cell))
		if !ok {
			return found, &pipeline.Unreadable{
				Why:  fmt.Sprintf("%q is no cell", ask.Cell),
				Hint: "name it as a spreadsheet does: B2 is the second cell of line 2",
			}
		}
		found.wanted = append(found.wanted, cellAsk{name: ask.Name, column: column, line: line})
	}
	return found, nil
}

// hear takes what the line that comes next says. What is no text is not heard.
func (a *cellAsks) hear(line []byte, s *scanner) {
	for _, ask := range a.wanted {
		if ask.line != s.line {
			continue
		}
		cells := s.splitLine(line)
		if ask.column >= len(cells) || !cleanText([]byte(cells[ask.column])) {
			continue
		}
		if a.said == nil {
			a.said = make(map[string]string)
		}
		a.said[ask.name] = strings.TrimSpace(cells[ask.column])
	}
}
