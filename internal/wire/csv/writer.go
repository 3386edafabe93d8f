package csv

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"
)

// End says what a finished file holds.
type End struct {
	Rows   int
	SHA256 string // hex, of every byte before the last line
}

// Writer writes one file as RFC 4180 has it: CRLF, quotes where needed.
type Writer struct {
	rows *csv.Writer
	out  *bufio.Writer
	sum  hash.Hash
	n    int
}

// NewWriter starts a file.
func NewWriter(w io.Writer) *Writer {
	out, sum := bufio.NewWriterSize(w, 64<<10), sha256.New()
	rows := csv.NewWriter(io.MultiWriter(out, sum))
	rows.UseCRLF = true
	return &Writer{rows: rows, out: out, sum: sum}
}

// Header writes the first line; it is not counted as a row.
func (w *Writer) Header(cells ...string) error { return w.line(cells) }

// Row writes one row.
func (w *Writer) Row(cells ...string) error {
	w.n++
	return w.line(cells)
}

// Flush sends on what was written so far.
func (w *Writer) Flush() error {
	w.rows.Flush()
	if err := w.rows.Error(); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}

// Finish writes the line that says the file is complete. Extra cells follow it.
func (w *Writer) Finish(extra ...string) (End, error) {
	end, err := w.end()
	if err != nil {
		return End{}, err
	}
	return end, w.last(append([]string{"# complete", "rows=" + strconv.Itoa(end.Rows), "sha256=" + end.SHA256}, extra...))
}

// Abort writes the line that says the file is not complete, and why.
func (w *Writer) Abort(reason string) error {
	end, err := w.end()
	if err != nil {
		return err
	}
	return w.last([]string{"# incomplete", "rows=" + strconv.Itoa(end.Rows), reason})
}

func (w *Writer) end() (End, error) {
	if err := w.Flush(); err != nil {
		return End{}, err
	}
	return End{Rows: w.n, SHA256: hex.EncodeToString(w.sum.Sum(nil))}, nil
}

func (w *Writer) last(cells []string) error {
	if err := w.line(cells); err != nil {
		return err
	}
	return w.Flush()
}

func (w *Writer) line(cells []string) error {
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = Safe(c)
	}
	if err := w.rows.Write(safe); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}
