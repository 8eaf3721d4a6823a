package sftptest

import (
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	protocol "github.com/pkg/sftp"
)

// files are those of the server's folder, which clients see as /.
type files struct{ *Server }

func (s *Server) handlers() protocol.Handlers {
	f := files{s}
	return protocol.Handlers{FileGet: f, FilePut: f, FileCmd: f, FileList: f}
}

func (f files) local(path string) string { return filepath.Join(f.root, filepath.FromSlash(path)) }

// Fileread opens a file for reading.
func (f files) Fileread(r *protocol.Request) (io.ReaderAt, error) {
	file, err := os.Open(f.local(r.Filepath))
	switch {
	case err == nil && f.options.EndsAt > 0:
		return short{file, f.options.EndsAt}, nil
	case err == nil && f.options.Gathers > 0:
		g := &gathering{File: file}
		g.all.Add(f.options.Gathers)
		g.missing.Store(int64(f.options.Gathers))
		return g, nil
	}
	return file, err
}

// gathering is a file that answers the first reads all at once.
type gathering struct {
	*os.File
	missing atomic.Int64
	all     sync.WaitGroup
}

func (g *gathering) ReadAt(p []byte, off int64) (int, error) {
	if g.missing.Add(-1) >= 0 {
		g.all.Done()
		g.all.Wait()
	}
	return g.File.ReadAt(p, off)
}

// short is a file that ends before its end.
type short struct {
	*os.File
	end int64
}

func (s short) ReadAt(p []byte, off int64) (int, error) {
	if off >= s.end {
		return 0, io.EOF
	}
	return s.File.ReadAt(p[:min(int64(len(p)), s.end-off)], off)
}

// Filewrite opens a file for writing.
func (f files) Filewrite(r *protocol.Request) (io.WriterAt, error) {
	if f.options.ReadOnly {
		return nil, protocol.ErrSSHFxPermissionDenied
	}
	how := os.O_WRONLY
	asked := r.Pflags()
	for flag, is := range map[int]bool{os.O_CREATE: asked.Creat, os.O_EXCL: asked.Excl, os.O_TRUNC: asked.Trunc} {
		if is {
			how |= flag
		}
	}
	file, err := os.OpenFile(f.local(r.Filepath), how, 0o600)
	if err == nil && f.options.Ahead != 0 {
		now := time.Now().Add(f.options.Ahead)
		err = os.Chtimes(file.Name(), now, now)
	}
	return file, err
}

// Filecmd does what needs no open file.
func (f files) Filecmd(r *protocol.Request) error {
	err := f.command(r)
	if err == nil {
		f.did(r.Method)
	}
	return err
}

func (f files) command(r *protocol.Request) error {
	if f.options.ReadOnly {
		return protocol.ErrSSHFxPermissionDenied
	}
	switch r.Method {
	case "Mkdir":
		return os.Mkdir(f.local(r.Filepath), 0o700)
	case "Remove", "Rmdir":
		return os.Remove(f.local(r.Filepath))
	case "Setstat":
		return f.setTimes(r)
	case "Rename":
		return f.rename(r)
	}
	return protocol.ErrSSHFxOpUnsupported
}

func (f files) setTimes(r *protocol.Request) error {
	if f.options.NoTimes || !r.AttrFlags().Acmodtime {
		return protocol.ErrSSHFxOpUnsupported
	}
	return os.Chtimes(f.local(r.Filepath), r.Attributes().AccessTime(), r.Attributes().ModTime())
}

// rename says no more of its failures than OpenSSH does.
func (f files) rename(r *protocol.Request) error {
	if f.options.NoPlainRename {
		return protocol.ErrSSHFxOpUnsupported
	}
	if _, err := os.Lstat(f.local(r.Target)); err == nil && !f.options.Replaces {
		return protocol.ErrSSHFxFailure
	}
	return f.replace(r)
}

// PosixRename replaces what has the name.
func (f files) PosixRename(r *protocol.Request) error {
	defer f.did(r.Method)
	switch {
	case f.options.ReadOnly:
		return protocol.ErrSSHFxPermissionDenied
	case f.options.NoPosixRename:
		return protocol.ErrSSHFxOpUnsupported
	}
	return f.replace(r)
}

func (f files) replace(r *protocol.Request) error {
	if apart := f.options.Apart; apart != nil && apart(r.Filepath) != apart(r.Target) {
		return protocol.ErrSSHFxFailure
	}
	if held := f.options.Held; held != "" && (path.Base(r.Filepath) == held || path.Base(r.Target) == held) {
		return protocol.ErrSSHFxFailure
	}
	return os.Rename(f.local(r.Filepath), f.local(r.Target))
}

// Filelist lists a folder, or looks at what a name stands for.
func (f files) Filelist(r *protocol.Request) (protocol.ListerAt, error) {
	if r.Method != "List" {
		info, err := os.Stat(f.local(r.Filepath))
		return listing{info}, err
	}
	entries, err := os.ReadDir(f.local(r.Filepath))
	if err != nil {
		return nil, err
	}
	var infos listing
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			infos = append(infos, info)
		}
	}
	return infos, nil
}

// Lstat looks at a name without following a link.
func (f files) Lstat(r *protocol.Request) (protocol.ListerAt, error) {
	info, err := os.Lstat(f.local(r.Filepath))
	return listing{info}, err
}

type listing []fs.FileInfo

// ListAt hands out a part of a listing.
func (l listing) ListAt(into []fs.FileInfo, off int64) (int, error) {
	if off >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(into, l[off:])
	if n < len(into) {
		return n, io.EOF
	}
	return n, nil
}
