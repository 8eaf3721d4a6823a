package pipeline

import (
	"context"
	"iter"
	"time"

	"rentalsync/pipeline/rental"
)

// The journal is the durable state that all phases share. Each phase sees the
// part of it that it uses. Methods are short transactions; none is called from
// within another.

// DeliveryJournal keeps what is known of dropped files and of runs.
type DeliveryJournal interface {
	// SaveRun and SaveDelivery insert, or replace what is known under the id. A run
	// that is saved as discarded loses its stage.
	SaveRun(ctx context.Context, r Run) error
	SaveDelivery(ctx context.Context, d Delivery) error

	// OpenRun inserts a run with its deliveries in one step: what one night brought
	// stays one run, wherever a process dies.
	OpenRun(ctx context.Context, r Run, deliveries []Delivery) error

	// Sightings are the files that are remembered to lie in a flow's drop, and
	// Sight remembers those that look otherwise, and forgets those that are gone.
	Sightings(ctx context.Context, flow string) ([]Sighting, error)
	Sight(ctx context.Context, flow string, news []Sighting, gone []string) error

	// UnfinishedRuns are those in state staging or closed, oldest first.
	UnfinishedRuns(ctx context.Context, flow string) ([]Run, error)

	// UnfinishedDeliveries are those whose file is not at its last place, and
	// those of unfinished runs, oldest first.
	UnfinishedDeliveries(ctx context.Context, flow string) ([]Delivery, error)

	// Deliveries are those of one run, oldest first.
	Deliveries(ctx context.Context, run string) ([]Delivery, error)

	// SameDelivery finds the newest delivery of the same business date, sequence
	// and mapping that reached the register or is on its way there, where it has
	// the same content and mapping version; nil otherwise. A file that goes back
	// to what an earlier one said is news.
	// With byName only those of the same name count: files of several branches make
	// one night.
	SameDelivery(ctx context.Context, d Delivery, byName bool) (*Delivery, error)

	// LaterDeliveries are the ids of those that reached the register and speak of
	// a later time than d: a later business date, or a later sequence of the same
	// mapping and date.
	LaterDeliveries(ctx context.Context, d Delivery) (map[string]bool, error)

	// Following are those of the same mapping that reached the register and speak of
	// a later time than d, the next ones first, but no more than so many.
	Following(ctx context.Context, d Delivery, most int) ([]Delivery, error)

	// NewestDate is the newest business date of the mapping's deliveries that
	// reached the register; "" when none did.
	NewestDate(ctx context.Context, flow, mapping string) (string, error)

	// NoteHeader keeps the header that the newest file of a mapping and a series has
	// in a part and a sheet, and tells that of the file before it; nil where there
	// was none.
	NoteHeader(ctx context.Context, d Delivery, series string, h Header) (before []string, err error)

	// SaveScopes keeps for which scopes a delivery claims to speak, and
	// NewestOfScope is NewestDate of those that spoke for one.
	SaveScopes(ctx context.Context, delivery string, scopes []string) error
	NewestOfScope(ctx context.Context, flow, mapping, scope string) (string, error)

	// Came are the mappings of which a delivery of a business date reached the
	// register, or is staged, in another run than the one named.
	Came(ctx context.Context, flow, date, besides string) ([]string, error)

	// NewestNumbered is the mapping's delivery of the newest business date, and of
	// the highest number on it, of those that have a number and reached the
	// register; nil when there is none.
	NewestNumbered(ctx context.Context, flow, mapping string) (*Delivery, error)

	// WorkedDeliveries are the ids of the mapping's deliveries that reached the
	// register.
	WorkedDeliveries(ctx context.Context, flow, mapping string) ([]string, error)
}

