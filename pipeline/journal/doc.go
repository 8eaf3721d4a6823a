// Package journal keeps the durable state of rentalsync: what was dropped, what
// is staged, the register, what is due, what became of it, and telematics.
//
// # The story
//
// Everything a run claims is written long before it is true. A batch adds
// records, each one state of one entity, in a short transaction of its own. The
// register is nothing but a pointer: an entity points to the record that holds.
// So closing a run, however much it changes, moves pointers, finds the assets
// that the change touches, and makes them due; and what a mapping said of an
// entity keeps its next version beside the one that counts, until the run that
// says it is closed. A crash before that leaves words that nobody heard.
//
// # The words
//
//   - An entity is a key with a number. Links between records are numbers, so
//     that a rental can name an asset that no delivery has brought yet.
//   - A record is one state of an entity, with the columns it is searched by.
//   - A stage is one attempt to stage a run; dropped, closed, or open.
//   - A mapping's saying is what it last said of an entity, in which scope, and
//     since when it missed it. It is stale when another mapping has changed the
//     entity since. An entity is missed by mappings and found again by rows; an
//     asset that is missed is gone.
//   - A former rental is the entity KEY~n that takes over the record of KEY when
//     the key is used again, and with it what accounts accepted.
//   - A hold is a run that waits for a person before it closes, with the
//     breaches, who was told, and the decision. An approval lets an account be
//     sent to for the first time.
//   - The extent of a run is how much closing it would change.
//   - A dispatch is a touched asset. A worker takes it by a lease, which ends by
//     the database's clock, and there is one of it for each asset: a newer run
//     takes over the older one's.
//   - A receiver is an account with the profile that documents are spelled by;
//     answers are kept per receiver.
//
// # What is kept
//
// Records never change, so that the register of an earlier night is still there:
// to revert is to stage the records of before. What closed runs have changed is
// cleared away when it is older than the history that is to be kept, and what a
// dropped stage held at once, in small transactions.
//
// # What holds always
//
// There is one writer. A closure that writes gets the transaction and nothing
// else; a journal method called from within it fails at once. Readers have
// connections of their own and see the last commit. The SQL is one text for
// every database; dialect.go spells the few words that differ.
package journal
