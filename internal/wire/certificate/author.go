package certificate

import "fmt"

// Author writes the lines of a certificate, one person after the other, and
// fills in what follows from them: numbers, hashes, the chain, the totals.
type Author struct {
	chain  string
	list   *List
	tree   tree
	totals Totals
}

// NewAuthor begins a certificate and gives its first object.
func NewAuthor(h Head) (*Author, []byte, error) {
	line, hash, err := headLine(h)
	if err != nil {
		return nil, nil, err
	}
	return &Author{chain: hash, list: NewList(), totals: newTotals()}, line, nil
}

// headLine numbers and hashes what a head holds.
func headLine(h Head) (line []byte, hash string, err error) {
	h.Format, h.TimeZone, h.DecisionCount, h.EventCount = Format, "UTC", len(h.Decisions), len(h.Events)
	decisions := make([]Decision, len(h.Decisions))
	for i, d := range h.Decisions {
		d.N = i + 1
		if d.Hash, err = d.own(); err != nil {
			return nil, "", err
		}
		decisions[i] = d
	}
	h.Decisions = decisions
	if h.Events == nil {
		h.Events = []Event{}
	}
	if h.Hash, err = h.own(); err != nil {
		return nil, "", err
	}
	line, err = canonical(h)
	return line, h.Hash, err
}

// Person gives the object of the next person.
func (a *Author) Person(p Person) ([]byte, error) {
	if p.Position != a.tree.n+1 {
		return nil, fmt.Errorf("write a certificate: person %d comes after person %d", p.Position, a.tree.n)
	}
	p.StepCount = len(p.Steps)
	steps := make([]Step, len(p.Steps))
	for i, s := range p.Steps {
		var err error
		if steps[i], err = s.numbered(i + 1); err != nil {
			return nil, err
		}
	}
	p.Steps = steps
	var err error
	if p.Hash, err = p.own(); err != nil {
		return nil, err
	}
	p.Chain = link(a.chain, p.Hash)
	line, err := canonical(p)
	if err != nil {
		return nil, err
	}
	a.chain = p.Chain
	a.count(p, line)
	return line, nil
}

func (s Step) numbered(n int) (Step, error) {
	s.N, s.ProbeCount, s.ApplicationCount = n, len(s.Probes), len(s.Applications)
	s.Probes, s.Applications = append([]Probe(nil), s.Probes...), append([]Application(nil), s.Applications...)
	for i := range s.Probes {
		s.Probes[i].N = i + 1
	}
	for i := range s.Applications {
		s.Applications[i].N = i + 1
	}
	var err error
	s.Hash, err = s.own()
	return s, err
}

func (a *Author) count(p Person, line []byte) {
	a.totals.add(p)
	a.tree.add(leaf(line))
	if p.Included {
		a.list.Add(int64(p.Position), p.ID, p.StatusBefore, p.Version)
	}
}

// Chain gives the running hash up to the last person.
func (a *Author) Chain() string { return a.chain }

// Totals gives the last object, and what it says.
func (a *Author) Totals() ([]byte, Totals, error) {
	t := a.totals
	t.ListHash, t.Root = a.list.Hash(), a.tree.root()
	line, err := canonical(t)
	return line, t, err
}

// Extracted is what the certificate of one person says differently from that of
// the operation it is taken out of.
type Extracted struct {
	ID     string
	Signer string
	Issued Issued
}

// Extract gives the head and the totals of the certificate of one person, from
// the head and the person's line in the certificate of the operation.
func Extract(operation, person []byte, x Extracted) (head, totals []byte, err error) {
	h, err := ReadHead(operation)
	if err != nil {
		return nil, nil, err
	}
	p, err := ReadPerson(person)
	if err != nil {
		return nil, nil, err
	}
	h.Scope, h.ID, h.Signer, h.Issued = ScopePerson, x.ID, x.Signer, x.Issued
	if head, _, err = headLine(h); err != nil {
		return nil, nil, err
	}
	t := newTotals()
	t.add(p)
	totals, err = canonical(t)
	return head, totals, err
}

// InclusionLine gives the object of an inclusion.
func InclusionLine(in Inclusion) ([]byte, error) { return canonical(in) }

// ReadHead reads the object of a head.
func ReadHead(line []byte) (Head, error) { return read[Head](line, "the head") }

// ReadPerson reads the object of a person.
func ReadPerson(line []byte) (Person, error) { return read[Person](line, "a person") }

// ReadTotals reads the object of the totals.
func ReadTotals(line []byte) (Totals, error) { return read[Totals](line, "the totals") }

// ReadInclusion reads the object of an inclusion.
func ReadInclusion(line []byte) (Inclusion, error) { return read[Inclusion](line, "the inclusion") }

func read[T any](line []byte, what string) (T, error) {
	v, err := parse[T](line)
	if err != nil {
		return v, fmt.Errorf("read %s of a certificate: %w", what, err)
	}
	return v, nil
}