// StageJournal keeps what a run claims until it closes.
type StageJournal interface {
	// Said yields what a mapping last said, of every entity it ever named.
	Said(ctx context.Context, flow, mapping string) iter.Seq2[Said, error]

	// Records returns what a run has staged of the entities, else what the
	// register holds; and what the register holds in any case. Entities that
	// nobody knows are not in the answer.
	Records(ctx context.Context, flow, run string, refs []rental.Ref) (now, prior map[rental.Ref]rental.Record, err error)

	// Stage adds a batch. An entity staged again replaces itself.
	Stage(ctx context.Context, b *Batch) error

	// Unnamed yields what a mapping said before of entities of a kind, by hash, as
	// the register has them. Items that have ended, and what the register does not
	// hold, are left out. The nights that missed them before are counted where that
	// is wanted. Whoever takes them may write meanwhile.
	Unnamed(ctx context.Context, flow, run, mapping string, kind rental.Kind, hashes []uint64, nights bool) iter.Seq2[Absent, error]

	// Miss adds what the files of a mapping did not name. It stays missed since
	// it was missed first.
	Miss(ctx context.Context, flow, run, mapping string, absent []Absent) error

	// OpenItems are the items on assets that have not ended, by asset, as the run
	// has them.
	OpenItems(ctx context.Context, flow, run string, assets []string) (map[string][]rental.Record, error)

	// Overdue are the open items whose planned end is shown and lies on a date or
	// before it, as the run has them.
	Overdue(ctx context.Context, flow, run, date string) ([]rental.Record, error)

	// Crowded are the assets to which the run brought or changed an item and on
	// which several are open.
	Crowded(ctx context.Context, flow, run string) ([]string, error)

	// ClearStage forgets everything a run has staged and counted.
	ClearStage(ctx context.Context, run string) error

	// CloseRun makes a run's stage true in one short transaction: register, what
	// mappings said, dispatches of every touched asset, the waking job, and the
	// run and its deliveries as closed. Dispatches that earlier runs left are
	// carried in; those whose run has not finished are overtaken there.
	// Closing a closed run changes nothing. On the flow's first night, history
	// says which ended rentals are sent: none, all, or those that ended on a
	// date YYYY-MM-DD or later; "" is none.
	CloseRun(ctx context.Context, r Run, history string) (Closed, error)
}

// GateJournal tells what a staged run would change.
type GateJournal interface {
	// Extent counts what closing a run would change, of what is asked for.
	Extent(ctx context.Context, run Run, ask Asked) (Extent, error)
}

// HoldJournal keeps runs that wait for a person before they close, and what was
// decided.
type HoldJournal interface {
	// Hold records a staged run as held, and why, in one step.
	Hold(ctx context.Context, h Hold) error

	// Held is the run of a flow that is held before it closed, with the decision
	// where it was not carried out yet; nil when there is none.
	Held(ctx context.Context, flow string) (*Hold, error)

	// Replaced is the run of a flow that a newer night took the place of last;
	// nil when there was none.
	Replaced(ctx context.Context, flow string) (*Hold, error)

	// Told records who was told of a held run.
	Told(ctx context.Context, h Hold) error

	// Replace ends a held run and opens another in its place in one step, with
	// deliveries of both as they are from now on.
	Replace(ctx context.Context, held, next Run, deliveries []Delivery) error
}

