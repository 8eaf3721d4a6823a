// Package drop watches the place where an ERP leaves its files and moves them
// safely from there to where they end.
//
// # A file's way
//
//	inbox/EQUIP.csv                        the ERP writes it, at its own pace
//	inbox/.rentalsync/<delivery>/EQUIP.csv claimed: it is ours, scans do not see it
//	archive/2026/11/EQUIP.csv              worked; duplicates below duplicate/, late
//	                                       nights below superseded/
//	quarantine/EQUIP.csv                   cannot be read, EQUIP.csv.reason.txt says why
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
//   - nothing about it changed while it was being read.
//
// A look never waits and never changes anything. What was read is remembered
// as long as the file stays as it is, so that looking often costs little.
//
// # Moves that can be made again
//
// The journal notes each move before it is made and asks for it again after a
// crash. Every move here looks first at what is already done, and no move
// ever replaces a file.
//
// # Media
//
// A Watcher knows nothing about disks or servers: an FS is three folders, the
// inbox, the archive and the quarantine. Package droptest holds what every FS
// has to keep.
package drop
