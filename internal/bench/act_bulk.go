package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/offboard/operation"
)

// bulkAct cuts off everybody but the callers of pages, as one operation.
const bulkAct = "cut-off-all"

// Bulk is what one act about very many people took.
type Bulk struct {
	People     int
	Ours, Bare time.Duration
	Worst      time.Duration // chunk of ours
	BareWorst  time.Duration
	Before     percentiles // pages for somebody else, with nothing else going on
	During     percentiles // while we cut off
	DuringBare percentiles // and while the bare statements do
}

// percentiles of how long pages took.
type percentiles struct{ p50, p99, max time.Duration }

func percentilesOf(took []time.Duration) percentiles {
	return percentiles{percentile(took, 50), percentile(took, 99), percentile(took, 100)}
}

// pageEvery is how often somebody else opens the page of people meanwhile.
const pageEvery = 50 * time.Millisecond

// cutOffAll measures an operation over everybody: as the product does it, chunk by
// chunk under a lease, and the bare UPDATE of the people with one INSERT of their
// events, in as many chunks. Somebody else opens pages all the while.
func (b *bench) cutOffAll(ctx context.Context, cookie *http.Cookie) (f Figure, err error) {
	other, err := visit(ctx, b.site, cookie)
	if err != nil {
		return f, err
	}
	defer other.conn.Close()
	quiet, err := b.browse(other, func() error { return wait(ctx, b.Budget) })
	if err != nil {
		return f, err
	}
	op, people, err := b.direct.frozen(ctx, b.app.Store, b.actor, idsOf(b.samples.admins))
	if err != nil {
		return f, err
	}
	defer func() {
		if gone := b.direct.forget(ctx, op); err == nil {
			err = gone
		}
	}()
	begin := time.Now()
	during, err := b.browse(other, func() error { return b.app.Operations.Drain(ctx, b.tenant) })
	ours := time.Since(begin)
	if err != nil {
		return f, err
	}
	chunks, err := b.direct.chunksOf(ctx, op)
	if err != nil {
		return f, err
	}
	if err := b.direct.sameCut(ctx, op, people); err != nil {
		return f, err
	}
	if err := b.direct.letIn(ctx, op); err != nil {
		return f, err
	}
	var bareChunks []time.Duration
	begin = time.Now()
	meanwhile, err := b.browse(other, func() error {
		bareChunks, err = b.direct.cutOffBare(ctx, op, operation.ChunkSize, b.app.Store.Now())
		return err
	})
	bare := time.Since(begin)
	if err != nil {
		return f, err
	}
	if err := b.direct.letIn(ctx, op); err != nil {
		return f, err
	}
	bulk := &Bulk{
		People: people, Ours: ours, Bare: bare, Worst: percentile(chunks, 100), BareWorst: percentile(bareChunks, 100),
		Before: percentilesOf(quiet), During: percentilesOf(during), DuringBare: percentilesOf(meanwhile),
	}
	return Figure{Act: bulkAct, P50: percentile(chunks, 50), P99: percentile(chunks, 99), Ratio: ratio(ours, bare), N: len(chunks), Bulk: bulk}, nil
}

// browse opens pages now and then while something else is done.
func (b *bench) browse(v *visitor, meanwhile func() error) ([]time.Duration, error) {
	var wg sync.WaitGroup
	var took []time.Duration
	var failed error
	done := make(chan struct{})
	wg.Go(func() {
		tick := time.NewTicker(pageEvery)
		defer tick.Stop()
		for i := 0; ; i++ {
			begin := time.Now()
			at := b.samples.pages[i*7919%len(b.samples.pages)]
			if err := v.get("/users?after="+url.QueryEscape(at.cursor), io.Discard); err != nil && failed == nil {
				failed = fmt.Errorf("page of people meanwhile: %w", err)
				return
			}
			took = append(took, time.Since(begin))
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	err := meanwhile()
	close(done)
	wg.Wait()
	if err == nil {
		err = failed
	}
	return took, err
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
