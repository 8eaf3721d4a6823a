// Package samples makes the exports of two rental companies that do not exist.
//
// Rheinland Mietpark AG drops one flat file a night, the way continental ERPs
// do: semicolons, Windows-1252, decimal commas, one line a machine with its
// contract line beside it, a totals line and a trailer. Lakeshore Equipment
// Rental drops five tables, the way SQL exports do: commas, UTF-8 with a byte
// order mark, US dates, joined only by their keys.
//
// A night is made from its size and seed alone, so that a demo, a test and a
// benchmark can speak of the same machines. The folders beside this file hold
// small hand-written exports of single situations with what must come of them.
package samples
