package iris

import "rentalsync/pipeline/rental"

// AppendJSON writes a machine as one JSON object, block by block.
func (eq *Equipment) AppendJSON(b []byte) []byte {
	all := element{children: eq.blocks}
	return all.appendJSON(b)
}

// AppendHeader writes what names a machine, as a JSON object; nothing where it
// has no header.
func (eq *Equipment) AppendHeader(b []byte) []byte {
	header := eq.block(headerName)
	if header == nil {
		return b
	}
	return header.appendJSON(b)
}

func (e *element) appendJSON(b []byte) []byte {
	switch {
	case e.kind == ofList:
		return e.appendList(b)
	case len(e.children) > 0 || e.kind == ofXML && e.text == "":
		return e.appendObject(b)
	case e.kind == ofNumber || e.kind == ofFlag:
		return append(b, e.text...)
	default:
		return rental.AppendText(b, e.text)
	}
}

func (e *element) appendObject(b []byte) []byte {
	b = append(b, '{')
	for i := range e.children {
		if i > 0 {
			b = append(b, ',')
		}
		b = rental.AppendText(b, e.children[i].name)
		b = append(b, ':')
		b = e.children[i].appendJSON(b)
	}
	return append(b, '}')
}

func (e *element) appendList(b []byte) []byte {
	b = append(b, '[')
	for i := range e.children {
		if i > 0 {
			b = append(b, ',')
		}
		b = e.children[i].appendJSON(b)
	}
	return append(b, ']')
}
