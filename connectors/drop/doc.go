// Package drop watches the place where an ERP leaves its files and moves them
// safely from there to where they end.
//
// # A file's way
//
//	inbox/EQUIP.csv                        the ERP writes it, at its own pace
//	inbox/.rentalsync/<delivery>/EQUIP.csv claimed: it is ours, scans do not see it
//	archive/2026/11/EQUIP.csv              worked; duplicates below duplicate/, late
//	                                       nights below superseded/, nights that a
//	                                       person decided against below discarded/
//	quarantine/EQUIP.csv                   cannot be read, EQUIP.csv.reason.txt says why
//	inbox/EQUIP.csv.ack                    shows the ERP that it is done, where wanted
//
// # When a file is ready
//
// No ERP can be asked whether it has finished writing, and neither events nor
// ages tell it: uploads pause, clients keep the old time of a file, clocks
// differ. So a file is ready when all of this holds:
//
//   - its name is one that can be kept as it is, and not that of a temporary file;
//   - it has settled: looks at least Settle apart saw the same size and time;
//   - it is old enough, and its marker is there, where a flow asks for that;
//   - it was read to its end and found whole by what is in it;
//   - nothing about it changed while it was being read;
//   - the control file that lists it says the same of it, and all others that are
//     listed there have come, where a flow has such files.
//
// A look never waits and never changes anything. What was read is remembered
// as long as the file stays as it is, so that looking often costs little.
//
// A writer may hold a file open and go on after it was claimed. While the file is
// read the pipeline sees that by size, time and digest, and gives it back. After
// it was worked the move to its last place sees it: what was worked is kept as a
// copy, and the file goes back to the inbox to be worked again.
//
// # What is packed
//
// EQUIP.csv.gz is known by what is in it, and Open decompresses. The files of
// NIGHT.zip are deliveries of their own, called NIGHT.zip/EQUIP.csv; they are
// ready together, when each that a mapping knows is whole. A claim unpacks one of
// them. The archive stays in the inbox until the last one is claimed, so a crash
// before loses nothing: all of them are listed once more, and what was worked is
// seen to be a duplicate. An archive that means harm, or does by accident what such
// ones do, is one file that cannot be read, and says why.
//
// # Moves that can be made again
//
// The journal notes each move before it is made and asks for it again after a
// crash. Every move here looks first at what is already done, and no move
// ever replaces a file.
//
// # How long files stay
//
// Tend removes what has lain in the archive or the quarantine for longer than Keep
// says, see there for how that is counted, and markers whose file never came.
//
// # Media
//
// A Watcher knows nothing about disks or servers: an FS is three folders, the
// inbox, the archive and the quarantine. ReadOnly makes one of an inbox that may
// only be read, and Still one on which nothing moves. Package droptest holds what
// every FS has to keep.
package drop
