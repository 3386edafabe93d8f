package audit

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"

	"github.com/rollcall/rollcall/models"
)

// jsonLine is an event as a machine reads it. Ids are public ones.
type jsonLine struct {
	Number   int64        `json:"number"`
	Time     string       `json:"time"`
	Sentence string       `json:"sentence"`
	Action   string       `json:"action"`
	Result   string       `json:"result"`
	Reason   string       `json:"reason,omitempty"`
	Actor    jsonRef      `json:"actor"`
	Target   *jsonRef     `json:"target,omitempty"`
	Object   *jsonRef     `json:"object,omitempty"`
	Changes  []jsonChange `json:"changes,omitempty"`
	Facts    string       `json:"facts,omitempty"`
	Via      string       `json:"via"`
	Address  string       `json:"address,omitempty"`
	Request  string       `json:"request,omitempty"`
	Session  string       `json:"session,omitempty"`
}

type jsonRef struct {
	Kind string `json:"kind"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name"`
}

type jsonChange struct {
	Field  string          `json:"field"`
	Hidden bool            `json:"hidden,omitempty"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// JSON gives the event as one line of an export, without the line break.
func (l *Line) JSON() []byte {
	row := jsonLine{
		Number: l.ID, Time: stamp(l.At), Sentence: l.Text(), Action: string(l.Action), Result: string(l.Result), Reason: l.Reason,
		Actor:  jsonRef{Kind: string(l.ActorKind), ID: l.Actor.Ref, Name: l.Actor.Name},
		Target: ref(l.Target), Object: ref(l.Object), Facts: l.Facts,
		Via: string(l.Via), Address: l.IP, Request: l.RequestID, Session: l.SessionKey,
	}
	for _, c := range l.Changes {
		row.Changes = append(row.Changes, jsonChange{Field: c.Field, Hidden: c.Hidden, Before: c.before, After: c.after})
	}
	b, err := json.Marshal(row)
	if err != nil { // strings and JSON that was read before always encode
		panic(err)
	}
	return b
}

func ref(r Ref) *jsonRef {
	if r.Kind == "" {
		return nil
	}
	return &jsonRef{Kind: string(r.Kind), ID: r.Ref, Name: r.Name}
}

type jsonlFile struct {
	out *bufio.Writer
	sum hash.Hash
	n   int
}

func newJSONLFile(w io.Writer) *jsonlFile {
	return &jsonlFile{out: bufio.NewWriterSize(w, 64<<10), sum: sha256.New()}
}

func (f *jsonlFile) begin() error { return nil }

func (f *jsonlFile) line(l Line) error {
	row := append(l.JSON(), '\n')
	f.n++
	f.sum.Write(row) // a hash never fails
	if _, err := f.out.Write(row); err != nil {
		return fmt.Errorf("write jsonl: %w", err)
	}
	return nil
}

func (f *jsonlFile) finish(asOf models.Instant) (Manifest, error) {
	m := Manifest{Rows: f.n, SHA256: hex.EncodeToString(f.sum.Sum(nil))}
	return m, f.last(map[string]any{"complete": true, "rows": m.Rows, "sha256": m.SHA256, "as_of": stamp(asOf)})
}

func (f *jsonlFile) abort(reason string) error {
	return f.last(map[string]any{"complete": false, "rows": f.n, "reason": reason})
}

func (f *jsonlFile) last(end map[string]any) error {
	if err := json.NewEncoder(f.out).Encode(end); err != nil {
		return fmt.Errorf("write jsonl: %w", err)
	}
	if err := f.out.Flush(); err != nil {
		return fmt.Errorf("write jsonl: %w", err)
	}
	return nil
}
