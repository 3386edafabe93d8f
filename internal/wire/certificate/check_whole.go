package certificate

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/note"
)

// whole checks what follows from all people together. When something was found
// before, it would only be said twice.
func (c *checker) whole() {
	if len(c.first)+len(c.report.Problems) > 0 {
		return
	}
	h, counted := c.report.Head, c.counted
	if h.Scope == ScopePerson {
		c.included()
	} else {
		counted.ListHash, counted.Root = c.list.Hash(), c.tree.root()
		switch {
		case c.report.Inclusion != nil:
			c.say("Inclusion: the certificate of a whole operation has none.")
		case counted.ListHash != h.Plan.ListHash:
			c.say("The list hash that was approved, %s, is not that of the people above, %s.", short(h.Plan.ListHash), short(counted.ListHash))
		case counted.Included != h.Plan.Included:
			c.say("Head: the plan counts %d people who are acted upon, and the list has %d.", h.Plan.Included, counted.Included)
		case !maps.Equal(counted.LeftOut, h.Plan.LeftOut):
			c.say("Head: the plan counts other people left out than the list has.")
		}
	}
	for _, text := range differences(c.report.Totals, counted) {
		c.say("Totals: %s.", text)
	}
}

// included checks the place of the one person in the whole.
func (c *checker) included() {
	in, p := c.report.Inclusion, c.report.Person
	switch {
	case in == nil:
		c.say("Inclusion: it is missing, so nothing shows that this person belongs to %s.", c.report.Head.Operation.Code)
	case in.Position != p.Position || in.People != c.report.Head.Plan.People:
		c.say("Inclusion: it is about person %d of %d, and this is person %d of %d.", in.Position, in.People, p.Position, c.report.Head.Plan.People)
	case link(in.Before, p.Hash) != p.Chain:
		c.say("Inclusion: the entry does not follow the one before it, the chain is broken here.")
	case !placed(c.one, *in):
		c.say("Inclusion: the path does not lead from this person to the root of the operation's certificate.")
	}
}

// differences compares what the totals say with what was counted.
func differences(said, counted Totals) []string {
	var out []string
	number := func(what string, a, b int64) {
		if a != b {
			out = append(out, fmt.Sprintf("they say %d %s, and the entries give %d", a, what, b))
		}
	}
	number("people", int64(said.People), int64(counted.People))
	number("people acted upon", int64(said.Included), int64(counted.Included))
	number("steps", int64(said.Steps), int64(counted.Steps))
	number("probes", int64(said.Probes), int64(counted.Probes))
	number("proven steps", int64(said.Proven), int64(counted.Proven))
	number("console sessions", said.Sessions, counted.Sessions)
	number("seconds at the longest", said.LongestToOut, counted.LongestToOut)
	for _, m := range []struct {
		what string
		a, b map[string]int
	}{
		{"left out as", said.LeftOut, counted.LeftOut}, {"people in state", said.States, counted.States},
		{"steps with outcome", said.Outcomes, counted.Outcomes}, {"applications with outcome", said.Applications, counted.Applications},
	} {
		for _, key := range keysOf(m.a, m.b) {
			number(m.what+" "+key, int64(m.a[key]), int64(m.b[key]))
		}
		if len(m.a) != len(m.b) && len(out) == 0 {
			out = append(out, "they count "+m.what+" what no entry is")
		}
	}
	if said.ResidualUntil != counted.ResidualUntil {
		out = append(out, "the last second of access is not that of the entries")
	}
	if said.ListHash != counted.ListHash {
		out = append(out, "the list hash is not that of the people above")
	}
	if said.Root != counted.Root {
		out = append(out, "the root is not that of the people above")
	}
	return out
}

// keysOf gives the keys of both, in order.
func keysOf(a, b map[string]int) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]int{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// signature checks who signed what.
func (c *checker) signature(keys *KeyList) {
	h := c.report.Head
	if c.said.Digest != c.report.Digest {
		c.say("The signature does not fit the text: signed was %s, and the text above has the SHA-256 %s.", short(c.said.Digest), short(c.report.Digest))
	}
	if !strictNote(c.said.Note) {
		c.say("Signature: the note is not written as notes are.")
		return
	}
	own, err := note.NewVerifier(h.Signer)
	if err != nil {
		c.say("Head: the key of the signer is not one.")
		return
	}
	trusted, list := KeyList{Keys: []Key{{Key: h.Signer}}}, []note.Verifier{own}
	if keys != nil {
		trusted, list = *keys, nil
		for _, k := range trusted.Keys {
			v, err := note.NewVerifier(k.Key)
			if err == nil && !slices.ContainsFunc(list, func(o note.Verifier) bool { return o.Name() == v.Name() && o.KeyHash() == v.KeyHash() }) {
				list = append(list, v)
			}
		}
	}
	n, err := note.Open([]byte(c.said.Note), note.VerifierList(list...))
	var unknown *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unknown):
		c.unknownKey(unknown.Note, keys != nil)
		return
	case err != nil:
		c.say("Signature: it was not made with the key it names, or it was changed.")
		return
	case n.Text != Statement(h, c.said.Digest):
		c.say("Signature: what was signed is a statement about something else: %q.", n.Text)
		return
	}
	c.signed(n.Sigs[0], trusted, keys != nil)
}

func (c *checker) unknownKey(n *note.Note, given bool) {
	by := "another key"
	if len(n.UnverifiedSigs) > 0 {
		by = fmt.Sprintf("the key %s+%08x", n.UnverifiedSigs[0].Name, n.UnverifiedSigs[0].Hash)
	}
	if given {
		c.say("Signature: made with %s, which is not among the keys you trust.", by)
		return
	}
	c.say("Signature: made with %s, and the head names %s.", by, signerOf(c.report.Head.Signer))
}

// signed notes whose key it was, and refuses one that was retired before.
func (c *checker) signed(s note.Signature, trusted KeyList, given bool) {
	h := c.report.Head
	c.report.Signer = fmt.Sprintf("%s+%08x", s.Name, s.Hash)
	if c.report.Signer != signerOf(h.Signer) {
		c.say("Head: it names the key %s, and %s signed.", signerOf(h.Signer), c.report.Signer)
		return
	}
	for _, k := range trusted.Keys {
		if signerOf(k.Key) != c.report.Signer || k.RetiredAt == "" {
			continue
		}
		if h.Issued.At > k.RetiredAt {
			c.say("Signature: the key %s was retired at %s, and this was issued at %s.", c.report.Signer, k.RetiredAt, h.Issued.At)
			return
		}
		c.report.RetiredAt = k.RetiredAt
	}
	c.report.Trusted = given
}

// short is how much of a hash people compare.
func short(hash string) string {
	if len(hash) < 8 {
		return hash
	}
	return hash[:4] + " " + hash[4:8]
}
