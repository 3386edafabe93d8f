package seed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Provider and Issuer are what seeded people's identities say.
const (
	Provider = "seed"
	Issuer   = "https://id.example.com"
	domain   = "example.com"
)

// EventsEach is how many audit events Options.Audit writes for each person.
const EventsEach = 5

const (
	batch     = 5_000 // people held in memory at once
	spanOfOne = 12    // reports of a manager
)

// Options say what to write, and where.
type Options struct {
	Store     *store.Store
	Directory *directory.Engine
	Access    *access.Engine
	Tenant    int64
	N         int    // how many people
	Audit     bool   // five audit events for each as well
	Seed      uint64 // which people; 0: the first number that was not used here
	Progress  func(Progress)
}

// Progress says how far People is.
type Progress struct {
	Done, Total int
	Elapsed     time.Duration
	Rate        float64 // people a second so far
}

// Summary says what People wrote.
type Summary struct {
	People      int
	Assignments int
	Events      int // besides the engines' own
	Elapsed     time.Duration
	Rate        float64 // people a second
}

// run is one call of People.
type run struct {
	Options

	actor models.Actor
	now   time.Time
	began time.Time
	roles []access.RoleRef
	sum   Summary
}

// People writes N people with about two assignments each. It holds one batch in
// memory, whatever N is. When it fails, what was written before stays.
func People(ctx context.Context, o Options) (Summary, error) {
	if o.N < 1 {
		return Summary{}, errs.New(errs.Invalid, "The number of people must be 1 or more.")
	}
	r := &run{Options: o, actor: models.SystemActor(o.Tenant, "Seed"), now: o.Store.Now().Time(), began: time.Now()}
	if err := r.number(ctx); err != nil {
		return r.sum, err
	}
	if err := r.furnish(ctx); err != nil {
		return r.sum, fmt.Errorf("seed roles: %w", err)
	}
	for from := 0; from < o.N; from += batch {
		if err := r.batch(ctx, from, min(from+batch, o.N)); err != nil {
			return r.sum, fmt.Errorf("seed people from %d on: %w", from, err)
		}
		r.report()
	}
	return r.sum, nil
}

// number finds the first number whose people are not here yet.
func (r *run) number(ctx context.Context) error {
	if r.Seed != 0 {
		return nil
	}
	for r.Seed = 1; ; r.Seed++ {
		_, err := r.Directory.Get(ctx, r.Tenant, r.publicID(0))
		if errs.Is(err, errs.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *run) batch(ctx context.Context, from, to int) error {
	records := make([]directory.NewRecord, 0, to-from)
	for i := from; i < to; i++ {
		records = append(records, r.record(i))
	}
	loaded, err := r.Directory.Load(ctx, r.actor, records)
	r.sum.People += len(loaded)
	if err != nil {
		return err
	}
	var grants []access.LoadRow
	for i, person := range loaded {
		grants = append(grants, r.grants(from+i, person.ID)...)
	}
	n, err := r.Access.Load(ctx, r.actor, grants)
	r.sum.Assignments += n
	if err != nil || !r.Audit {
		return err
	}
	return r.events(ctx, from, loaded, records)
}

func (r *run) report() {
	r.sum.Elapsed = time.Since(r.began)
	r.sum.Rate = float64(r.sum.People) / r.sum.Elapsed.Seconds()
	if r.Progress != nil {
		r.Progress(Progress{Done: r.sum.People, Total: r.N, Elapsed: r.sum.Elapsed, Rate: r.sum.Rate})
	}
}

// created is when a person's record was made: the same on every call, because
// the public id holds it and reports are told their manager by it.
func (r *run) created(i int) time.Time {
	return time.Date(2024, time.January, 8, 8, 0, 0, 0, time.UTC).Add(time.Duration(i%700_001) * 97 * time.Second)
}

func (r *run) publicID(i int) string { return PublicID(r.created(i), Source(r.Seed^0x5eed, i)) }

// record invents person i.
func (r *run) record(i int) directory.NewRecord {
	src := Source(r.Seed, i)
	name := NewName(src)
	local := Handle(name) + "." + strconv.FormatInt(int64(i), 36)
	if r.Seed > 1 {
		local += "." + strconv.FormatUint(r.Seed, 36)
	}
	created := r.created(i)
	n := directory.NewRecord{
		PublicID: r.publicID(i), DisplayName: name.Full(), GivenName: name.Given, FamilyName: name.Family,
		Username: local, Email: local + "@" + domain, ExternalID: fmt.Sprintf("E%d-%07d", r.Seed, i),
		Title: titles[src.IntN(len(titles))], Department: department(src), External: src.Float64() < 0.1,
		CreatedAt: models.At(created), StatusSince: models.At(created),
		Identities: []directory.NewIdentity{{
			Provider: Provider, Issuer: Issuer, Subject: fmt.Sprintf("%d-%d", r.Seed, i),
			Email: local + "@" + domain, EmailVerified: true, Username: local, How: "seed",
		}},
	}
	if i > 0 {
		n.Manager = r.publicID((i - 1) / spanOfOne)
	}
	r.fate(&n, src)
	return n
}

// fate gives a status as they are spread in real directories, and a last sign-in.
func (r *run) fate(n *directory.NewRecord, src *rand.Rand) {
	days := func(most float64) models.Instant {
		return models.At(r.now.Add(-time.Duration(src.Float64() * most * 24 * float64(time.Hour))))
	}
	n.Status = models.Active
	point, recent := src.Float64(), src.Float64()
	n.LastSignInAt = days(7)
	switch {
	case recent > 0.97:
		n.LastSignInAt = 0
	case recent > 0.88:
		n.LastSignInAt = days(400)
	case recent > 0.6:
		n.LastSignInAt = days(60)
	}
	switch {
	case point < 0.93:
	case point < 0.965:
		n.Status, n.StatusReason, n.StatusBy, n.StatusSince = models.Deactivated, "Left the company", "Seed", days(300)
	case point < 0.985:
		n.Status, n.LastSignInAt, n.Identities = models.Invited, 0, nil
	case point < 0.995:
		n.Status, n.StatusReason, n.StatusBy, n.StatusSince = models.Suspended, "On leave until further notice", "Seed", days(60)
	default:
		n.Status, n.LeavingAt = models.Leaving, models.At(r.now.Add(time.Duration((src.Float64()*70-10)*24*float64(time.Hour))))
		n.StatusReason, n.StatusBy, n.StatusSince = "Resigned", "Seed", days(20)
	}
}

var titles = []string{
	"Analyst", "Specialist", "Engineer", "Consultant", "Coordinator", "Accountant", "Technician", "Planner", "Operator", "Agent", "Designer", "Administrator",
	"Senior Analyst", "Senior Engineer", "Senior Consultant", "Team Lead", "Manager", "Director",
}

var (
	functions = []string{"Finance", "Sales", "Support", "Engineering", "Operations", "Marketing", "Logistics", "Manufacturing", "Research", "People", "Legal", "IT"}
	regions   = []string{"EMEA", "Americas", "APAC", "Nordics", "Iberia"}
)

// department draws a unit; big functions hold many more people than small ones.
func department(src *rand.Rand) string {
	at := src.Float64()
	return functions[int(at*at*float64(len(functions)))] + " " + regions[src.IntN(len(regions))]
}
