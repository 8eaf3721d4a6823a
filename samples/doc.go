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
//
// Such a folder is laid out so:
//
//	README.md           the story, night by night, and what IRIS must hold at the end
//	rentalsync.yaml     the config; IRIS is at 127.0.0.1:8080, a second account at :8081
//	mappings/           what the config names
//	serials.txt         the serial numbers that IRIS knows
//	definitions.yaml    the custom fields that IRIS has, where any
//	in/NIGHT/           the files that are dropped, night after night by name; and, not dropped:
//	  commands.txt      what is called instead of once --json: one command line of rentalsync
//	                    a line, comments with #; RUN stands for the run that is held
//	  rentalsync.yaml   the config from this night on
//	want/iris.json      what IRIS holds at the end, by identifier (iris-8081.json: the second account)
//	want/NIGHT/         what must come of each night:
//	  once.json         the answer of once; with commands: talk.txt, what a terminal shows
//	  report.csv        the reports of the night's runs
//	  held.txt          the pages about nights that are held
//	  inbox.txt         the files that are left in the inbox, where any are
//
// What differs from run to run is written as RUN, MOMENT and TODAY.
package samples
