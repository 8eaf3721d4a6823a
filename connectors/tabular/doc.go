// Package tabular is the one place that turns bytes into rows and rows into
// bytes: separated text, fixed width and workbooks.
//
// # Reading
//
// A [Reader] looks at the content first: a workbook or a web page that calls
// itself CSV is refused with its cure. Bytes then become text in the declared
// encoding, or in the one that the whole file proves (see undecided.go), and
// text becomes rows in physical lines, so that a person finds every row with an
// editor. One bad row is a [pipeline.RowError] and reading goes on. A file that
// stops too early is [pipeline.Incomplete]: its trailer, its closing quote or
// its last character is missing, and the ERP may still be writing it. A file
// that is not what the dialect says is [pipeline.Unreadable].
//
// What a broken quote may cost is one row: reading resumes at the next physical
// line, wherever the parser had got to when it noticed. A quote that another one
// closes by chance, many rows later, is noticed by the rows that it swallowed (see
// swallow.go).
//
// Where a file has several tables, each record is told by its type, and a trailer
// must agree with the rows in number and in hash total (see recordfile.go).
//
// A workbook has its directory at its end, so the whole of it is kept aside before
// the first row (see xlsxread.go). Its cells are given as a person sees them in
// Excel: 4711 and never 4711.0, days as days, and beside the text of a cell its type.
// What a formula came to is read, and never calculated.
//
// # Writing
//
// [WriteXLSX], [WriteCSV], [WriteSnapshotCSV] and [WriteLayout] stream: a sheet may be larger
// than memory. So do [WriteRejectsXLSX] and [WriteRejectsCSV], whose rows people
// mend and drop again. Text never becomes a formula in the reader's spreadsheet;
// guard is the only place that knows how.
package tabular
