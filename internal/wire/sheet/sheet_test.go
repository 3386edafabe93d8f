package sheet_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/internal/wire/sheet"
)

func wide(text string, little, mark bool) string {
	var b []byte
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	for _, u := range units {
		if little {
			b = append(b, byte(u), byte(u>>8))
		} else {
			b = append(b, byte(u>>8), byte(u))
		}
	}
	return string(b)
}

func TestRead(t *testing.T) {
	t.Parallel()
	two := []sheet.Row{{Line: 1, Cells: []string{"Mail", "Ort"}}, {Line: 2, Cells: []string{"a@x.de", "Köln"}}}
	for name, c := range map[string]struct {
		in   string
		want []sheet.Row
	}{
		"one on each line":      {"a@x\nb@x\n", []sheet.Row{{Line: 1, Cells: []string{"a@x"}}, {Line: 2, Cells: []string{"b@x"}}}},
		"blank lines are told":  {"\n  \na@x\r\n\r\nb@x", []sheet.Row{{Line: 3, Cells: []string{"a@x"}}, {Line: 5, Cells: []string{"b@x"}}}},
		"old Mac":               {"a@x\rb@x", []sheet.Row{{Line: 1, Cells: []string{"a@x"}}, {Line: 2, Cells: []string{"b@x"}}}},
		"commas":                {"Mail,Ort\na@x.de,Köln", two},
		"semicolons":            {"Mail;Ort\r\na@x.de;Köln\r\n", two},
		"tabs":                  {"Mail\tOrt\na@x.de\tKöln", two},
		"bars":                  {"Mail|Ort\na@x.de|Köln", two},
		"said by Excel":         {"sep=;\nMail;Ort", []sheet.Row{{Line: 2, Cells: []string{"Mail", "Ort"}}}},
		"comma in a semicolon":  {"Name;Mail\nKaya, Elif;e@x\nWeber, Jonas, Dr.;j@x", []sheet.Row{{Line: 1, Cells: []string{"Name", "Mail"}}, {Line: 2, Cells: []string{"Kaya, Elif", "e@x"}}, {Line: 3, Cells: []string{"Weber, Jonas, Dr.", "j@x"}}}},
		"quotes":                {"\"Kaya, Elif\",e@x\n\"a \"\"b\"\"\",c", []sheet.Row{{Line: 1, Cells: []string{"Kaya, Elif", "e@x"}}, {Line: 2, Cells: []string{`a "b"`, "c"}}}},
		"a cell of two lines":   {"\"Main St\n5\",e@x\nf,g@x", []sheet.Row{{Line: 1, Cells: []string{"Main St\n5", "e@x"}}, {Line: 3, Cells: []string{"f", "g@x"}}}},
		"a lost quote":          {"a@x\n\"b@x\nc@x", []sheet.Row{{Line: 1, Cells: []string{"a@x"}}, {Line: 2, Cells: []string{"b@x"}}, {Line: 3, Cells: []string{"c@x"}}}},
		"a quote inside":        {"5\" disk\nb", []sheet.Row{{Line: 1, Cells: []string{"5 disk"}}, {Line: 2, Cells: []string{"b"}}}},
		"kept from guessing":    {"=\"00123\"\n\"=\"\"00124\"\"\"", []sheet.Row{{Line: 1, Cells: []string{"00123"}}, {Line: 2, Cells: []string{"00124"}}}},
		"kept from running":     {"'=x\n'+49\n'0012\nO'Neil", []sheet.Row{{Line: 1, Cells: []string{"=x"}}, {Line: 2, Cells: []string{"+49"}}, {Line: 3, Cells: []string{"0012"}}, {Line: 4, Cells: []string{"O'Neil"}}}},
		"mark of bytes":         {"\uFEFFa@x", []sheet.Row{{Line: 1, Cells: []string{"a@x"}}}},
		"UTF-16, little":        {wide("Mail;Ort\r\na@x.de;Köln", true, true), two},
		"UTF-16, big":           {wide("Mail;Ort\r\na@x.de;Köln", false, true), two},
		"UTF-16 without a mark": {wide("Mail;Ort\r\na@x.de;Köln", true, false), two},
		"Windows-1252":          {"Mail;Ort\na@x.de;K\xf6ln", two},
		"field of a mail":       {"Elif <e@x>; j@x;\n", []sheet.Row{{Line: 1, Cells: []string{"Elif <e@x>"}}, {Line: 2, Cells: []string{"j@x"}}}},
		"our own export":        {"ID,Name\n1,Elif\n# complete,rows=1,sha256=ab\n", []sheet.Row{{Line: 1, Cells: []string{"ID", "Name"}}, {Line: 2, Cells: []string{"1", "Elif"}}}},
		"nothing":               {" \n\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := sheet.Read([]byte(c.in), 10)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestReadTooLong(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"lines":     strings.Repeat("a@x\n", 4),
		"addresses": "a@x;b@x;c@x;d@x",
		"quoted":    "\"a\nb@x\nc@x\nd@x",
	} {
		if rows, err := sheet.Read([]byte(text), 3); !errors.Is(err, sheet.ErrTooLong) {
			t.Errorf("%s: %v, %v; want ErrTooLong", name, rows, err)
		}
	}
	if rows, err := sheet.Read([]byte("\n\na@x\n\nb@x\n\nc@x\n"), 3); err != nil || len(rows) != 3 {
		t.Errorf("three with blanks between: %v, %v", rows, err)
	}
}

// Whatever comes in, it ends, and what comes out is text.
func TestReadAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.StringOf(rapid.SampledFrom([]rune("a@;,\"\n\r\t='| "))), func(s string) []byte { return []byte(s) })).Draw(t, "data")
		rows, err := sheet.Read(data, 100)
		if err != nil && !errors.Is(err, sheet.ErrTooLong) {
			t.Fatal(err)
		}
		last := 0
		for _, row := range rows {
			if row.Line <= last || len(row.Cells) == 0 {
				t.Fatalf("row %+v after line %d", row, last)
			}
			last = row.Line
			for _, cell := range row.Cells {
				if !utf8.ValidString(cell) {
					t.Fatalf("cell %q is no text", cell)
				}
			}
		}
	})
}
