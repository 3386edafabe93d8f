package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"
)

// Row is one line of a table.
type Row struct {
	Line  int // where it begins; 1 is the first
	Cells []string
}

// ErrTooLong says that there are more rows than asked for.
var ErrTooLong = errors.New("sheet: too many rows")

// endings are the last lines of the files that Rollcall itself writes.
var endings = []string{"# complete", "# incomplete"}

// guarded is a cell ="00123", whose quotes are in a place where no table has them.
var guarded = regexp.MustCompile(`(?m)(^|[,;|\t])="([^"\n]*)"`)

// Read gives the rows that hold something, at most limit of them.
func Read(data []byte, limit int) ([]Row, error) {
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n").Replace(Text(data))
	text = guarded.ReplaceAllString(text, `$1"$2"`)
	separator, text := separatorOf(text)
	rows, err := strict(text, separator, limit)
	if errors.Is(err, csv.ErrQuote) || errors.Is(err, csv.ErrBareQuote) { // a quote that is only a character
		rows, err = lineByLine(text, separator, limit)
	}
	if err != nil {
		return nil, err
	}
	return addresses(rows, limit)
}

// separatorOf gives what stands between cells. Excel may say so in a first line
// "sep=;"; otherwise it is what the first lines have most of, outside of quotes.
// The "\n" of a list with one value on each line separates nothing.
func separatorOf(text string) (separator rune, rest string) {
	first, after, _ := strings.Cut(text, "\n")
	if said, is := strings.CutPrefix(strings.ToLower(first), "sep="); is && len(said) == 1 && strings.ContainsAny(said, ",;|\t") {
		return rune(said[0]), " \n" + after // the blank keeps the numbers of the lines
	}
	seen, quoted, lines := map[rune]int{}, false, 0
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '\n' && !quoted:
			lines++
		case !quoted && strings.ContainsRune(",;|\t", r):
			seen[r]++
		}
		if lines == 20 {
			break
		}
	}
	separator = ','
	for _, r := range "\t;|" { // "Kaya, Elif" may stand in a cell of the others
		if seen[r] > 0 && 2*seen[r] >= max(seen[separator], lines) {
			separator = r
		}
	}
	return separator, text
}

func strict(text string, separator rune, limit int) ([]Row, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.FieldsPerRecord, reader.TrimLeadingSpace = separator, -1, separator != '\t'
	var rows []Row
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := reader.FieldPos(0)
		if rows, err = keep(rows, Row{Line: line, Cells: cells}, limit); err != nil {
			return nil, err
		}
	}
}

func lineByLine(text string, separator rune, limit int) ([]Row, error) {
	var rows []Row
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		var err error
		cells := strings.Split(strings.ReplaceAll(line, `"`, ""), string(separator))
		if rows, err = keep(rows, Row{Line: number, Cells: cells}, limit); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func keep(rows []Row, row Row, limit int) ([]Row, error) {
	empty := true
	for i := range row.Cells {
		row.Cells[i] = Cell(row.Cells[i])
		empty = empty && row.Cells[i] == ""
	}
	for _, ending := range endings {
		empty = empty || strings.HasPrefix(row.Cells[0], ending)
	}
	if empty {
		return rows, nil
	}
	if len(rows) == limit {
		return nil, ErrTooLong
	}
	return append(rows, row), nil
}

// Cell gives what a cell says. Spreadsheets are kept from guessing by ="00123",
// and from running a formula by an apostrophe in front.
func Cell(text string) string {
	text = strings.Trim(text, " \t\u00a0\ufeff")
	if inner, is := strings.CutPrefix(text, "="); is && len(inner) > 1 && strings.HasPrefix(inner, `"`) && strings.HasSuffix(inner, `"`) {
		return strings.TrimSpace(inner[1 : len(inner)-1])
	}
	if inner, is := strings.CutPrefix(text, "'"); is && inner != "" && strings.ContainsRune("=+-@0123456789", rune(inner[0])) {
		return strings.TrimSuffix(inner, "'")
	}
	return text
}

// addresses takes one line of several e-mail addresses, as a mail program's field
// holds them, for as many lines.
func addresses(rows []Row, limit int) ([]Row, error) {
	if len(rows) != 1 || len(rows[0].Cells) < 2 {
		return rows, nil
	}
	cells := rows[0].Cells
	var all []Row
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		if !strings.Contains(cell, "@") {
			return rows, nil
		}
		if len(all) == limit {
			return nil, ErrTooLong
		}
		all = append(all, Row{Line: len(all) + 1, Cells: []string{cell}})
	}
	return all, nil
}

// isUTF16 reports whether bytes without a mark are UTF-16: text of Latin letters
// has a zero in every second place.
func isUTF16(data []byte) (little, is bool) {
	sample := data[:min(len(data), 512)&^1]
	if len(sample) < 4 {
		return false, false
	}
	even, odd := 0, 0
	for i, b := range sample {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	most := len(sample) / 2 * 8 / 10
	return odd >= most && even == 0, (odd >= most) != (even >= most) && bytes.IndexByte(sample, 0) >= 0
}
