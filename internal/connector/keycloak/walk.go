package keycloak

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/outbound"
)

const (
	// late is how long after its own time an event may appear in the list: it shows
	// when the request that caused it commits.
	late = time.Minute
	// eventPage fits the bound of an answer also when events carry details.
	eventPage = 100
	// crowd is how many events of one millisecond are read.
	crowd = 1600
	// mostEvents is how many of a list one reading gives.
	mostEvents = 5000
	// manyNear is how many events a mark remembers one by one.
	manyNear = 48
)

// mark is how far a list was read.
type mark struct {
	Since int64  `json:"s"`           // milliseconds of Keycloak's clock: everything before was seen
	ID    string `json:"i,omitempty"` // the newest event that was seen, which must still be there
	At    int64  `json:"t,omitempty"` // its time
	Near  string `json:"n,omitempty"` // short marks of those seen behind Since, one after the other
}

// nearLength is that of one short mark.
const nearLength = 8

func near(id string) string {
	sum := sha256.Sum256([]byte(id))
	return base64.RawURLEncoding.EncodeToString(sum[:nearLength/4*3])
}

// remember keeps some of the events that may be met again: first those that are
// about nobody in particular, since such a one casts doubt on a whole answer; of
// others the newest.
func (m *mark) remember(met []record) {
	met = slices.DeleteFunc(met, func(one record) bool { return one.Time < m.Since })
	slices.SortStableFunc(met, func(a, b record) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Time, a.Time))
	})
	var text strings.Builder
	for _, one := range met[:min(len(met), manyNear)] {
		text.WriteString(near(one.ID))
	}
	m.Near = text.String()
}

func rank(one record) int {
	if id, _ := aboutPerson(one.Path); one.Resource != "" && id == "" {
		return 0
	}
	return 1
}

// known gives the short marks of the events that were seen.
func (m mark) known() map[string]bool {
	known := make(map[string]bool)
	for text := m.Near; len(text) >= nearLength; text = text[nearLength:] {
		known[text[:nearLength]] = true
	}
	return known
}

// batch is what one reading of a list gave.
type batch struct {
	records []record // the oldest first
	next    mark
	lost    bool // the newest event seen before is not there any more, or some could not be read
	more    bool // there is more behind the last one
}

// walk reads a list from a mark on. Each page begins at the time of the last
// event seen, never at an offset: events that expire at the front would shift it,
// and those of the same millisecond come in no fixed order, so that they must all
// be in one page.
type walk struct {
	*system
	feed
	from  mark
	known map[string]bool // seen at the time of the mark
	met   []record        // all of this walk
	seen  map[string]bool // ids of met
	since int64
	size  int
	most  int  // that an answer holds
	crowd bool // a millisecond held more
	batch
}

// readFeed reads a list from a mark on.
func (s *system) readFeed(ctx context.Context, f feed, from mark) (batch, error) {
	now, err := s.theirNow(ctx)
	if err != nil {
		return batch{}, err
	}
	w := walk{
		system: s, feed: f, from: from, known: from.known(), seen: make(map[string]bool), since: from.Since, size: eventPage, most: crowd,
		batch: batch{next: from, lost: from.ID != ""},
	}
	if from.ID != "" {
		w.since = min(w.since, from.At)
	}
	for done := false; !done; {
		if done, err = w.step(ctx); err != nil {
			return batch{}, err
		}
	}
	if w.lost && w.next.ID == from.ID { // nothing newer to hold on to
		w.next.ID, w.next.At = "", 0
	}
	w.lost = w.lost || w.crowd
	w.next.Since = max(from.Since, now.Add(-late).UnixMilli())
	if w.more { // what lies behind is read next time, from here on
		w.next.Since = w.next.At
	}
	w.next.remember(w.met)
	return w.batch, nil
}

// step reads one page.
func (w *walk) step(ctx context.Context) (done bool, err error) {
	page, err := w.events(ctx, w.feed, url.Values{
		"dateFrom": {strconv.FormatInt(w.since, 10)}, "direction": {"asc"}, "first": {"0"}, "max": {strconv.Itoa(w.size)},
	})
	if errors.Is(err, outbound.ErrTooLarge) && w.size > 1 {
		w.size /= 2
		w.most = w.size
		return false, nil
	}
	if err != nil {
		return false, err
	}
	w.take(page)
	if len(page) < w.size {
		return true, nil
	}
	switch last := page[len(page)-1].Time; {
	case last > w.since:
		w.since, w.size = last, min(eventPage, w.most)
		w.more = len(w.records) >= w.system.most
	case 2*w.size <= w.most:
		w.size *= 2
	default: // more in one millisecond than an answer holds
		w.crowd = true
		w.since++
		w.size = min(eventPage, w.most)
	}
	return w.more, nil
}

// take adds the events of a page that are new.
func (w *walk) take(page []record) {
	for _, one := range page {
		if one.ID == w.from.ID {
			w.lost = false
		}
		if w.seen[one.ID] {
			continue
		}
		w.seen[one.ID] = true
		w.met = append(w.met, one)
		if one.ID == w.from.ID || w.known[near(one.ID)] {
			continue
		}
		w.records = append(w.records, one)
		if one.Time >= w.next.At {
			w.next.ID, w.next.At = one.ID, one.Time
		}
	}
}

// newest gives the mark of a list as it is now, with what was seen just before:
// the next reading meets that again.
func (s *system) newest(ctx context.Context, f feed) (mark, error) {
	now, err := s.theirNow(ctx)
	if err != nil {
		return mark{}, err
	}
	last, err := s.events(ctx, f, url.Values{"direction": {"desc"}, "first": {"0"}, "max": {"1"}})
	if err != nil {
		return mark{}, err
	}
	m := mark{Since: now.Add(-late).UnixMilli()}
	b, err := s.readFeed(ctx, f, m)
	if err != nil {
		return mark{}, err
	}
	if !b.more {
		m = b.next
	}
	if len(last) > 0 && last[0].Time > m.At {
		m.ID, m.At = last[0].ID, last[0].Time
	}
	return m, nil
}
