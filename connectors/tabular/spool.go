package tabular

import (
	"bytes"
	"io"
	"os"
)

// spoolMemory is how much is kept in memory before a temporary file is used.
const spoolMemory = 4 << 20

// spool keeps what was read ahead of its turn: in memory while it is small, else
// in a temporary file that only this process may read. The zero spool is empty.
type spool struct {
	memory bytes.Buffer
	file   *os.File
}

// Write keeps p behind what was written before.
func (s *spool) Write(p []byte) (int, error) {
	if s.file == nil && s.memory.Len()+len(p) > spoolMemory {
		if err := s.spill(); err != nil {
			return 0, err
		}
	}
	if s.file != nil {
		return s.file.Write(p)
	}
	return s.memory.Write(p)
}

func (s *spool) spill() error {
	file, err := os.CreateTemp("", "rentalsync-*.spool")
	if err != nil {
		return err
	}
	s.file = file
	_, err = s.memory.WriteTo(file)
	s.memory = bytes.Buffer{} // its room is not needed any more
	return err
}

// reader reads what was written, from its start.
func (s *spool) reader() (io.Reader, error) {
	if s.file == nil {
		return &s.memory, nil
	}
	_, err := s.file.Seek(0, io.SeekStart)
	return s.file, err
}

// at gives what was written to readers that jump about in it, and how much it is.
func (s *spool) at() (io.ReaderAt, int64, error) {
	if s.file == nil {
		return bytes.NewReader(s.memory.Bytes()), int64(s.memory.Len()), nil
	}
	size, err := s.file.Seek(0, io.SeekEnd)
	return s.file, size, err
}

// close forgets everything. A temporary file that cannot be removed is the
// system's to clean, as it is after a crash.
func (s *spool) close() {
	s.memory = bytes.Buffer{}
	if s.file == nil {
		return
	}
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
	s.file = nil
}
