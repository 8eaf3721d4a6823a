// Package local keeps a drop and an outbox in folders of this machine, or in
// folders of others that are mounted here.
//
// Everything is done by name inside a folder that is held open by os.Root, so
// that neither a name nor a link can lead out of it. The folders are opened
// anew for each piece of work: a share that was mounted again is found again.
//
// Files come to be under a hidden name, are synced and then renamed, and no
// move replaces a file. Created files are for our user alone, 0600, and so are
// folders, 0700; what was there keeps its mode, and whoever may read a folder may
// read the files that are written into it.
package local
