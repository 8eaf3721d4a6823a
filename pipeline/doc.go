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
//     date, from claim to report. That date is a night to people.
//   - A set is the files that make up one night, where a flow names them. They
//     wait for each other, and what never comes is told.
//   - A row is one line of a file with its origin.
//   - An entity is an asset, contract, contract item, customer or depot.
//   - The stage is what a run claims; the register is the last good state of
//     all entities, with the source of every field.
//   - A claim is what a mapping's file says by its mere absence of rows: that it
//     names all there are, or all that are open, or nothing but changes. A scope,
//     such as a branch, is how far the claim reaches.
//   - Something is missed when a claim covers it and no row of the night names
//     it. An asset that is missed is gone until a row proves that it exists.
//   - A document is what IRIS should hold of one asset, assembled from the
//     register.
//   - A dispatch is an asset whose document is due to be sent.
//   - An outcome is what became of a document in a run.
//   - A gate is a limit to what one night may change. A night that goes over one
//     is a breach, and the run is held: nothing becomes true until a person
//     approves or discards it, or a newer complete night replaces it.
//   - A revert is a run without files that takes nights back.
//   - An explanation tells why the register and IRIS hold of an entity what they
//     hold.
//   - A listing is what an account of IRIS held of a kind when it was asked last:
//     assets, sites, customers, contracts, custom fields.
//   - What IRIS does not know is unmatched, and stands in a register of its own
//     until IRIS knows it. A crosswalk is what people say of who is who.
//   - A custom value is what the ERP says for a custom field of IRIS.
//   - A snapshot is the telematics of the fleet at one time.
//   - A layout says what a written file looks like.
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
//	CustomValues register -> outcomes    what documents do not carry, once they are through
//	Publish      outcomes -> reports     what became of it, for people and for the ERP
//	Snapshotter  IRIS fleet -> files     telematics on the way back
//
// A Runner only puts them in order. Facts about data come back as outcomes and
// are never fed into it again.
//
// # What no single row can tell
//
// Each row is heard by itself, and compared with what its mapping said last, so
// that only differences are staged. When all files of a night are staged, the
// night is judged as a whole: what is no longer named ends, planned ends of
// assets that are still out move on, and assets that stand on several items are
// told of. What follows is staged like the rows' own words, with the rule in
// place of a cell. Only then do the gates look at the stage.
//
// # What always adds up
//
//	rows       read = mapped + skipped + rejected
//	documents  assembled = unchanged + matched + unmatched + rejected
//	                     + deferred + held + waiting + overtaken
//	fields     due = set + unchanged + pending + deferred + refused
package pipeline
