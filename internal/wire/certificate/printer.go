package certificate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

// The layout: what stands around the objects.
const (
	openHead      = `{"certificate":`
	openPeople    = `"people":[`
	closePeople   = `],`
	openInclusion = `"inclusion":`
	openTotals    = `"totals":`
	openSignature = `"signature":`
)

// Printer lays the objects of a certificate out as a file.
type Printer struct {
	to     io.Writer
	sum    hash.Hash
	people int
	err    error
}

// NewPrinter begins a file with the head.
func NewPrinter(w io.Writer, head []byte) *Printer {
	p := &Printer{to: w, sum: sha256.New()}
	p.print(openHead, head, ",\n"+openPeople+"\n")
	return p
}

// Person prints the next person.
func (p *Printer) Person(line []byte) error {
	before := ",\n"
	if p.people == 0 {
		before = ""
	}
	p.people++
	p.print(before, line, "")
	return p.err
}

// Totals ends the people and prints what follows from them; inclusion is nil for
// a whole operation.
func (p *Printer) Totals(totals, inclusion []byte) error {
	p.print("\n"+closePeople+"\n", nil, "")
	if inclusion != nil {
		p.print(openInclusion, inclusion, ",\n")
	}
	p.print(openTotals, totals, ",\n")
	return p.err
}

// Digest gives the SHA-256 of what was printed so far: what is signed.
func (p *Printer) Digest() string { return hex.EncodeToString(p.sum.Sum(nil)) }

// Signature prints the last line.
func (p *Printer) Signature(line []byte) error {
	p.print(openSignature, line, "}\n")
	return p.err
}

func (p *Printer) print(before string, line []byte, after string) {
	if p.err != nil {
		return
	}
	text := bytes.Join([][]byte{[]byte(before), line, []byte(after)}, nil)
	p.sum.Write(text)
	if _, err := p.to.Write(text); err != nil {
		p.err = fmt.Errorf("write a certificate: %w", err)
	}
}
