package outside

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/rollcall/rollcall/internal/connector"
)

// line is one thing that happened, as it stands in the journal.
type line struct {
	Account *connector.Account `json:"account,omitempty"` // made or changed
	Gone    string             `json:"gone,omitempty"`    // an account was removed
	Session *connector.Session `json:"session,omitempty"`
	Ended   *ended             `json:"ended,omitempty"`
	Revoked string             `json:"revoked,omitempty"` // the offline sessions of an account
	Event   *connector.Event   `json:"event,omitempty"`
	Fault   *Fault             `json:"fault,omitempty"`
	App     *connector.App     `json:"app,omitempty"`
	Proof   *proof             `json:"proof,omitempty"`
}

// ended is a session that is over; without an id, all of an account.
type ended struct {
	Account string `json:"account"`
	Session string `json:"session,omitempty"`
}

// Open reads a journal, or begins one. path "" keeps everything in memory only.
func Open(path string, o Options) (*System, error) {
	s := fresh(o)
	if path == "" {
		return s, nil
	}
	if err := s.read(path); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the journal of %s: %w", o.Name, err)
	}
	s.file, s.out = file, bufio.NewWriter(file)
	return s, nil
}

// read tells the journal once more.
func (s *System) read(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the journal of %s: %w", s.Name, err)
	}
	defer func() { _ = file.Close() }() // only read
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return fmt.Errorf("line %d of the journal of %s: %w", n, s.Name, err)
		}
		s.apply(l)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the journal of %s: %w", s.Name, err)
	}
	return nil
}

// note writes what happened and lets it happen. The caller holds the lock.
func (s *System) note(all ...line) error {
	for _, l := range all {
		if s.out != nil {
			b, err := json.Marshal(l)
			if err != nil {
				return fmt.Errorf("write the journal of %s: %w", s.Name, err)
			}
			if _, err := s.out.Write(append(b, '\n')); err != nil {
				return fmt.Errorf("write the journal of %s: %w", s.Name, err)
			}
		}
		s.apply(l)
	}
	if s.out == nil {
		return nil
	}
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("write the journal of %s: %w", s.Name, err)
	}
	return nil
}

// Finish closes the journal. Close is for connectors, which come and go.
func (s *System) Finish() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file, s.out = nil, nil
	if err != nil {
		return fmt.Errorf("close the journal of %s: %w", s.Name, err)
	}
	return nil
}