// DispatchJournal keeps what is due and what became of it.
type DispatchJournal interface {
	// Adopt gives the dispatches that finished runs left, and that are due
	// again, to a run, and tells how many. Held ones are not due.
	Adopt(ctx context.Context, r Run) (int, error)

	// Release makes the dispatches of a flow due that are held because their
	// account was never sent anything, and tells how many.
	Release(ctx context.Context, flow string) (int, error)

	// Leftover tells what finished runs of a flow have not sent.
	Leftover(ctx context.Context, flow string) (Left, error)

	// Cutover reports whether the flow's fleet was offered to another account or
	// in another profile last, or to nobody yet.
	Cutover(ctx context.Context, flow, account, profile string) (bool, error)

	// OfferFleet makes every asset of the register due in a run, and tells how
	// many. The fleet is then offered to this account.
	OfferFleet(ctx context.Context, r Run, account, profile string) (int, error)

	// Unmatched tells how many assets without a dispatch the account did not
	// know when it last answered, and were not offered since a time, or that it lists
	// by now.
	Unmatched(ctx context.Context, flow, account, profile string, since time.Time) (int, error)

	// OfferUnmatched makes those due in a run, to be sent although nothing may
	// have changed, and those that are due there already. They are offered now.
	OfferUnmatched(ctx context.Context, r Run, account, profile string, since, now time.Time) (int, error)

	// CountDue tells how many assets of a run are due.
	CountDue(ctx context.Context, run string) (int, error)

	// Lease takes up to n assets of a run that are due and nobody works on, in
	// order of sending.
	Lease(ctx context.Context, run, owner string, n int) ([]Due, error)

	// Known loads what the documents of leased assets are made of, as it is
	// now, and what the account answered so far.
	Known(ctx context.Context, due []Due, account, profile string) ([]Known, error)

	// Sending records durably that requests are about to be sent, and answers
	// which of the assets are still leased to the owner.
	Sending(ctx context.Context, owner, account, profile string, attempts []Attempt) (held map[string]bool, err error)

	// Settle records outcomes, answers and what is due again, for assets that
	// are still leased to the owner; an asset whose lease was lost is due again.
	Settle(ctx context.Context, owner, account, profile string, settled []Settlement) error

	// SettleAll settles everything that is due in a run, and that nobody works
	// on, as Held or Deferred. What is Deferred stays due. What is held already
	// stays as it is.
	SettleAll(ctx context.Context, run string, o Outcome, why string) (int, error)

	// AcceptedReference is one asset of the flow that the account has accepted,
	// and the reference it is known by there; both are "" when there is none.
	AcceptedReference(ctx context.Context, flow, account string) (key, reference string, err error)

	// Answered reports whether the account ever accepted a document of the flow
	// in this profile.
	Answered(ctx context.Context, flow, account, profile string) (bool, error)

	// Approved reports whether a person has said that the account may be sent
	// documents of the flow in this profile.
	Approved(ctx context.Context, flow, account, profile string) (bool, error)
}

// ReportJournal tells what became of a run.
type ReportJournal interface {
	Facts(ctx context.Context, run string) (RunFacts, error)
	Rejects(ctx context.Context, run string) iter.Seq2[Reject, error]
	ParkedCodes(ctx context.Context, run string) iter.Seq2[ParkedCount, error]
	Warnings(ctx context.Context, run string) iter.Seq2[Warning, error]
	Outcomes(ctx context.Context, run string) iter.Seq2[DocumentOutcome, error]
	Absentees(ctx context.Context, run string) iter.Seq2[Absentee, error]
	CustomOutcomes(ctx context.Context, run string) iter.Seq2[CustomFieldOutcome, error]
}

// SnapshotJournal keeps telematics.
type SnapshotJournal interface {
	// SnapshotTurn waits until nobody else takes a snapshot, in whatever process,
	// and keeps others waiting until the turn is ended.
	SnapshotTurn(ctx context.Context) (end func(), err error)

	// Visit records that a page is asked for, which may be once in every so
	// long. When it is too early it records nothing and tells how long to wait.
	Visit(ctx context.Context, account, url string, at time.Time, every time.Duration) (wait time.Duration, err error)

	// TakeBack forgets a visit that was not answered.
	TakeBack(ctx context.Context, account, url string, at time.Time) error

	// NewestSnapshot is the account's last one, whole or not; nil when there is
	// none.
	NewestSnapshot(ctx context.Context, account string) (*Snapshot, error)

	// Snapshots are the account's whole ones that were begun before a time, the
	// newest first, but no more than so many.
	Snapshots(ctx context.Context, account string, before time.Time, most int) ([]Snapshot, error)

	// Keep adds a page to a snapshot, and what the snapshot is with it.
	Keep(ctx context.Context, s Snapshot, page []Machine) error

	// ForgetSnapshots clears away whole snapshots that were begun before a time,
	// and of those begun before another one all but the last of each day. The
	// newest two stay. It tells how many were forgotten.
	ForgetSnapshots(ctx context.Context, account string, before, daily time.Time) (int, error)

	// Machines yields a stored snapshot in the order it was read.
	Machines(ctx context.Context, snapshot string) iter.Seq2[Machine, error]
}
