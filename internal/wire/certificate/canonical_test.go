package certificate

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"
)

// What is written is what RFC 8785 has, whatever stands in it, and reads back as
// it was.
func TestCanonical(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"\u2028<&>\u2029", "\x00\b\f\n\r\t\x1f\x7f", `\u2028 \ufffd "\`, "\ufffd\uffff", "😀€"}))
		p := Person{
			Position: rapid.IntRange(0, 1<<40).Draw(t, "position"), ID: text.Draw(t, "id"), Name: text.Draw(t, "name"), Note: text.Draw(t, "note"), Included: rapid.Bool().Draw(t, "included"),
			Steps: []Step{{Sentence: text.Draw(t, "sentence"), Probes: []Probe{{Alive: new(bool), Digest: text.Draw(t, "digest")}}, Events: []Event{{Number: rapid.Int64Range(0, 1<<53).Draw(t, "event")}}}},
		}
		got, err := canonical(p)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		want, err := jcs.Transform(plain)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%s\nwant\n%s", got, want)
		}
		back, err := parse[Person](got)
		if err != nil || !reflect.DeepEqual(back, p) {
			t.Fatalf("read back %+v, %v", back, err)
		}
	})
}

// Fields stand in the order of their names, so that no object needs sorting.
func TestFieldsAreInOrder(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		Head{}, Product{}, Tenant{}, Issued{}, Who{}, Operation{}, Trigger{}, Plan{}, Decision{}, Event{},
		Person{}, Step{}, Probe{}, Application{}, Held{}, Totals{}, Inclusion{}, Signature{},
	} {
		var names []string
		for f := range reflect.TypeOf(v).Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
		}
		if !slices.IsSorted(names) {
			t.Errorf("%T: %v", v, names)
		}
	}
}
