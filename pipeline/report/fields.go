package report

import (
	"slices"
	"strings"

	"rentalsync/pipeline"
)

// Field is something that a column of a layout can show, with what people are
// told of it.
type Field struct {
	Name  string
	Type  CellType
	About string // a sentence without its full stop

	Values   []string // all that there are, where that is known
	Reading  string   // of a snapshot: what has to change so that a machine counts as moved; "" counts for nothing
	Register bool     // it is looked up in the register
}

// fieldOf is a field with how it is taken from a line.
type fieldOf[Line any] struct {
	Field
	get func(*Line) Cell
}

// CellPrefix begins the fields of rejected rows that are cells of the file: what
// follows is the header.
const CellPrefix = "cell."

// FieldsOf lists what the columns of a layout can show.
func FieldsOf(of pipeline.LayoutOf) []Field {
	switch of {
	case pipeline.LayoutSnapshot:
		return plainFields(fleetFields())
	case pipeline.LayoutResults:
		return plainFields(resultFields())
	case pipeline.LayoutRejects:
		return plainFields(rejectFields())
	case pipeline.LayoutUnmatched:
		return plainFields(unmatchedFields())
	case pipeline.LayoutExceptions:
		return plainFields(exceptionFields())
	default:
		return nil
	}
}

// FieldOf finds one of them. Cells of rejected rows have any name.
func FieldOf(of pipeline.LayoutOf, name string) (Field, bool) {
	all := FieldsOf(of)
	if i := slices.IndexFunc(all, func(f Field) bool { return f.Name == name }); i >= 0 {
		return all[i], true
	}
	if _, is := cellOf(name); is && of == pipeline.LayoutRejects {
		return Field{Name: name, About: "the cell under this header, as it stood in the file"}, true
	}
	return Field{}, false
}

// cellOf is the header of the cell that a field names.
func cellOf(name string) (header string, is bool) {
	header, is = strings.CutPrefix(name, CellPrefix)
	return header, is && header != ""
}

func plainFields[Line any](all []fieldOf[Line]) []Field {
	plain := make([]Field, len(all))
	for i := range all {
		plain[i] = all[i].Field
	}
	return plain
}

// text, number and moment make fields of a line.
func text[Line any](name, about string, get func(*Line) string) fieldOf[Line] {
	return fieldOf[Line]{Field{Name: name, About: about}, func(l *Line) Cell { return T(get(l)) }}
}

func moment[Line any](name, about string, get func(*Line) Cell) fieldOf[Line] {
	return fieldOf[Line]{Field{Name: name, About: about, Type: Moment}, get}
}

func number[Line any](name, about string, get func(*Line) Cell) fieldOf[Line] {
	return fieldOf[Line]{Field{Name: name, About: about, Type: Decimal}, get}
}

func count[Line any](name, about string, get func(*Line) Cell) fieldOf[Line] {
	return fieldOf[Line]{Field{Name: name, About: about, Type: Integer}, get}
}

// positive is a count that is nothing where it is zero.
func positive(n int) Cell {
	if n == 0 {
		return Cell{}
	}
	return N(n)
}
