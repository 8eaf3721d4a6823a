// Package sftp keeps a drop and an outbox in directories of an SFTP server.
//
// # A line that is there when it is needed
//
// A Client is one log-in to one server. Nothing is dialled before the first
// call needs it; from then on all drops and outboxes of the account share one
// connection. A silent line is tried every now and then, and closed when the
// server does not answer. The next call dials anew, and patiently: each failure
// doubles the time to the next attempt. A call during which the line was lost is
// made once more, where that is safe. Whoever stops waiting is let go at once,
// however long the server takes.
//
// # Whom we talk to
//
// What the server shows of itself is always verified, by known_hosts files, by
// pinned fingerprints, or by both; there is no way to turn that off. A server
// has several keys and shows one: it is asked for one that is known. A key that
// is not known ends in a *HostKeyError, which says what was shown, what was
// expected, and the line to paste once it has been checked.
//
// # What a server promises
//
// Version 3 of the protocol, which is the one that servers speak, knows no
// errors beyond "failure", no rename that is sure not to replace, and no sync.
// What OpenSSH adds is used where the server has it. Everywhere else a file
// still comes to be under a hidden name first, and no name is taken that was
// seen taken; move.go says what is left to chance.
//
// A file is read ahead over many requests at once, and its end is believed only
// when the server itself says so and has the size to match: a connection that
// is cut is an error, never a shorter file.
package sftp
