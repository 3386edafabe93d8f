package certificate

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Bounds of what a check takes on and says.
const (
	maxPeople   = 5_000_000
	maxProblems = 20
)

// Check reads a certificate and finds what does not fit, the first first. Keys
// are those the reader trusts; nil checks only that the file fits itself. The
// error says that the file could not be read at all.
func Check(r io.Reader, keys *KeyList) (Report, error) {
	c := &checker{lines: newLines(r), counted: newTotals(), list: NewList()}
	for _, part := range []func() error{c.head, c.people, c.end} {
		if err := part(); err != nil {
			return c.report, err
		}
		if c.report.Stopped {
			break
		}
	}
	if !c.report.Stopped {
		c.whole()
		c.signature(keys)
	}
	c.report.Problems = append(c.first, c.report.Problems...)
	return c.report, nil
}

// checker is one check on its way through a file.
type checker struct {
	*lines

	report Report
	first  []string // what is named before everything else

	order   *order
	chain   string // up to the person before; "" when that is not known
	counted Totals
	list    *List
	tree    tree
	one     []byte // the line of the person, when there is only one
	said    Signature
}

// say notes a problem.
func (c *checker) say(format string, args ...any) {
	if len(c.report.Problems) < maxProblems {
		c.report.Problems = append(c.report.Problems, fmt.Sprintf(format, args...))
	}
}

// stop notes a problem after which the rest makes no sense.
func (c *checker) stop(format string, args ...any) error {
	c.report.Problems = append(c.report.Problems, fmt.Sprintf(format, args...))
	c.report.Stopped = true
	return nil
}

// line reads the next line; when there is none, the check stops.
func (c *checker) read(what string) (bool, error) {
	ok, err := c.next()
	if err != nil {
		return false, err
	}
	if !ok || c.last {
		return false, c.stop("The file is cut off: it ends before the end of %s.", what)
	}
	return true, nil
}

func (c *checker) head() error {
	ok, err := c.read("the head")
	if !ok {
		return err
	}
	line, ok := object(c.line, openHead, ",")
	if !ok {
		return c.stop("Line 1: a certificate begins otherwise. This is another file, or its beginning was changed.")
	}
	h, err := parse[Head](line)
	if err != nil {
		return c.stop("Head: %v.", err)
	}
	c.report.Head = h
	switch {
	case h.Format != Format:
		return c.stop("Head: the format is %q, and this program knows %s.", h.Format, Format)
	case h.Plan.People < 1 || h.Plan.People > maxPeople:
		return c.stop("Head: the list cannot have %d people.", h.Plan.People)
	case h.Scope != ScopeOperation && h.Scope != ScopePerson:
		return c.stop("Head: it is about %q, which is neither an operation nor a person.", h.Scope)
	}
	c.order, c.chain = newOrder(h.Plan.People), h.Hash
	if ok, err = c.read("the head"); !ok {
		return err
	}
	if string(c.line) != openPeople {
		return c.stop("Line 2: the list of people does not begin here.")
	}
	return c.decisions(h)
}

// people reads the list. A comma says that another one follows.
func (c *checker) people() error {
	for more := true; more; {
		ok, err := c.read(fmt.Sprintf("the list of people (%d of %d are there)", c.order.at, c.report.Head.Plan.People))
		if !ok {
			return err
		}
		if string(c.line) == closePeople { // after a comma: the last one is gone
			if len(c.order.wrong("person")) == 0 && c.report.Head.Scope == ScopeOperation {
				c.say("Line %d: the list of people ends with a comma, as if another one followed.", c.n)
			}
			c.ordered()
			return nil
		}
		if !bytes.HasPrefix(c.line, []byte("{")) {
			return c.stop("Line %d: here a person should stand, or the end of the list.", c.n)
		}
		line, comma := bytes.CutSuffix(c.line, []byte(","))
		if err := c.person(line); err != nil {
			return err
		}
		more = comma
	}
	ok, err := c.read("the list of people")
	if !ok {
		return err
	}
	if string(c.line) != closePeople {
		return c.stop("Line %d: the list of people does not end here as it should.", c.n)
	}
	c.ordered()
	return nil
}

// ordered names who is missing, doubled or out of place before anything else.
func (c *checker) ordered() {
	if c.report.Head.Scope == ScopePerson {
		if c.order.at != 1 {
			c.first = append(c.first, fmt.Sprintf("A certificate of one person has one person, and here are %d.", c.order.at))
		}
		return
	}
	for _, text := range c.order.wrong("person") {
		c.first = append(c.first, sentence(text))
	}
}

// end reads what follows the people, up to the end of the file.
func (c *checker) end() error {
	ok, err := c.read("the totals")
	if !ok {
		return err
	}
	if line, is := object(c.line, openInclusion, ","); is {
		in, err := parse[Inclusion](line)
		if err != nil {
			return c.stop("Inclusion: %v.", err)
		}
		c.report.Inclusion = &in
		if ok, err = c.read("the totals"); !ok {
			return err
		}
	}
	line, ok := object(c.line, openTotals, ",")
	if !ok {
		return c.stop("Line %d: here the totals should stand.", c.n)
	}
	if c.report.Totals, err = parse[Totals](line); err != nil {
		return c.stop("Totals: %v.", err)
	}
	if ok, err = c.read("the signature"); !ok {
		return err
	}
	if line, ok = object(c.line, openSignature, "}"); !ok {
		return c.stop("Line %d: here the signature should stand.", c.n)
	}
	if c.said, err = parse[Signature](line); err != nil {
		return c.stop("Signature: %v.", err)
	}
	c.report.Digest = c.digest()
	if ok, err = c.next(); err != nil {
		return err
	}
	if ok {
		return c.stop("Line %d: something follows the signature, and nobody signed it.", c.n)
	}
	return nil
}

// sentence makes a fragment one.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] + "." }
