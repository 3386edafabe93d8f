package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/internal/bench/bare"
)

const pageAct = "users-page-c8"

// rounds is how often the two servers take turns.
const rounds = 4

// page is the page of people over HTTP: ours with session, permission, layout,
// filters, roles and sessions of each row; and the bare ones.
type page struct {
	bench      *bench
	ours, bare []*visitor
}

// usersPage measures the page of people with eight visitors at once, on random
// pages of the list.
func (b *bench) usersPage(ctx context.Context, cookies []*http.Cookie) (Figure, error) {
	listener, err := listen(ctx)
	if err != nil {
		return Figure{}, err
	}
	plain := serve(ctx, listener, bare.Handler(b.direct.read, b.tenant, string(b.direct.dialect)))
	defer plain.server.Close()
	p := page{bench: b}
	for _, cookie := range cookies {
		v, err := visit(ctx, b.site, cookie)
		if err != nil {
			return Figure{}, err
		}
		defer v.conn.Close()
		p.ours = append(p.ours, v)
		if v, err = visit(ctx, plain, nil); err != nil {
			return Figure{}, err
		}
		defer v.conn.Close()
		p.bare = append(p.bare, v)
	}
	if err := p.compare(); err != nil {
		return Figure{}, err
	}
	return p.measure()
}

// scatter spreads the visits over the pages that were walked.
func (p *page) scatter(i int) place {
	pages := p.bench.samples.pages
	return pages[i*7919%len(pages)]
}

func (p *page) ourPath(i int) string {
	return "/users?after=" + url.QueryEscape(p.scatter(i).cursor)
}

func (p *page) listPath(i int) string { return p.barePath(bare.List, i) }

func (p *page) tablePath(i int) string { return p.barePath(bare.Table, i) }

func (p *page) barePath(path string, i int) string {
	at := p.scatter(i)
	return path + "?name=" + url.QueryEscape(at.name) + "&id=" + strconv.FormatInt(at.id, 10)
}

// compare opens some pages each way and looks for the same people in them.
func (p *page) compare() error {
	for i := range samplePages {
		var ours bytes.Buffer
		if err := p.ours[i%len(p.ours)].get(p.ourPath(i), &ours); err != nil {
			return err
		}
		for _, path := range []string{p.listPath(i), p.tablePath(i)} {
			var plain bytes.Buffer
			if err := p.bare[i%len(p.bare)].get(path, &plain); err != nil {
				return err
			}
			if err := samePeople(ours.Bytes(), plain.Bytes()); err != nil {
				return fmt.Errorf("%s and %s: %w", p.ourPath(i), path, err)
			}
			if i == 0 {
				p.bench.say("our page of people has %d bytes, %s %d", ours.Len(), path, plain.Len())
			}
		}
	}
	return nil
}

// samePeople wants the people of a bare page, in their order, in ours.
func samePeople(ours, plain []byte) error {
	want := bare.People(plain)
	if len(want) == 0 {
		return errors.New("the bare page shows nobody")
	}
	for _, id := range want {
		at := bytes.Index(ours, []byte("/users/"+id))
		if at < 0 {
			return fmt.Errorf("ours lacks %s, or has it elsewhere", id)
		}
		ours = ours[at:]
	}
	return nil
}

// served is what one server did.
type served struct {
	took  []time.Duration
	whole time.Duration
}

func (s served) rate() float64 {
	if s.whole == 0 {
		return 0
	}
	return float64(len(s.took)) / s.whole.Seconds()
}

// measure lets the three pages take turns; the first round warms up.
func (p *page) measure() (Figure, error) {
	var all [3]served
	for round := range rounds + 1 {
		for i, one := range []struct {
			visitors []*visitor
			path     func(int) string
		}{{p.ours, p.ourPath}, {p.bare, p.listPath}, {p.bare, p.tablePath}} {
			took, whole, err := load(one.visitors, one.path, p.bench.Budget/rounds)
			if err != nil {
				return Figure{}, fmt.Errorf("page of people: %w", err)
			}
			if round > 0 {
				all[i].took, all[i].whole = append(all[i].took, took...), all[i].whole+whole
			}
		}
	}
	rates := &Rates{Ours: all[0].rate(), Bare: all[1].rate(), Table: all[2].rate()}
	return Figure{
		Act: pageAct, P50: percentile(all[0].took, 50), P99: percentile(all[0].took, 99),
		Rates: rates, Ratio: ratio(rates.Ours, rates.Bare), N: len(all[0].took),
	}, nil
}
