// Package pipeline is the domain of rentalsync and its phases: what happens to
// a file that a rental ERP drops, until IRIS holds what it says and a report
// tells what became of it.
//
// # The words
//
//   - A flow is one ERP account: its drops, mappings, IRIS account and reports.
//   - A drop is a place where an ERP leaves files.
//   - A delivery is one dropped file, known by its content, its business date
//     and the version of the mapping that reads it.
//   - A run is the work on the ready deliveries of one flow and one business
//     date, from claim to report.
//   - A row is one line of a file with its origin.
//   - An entity is an asset, contract, contract item, customer or depot.
//   - The stage is what a run claims; the register is the last good state of
//     all entities, with the source of every field.
//   - A document is what IRIS should hold of one asset, assembled from the
//     register.
//   - A dispatch is an asset whose document is due to be sent.
//   - An outcome is what became of a document in a run.
//   - A snapshot is the telematics of the fleet at one time.
//   - A report says what became of a run, for people and machines.
//
// # The phases
//
// Data goes one way, and each phase is one type with one seam to what lies
// behind it:
//
//	Intake       drop -> stage           rows become entities, or rejects with every fault
//	Close        stage -> register       one short transaction; what changed becomes due
//	Dispatch     documents -> outcomes   one asset at a time, paced, each answer kept
//	Publish      outcomes -> reports     what became of it, for people and for the ERP
//	Snapshotter  IRIS fleet -> files     telematics on the way back
//
// A Runner only puts them in order. Facts about data come back as outcomes and
// are never fed into it again.
//
// # What always adds up
//
//	rows       read = mapped + skipped + rejected
//	documents  assembled = unchanged + matched + unmatched + rejected
//	                     + deferred + held + waiting + overtaken
package pipeline
