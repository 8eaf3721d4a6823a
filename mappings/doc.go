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
// mapping language, strictly; [Parse] compiles them into a [Mapping], which
// knows every column, code table and formula by then; [Mapping.Bind] finds the
// columns under a file's header; and what it returns maps row after row.
// A file of several tables, as sheets or as records of several types, has parts;
// each is compiled and bound like a file of its own.
//
// The types of the language say everything once: they decode the YAML, and
// [Schema] makes of them, and of the comments of their fields, what editors
// complete and explain. [Lint] looks at the mappings of a flow side by side, and
// [RunTests] runs the tests that stand beside a mapping, over as many nights as
// they tell.
//
// The YAML files here are the mappings that admins start from: a flat file of
// the continental kind, the five tables of a US one, a host's records, a workbook,
// a utility's tabs, an item table. [Crosswalk] gives the two that every flow has:
// for the files in which people keep who is who.
//
// A layout is the other way round: it says what a file that we write looks like.
// [ParseLayout] compiles it with the same decoder, and so with the same care for
// every fault; [Layouts] are those that admins start from.
package mappings
