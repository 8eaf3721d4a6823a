package tabular

import (
	"context"
	"strconv"
)

// cellFormats are the formats that cells refer to, by their number.
type cellFormats []cellFormat

// of is the format that a cell refers to. One that is not there shows a number.
func (f cellFormats) of(style int) cellFormat {
	if style < 0 || style >= len(f) {
		return cellFormat{}
	}
	return f[style]
}

// readCellFormats reads the part with the styles; "" is a workbook without one.
func readCellFormats(ctx context.Context, p *parts, name string) (cellFormats, error) {
	if name == "" {
		return nil, nil
	}
	var formats cellFormats
	own := map[int]cellFormat{}
	within := 0 // how deep the list of the cells' styles is

	err := p.scan(ctx, name, func(s *xmlScanner) error {
		if s.depth() <= within {
			within = 0
		}
		switch string(s.name) {
		case "cellXfs":
			within = s.depth()
		case "numFmt":
			if id, code := s.attr("numFmtId"), s.attr("formatCode"); len(own) < mostStyles && len(code) > 0 {
				own[numberOr(id, -1)] = parseFormat(string(code))
			}
		case "xf":
			if within > 0 && len(formats) < mostStyles {
				formats = append(formats, formatOf(own, numberOr(s.attr("numFmtId"), 0)))
			}
		}
		return nil
	})
	return formats, err
}

// formatOf is the format of a number: as the workbook says, or else as always.
func formatOf(own map[int]cellFormat, id int) cellFormat {
	if format, said := own[id]; said {
		return format
	}
	return builtinFormat(id)
}

// numberOr reads a whole number that is not negative.
func numberOr(text []byte, otherwise int) int {
	n, err := strconv.ParseUint(string(text), 10, 31)
	if err != nil {
		return otherwise
	}
	return int(n)
}
