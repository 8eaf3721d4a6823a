package drop

import (
	"crypto/md5"  // only compared with what an ERP wrote
	"crypto/sha1" // only compared with what an ERP wrote
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// sums are a stream's size and its digests in hex by their length, as control
// files give them.
type sums struct {
	size int64
	hex  map[int]string
}

// summing takes sums of what is read through it.
type summing struct {
	src    io.Reader
	size   int64
	hashes []hash.Hash
}

// newSumming takes the digest that deliveries are known by, and where all are
// wanted those that control files may give, too.
func newSumming(src io.Reader, all bool) *summing {
	s := &summing{src: src, hashes: []hash.Hash{sha256.New()}}
	if all {
		s.hashes = append(s.hashes, md5.New(), sha1.New())
	}
	return s
}

// Read reads on and sums up.
func (s *summing) Read(p []byte) (int, error) {
	n, err := s.src.Read(p)
	for _, h := range s.hashes {
		h.Write(p[:n])
	}
	s.size += int64(n)
	return n, err
}

// digest is the sha256 so far.
func (s *summing) digest() string { return hex.EncodeToString(s.hashes[0].Sum(nil)) }

func (s *summing) sums() sums {
	all := sums{size: s.size, hex: map[int]string{}}
	for _, h := range s.hashes {
		sum := hex.EncodeToString(h.Sum(nil))
		all.hex[len(sum)] = sum
	}
	return all
}
