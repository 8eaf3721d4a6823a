// Package transforms turns the text of a cell into the value it stands for.
//
// A legacy ERP writes everything as text, each in its own way: 1.250,00 and
// 1,250.00, 21.11.2026 and 126325, V and ON HIRE. Nothing here guesses. A
// mapping declares the form, the functions hold a cell to it, and a cell that
// does not fit is an error that names the value in hand and the cure, because
// a wrong price or a wrong day is worse than a rejected row.
//
// The words: a [Step] cleans text; a [NumberFormat] and a [DateForm] say how
// numbers and dates are written; a [Civil] is a date as the ERP means it, on
// its own wall clock, and becomes an instant only when [Civil.In] is told the
// zone; [Codes] are a code table; a [Formula] is what an admin writes where
// the declarations do not reach. [Fold] and [Nearest] compare the names people
// write, [NormalizeSerial] the serial numbers they type.
//
// Everything is a pure function of its arguments: no I/O, no clock, no state.
// Compiled values may be shared by any number of goroutines.
package transforms
