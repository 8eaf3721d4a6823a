// Package mappings reads what an admin wrote about an ERP's files.
//
// A mapping is a YAML file that says how the bytes of an export become rows, and
// how a row becomes entities of the rental business: assets, customers,
// contracts, items and depots. It is edited by people who cannot program, so the
// package's first duty is to tell every fault of a file at once, each with its
// file, line and column, in the words of the file, and with its cure.
//
// The way of a mapping is: [Read] parses YAML into nodes that know their place
// and refuses the traps of the language; a [Decoder] fills the Go types of the
// mapping language, strictly.
package mappings
