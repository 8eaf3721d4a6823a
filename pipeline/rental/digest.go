package rental

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/zeebo/xxh3"
)

// Digest tells equal content from different content. It is no protection
// against someone who forges content on purpose.
type Digest [16]byte

// IsZero reports whether there is no digest.
func (d Digest) IsZero() bool { return d == Digest{} }

// String is the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

func digestOf(b []byte) Digest { return Digest(xxh3.Hash128(b).Bytes()) }

// appendText writes a text with its length before it, so that no two sequences
// of texts look the same.
func appendText(b []byte, text string) []byte {
	b = binary.AppendUvarint(b, uint64(len(text)))
	return append(b, text...)
}

// Short is a compact stand-in for the digest where two versions of one thing
// are compared.
func (d Digest) Short() uint64 { return binary.LittleEndian.Uint64(d[:8]) }
