package keycloak

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
)

// place is where a reading of everybody goes on.
//
// Keycloak lists people by username and pages by offset. Who is removed in front
// of the reader moves everybody behind it forward by one, so that the next page
// would begin one too late; who is added moves them back. So a page begins a few
// people before the place, and the reader looks for the last people it has given
// (the anchors) in it. Behind the last anchor in the list's own order comes
// everybody who was not given yet, whatever happened in front of it. If no anchor
// is in the page, pages around it are looked through; if they are all gone, the
// list is read from its beginning again. Nobody is lost either way, and nobody
// is given twice unless the list was begun again or they were made anew.
//
// An anchor is an id with its username: somebody who was renamed stands
// elsewhere and is no anchor any more. A person who is renamed from behind the
// reader to before it while the list is read is not in it. A caller who must know
// takes the point of ListChanges first and reads the changes afterwards.
type place struct {
	Next    int      `json:"n"`           // offset behind the last person given
	Size    int      `json:"s,omitempty"` // of a page, when a full one was too large or too slow
	Total   int      `json:"t"`
	Again   int      `json:"r,omitempty"` // how often the list was begun again
	Anchors []string `json:"a"`           // the last people given, in their order
}

const (
	// manyAnchors is how many people may be removed right at the place of the
	// reader without a search.
	manyAnchors = 10
	// fullPage fits the bound of an answer when accounts carry few attributes.
	fullPage = 500
	// slowPage is the smallest page that is made smaller for a slow system.
	slowPage = 100
	// farSearch is how many pages on each side are searched for an anchor.
	farSearch = 10
	// littleApart is how many people the count may be ahead of the list.
	littleApart = 10
	// manyAgain bounds how often a list is begun again.
	manyAgain = 3
)

// anchor marks one person at one place of the list.
func anchor(p person) string {
	sum := sha256.Sum256([]byte(p.ID + "\x00" + p.Username))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// spell writes a place as a cursor.
func (p place) spell() connector.Cursor {
	b, err := json.Marshal(p)
	if err != nil {
		return "" // numbers and plain texts always can be spelled
	}
	return connector.Cursor(base64.RawURLEncoding.EncodeToString(b))
}

// readPlace reads a cursor that spell wrote.
func readPlace(c connector.Cursor) (place, bool) {
	var p place
	if c == "" {
		return p, true
	}
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil || json.Unmarshal(b, &p) != nil {
		return place{}, false
	}
	ok := p.Next >= 0 && p.Size >= 0 && p.Size <= fullPage && len(p.Anchors) <= manyAnchors && (p.Next == 0) == (len(p.Anchors) == 0)
	return p, ok
}

// behind gives the people of a page behind the last anchor in it.
func (p place) behind(page []person) (rest []person, at int, found bool) {
	for i := len(page) - 1; i >= 0; i-- {
		if slices.Contains(p.Anchors, anchor(page[i])) {
			return page[i+1:], i + 1, true
		}
	}
	return nil, 0, false
}

// pass moves the place behind people that were given; at is the offset of the
// first of them.
func (p *place) pass(given []person, at int) {
	for _, one := range given[max(0, len(given)-manyAnchors):] {
		p.Anchors = append(p.Anchors, anchor(one))
	}
	p.Anchors = slices.Clone(p.Anchors[max(0, len(p.Anchors)-manyAnchors):])
	p.Next = at + len(given)
}
