package certificate

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// maxLine bounds one line: a person with very many steps has far less.
const maxLine = 16 << 20

// ErrTooLong is returned for a file whose lines are longer than any certificate's.
var ErrTooLong = errors.New("a line is longer than any line of a certificate")

// lines reads a file line by line and sums up what is above the signature.
type lines struct {
	from *bufio.Reader
	sum  hash.Hash
	n    int
	line []byte // the present one, without its end; good until the next
	last bool   // the present one has no end: the file stops in it
}

func newLines(r io.Reader) *lines {
	return &lines{from: bufio.NewReaderSize(r, 64<<10), sum: sha256.New()}
}

// next reads the next line; false at the end of the file. What was read before
// counts as signed text.
func (l *lines) next() (bool, error) {
	if l.n > 0 {
		l.sum.Write(l.line)
		l.sum.Write([]byte{'\n'})
	}
	l.line, l.last = l.line[:0], false
	for {
		part, err := l.from.ReadSlice('\n')
		l.line = append(l.line, part...)
		switch {
		case len(l.line) > maxLine:
			return false, ErrTooLong
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(l.line) == 0:
			return false, nil
		case errors.Is(err, io.EOF):
			l.n, l.last = l.n+1, true
			return true, nil
		case err != nil:
			return false, fmt.Errorf("read the certificate: %w", err)
		}
		l.n++
		l.line = bytes.TrimSuffix(l.line, []byte{'\n'})
		return true, nil
	}
}

// digest gives the SHA-256 of the lines above the present one.
func (l *lines) digest() string { return hex.EncodeToString(l.sum.Sum(nil)) }

// object takes the object out of a line that stands between two texts.
func object(line []byte, before, after string) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(line, []byte(before))
	if !ok {
		return nil, false
	}
	return bytes.CutSuffix(rest, []byte(after))
}
