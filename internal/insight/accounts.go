package insight

import (
	"context"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
)

// Account is one account of a person at a connected system, against what it
// should be by the person's status here.
type Account struct {
	connector.Held

	Should Mark // Yes: active, No: deactivated; Unknown: nothing is expected
	Is     Mark // Yes: active, No: deactivated; Unknown: not known
	Gone   bool // the system does not know it
	Live   bool // read just now
	ReadAt time.Time
	Why    string // why it is not known
}

// InStep reports whether the account is as it should be; known is false when
// nobody can say.
func (a Account) InStep() (in, known bool) {
	switch {
	case a.Should == Unknown || (a.Is == Unknown && !a.Gone):
		return false, false
	case a.Gone:
		return a.Should == No, true
	}
	return a.Is == a.Should, true
}

// should says how accounts of a person of a status ought to be.
func should(status models.Status, leavingAt, now models.Instant) Mark {
	switch status {
	case models.Active:
		return Yes
	case models.Leaving:
		if leavingAt != 0 && leavingAt <= now {
			return No
		}
		return Yes
	case models.Suspended, models.Deactivated, models.Removed:
		return No
	case models.Invited:
	}
	return Unknown
}

// Person says of whom something is asked.
type Person struct {
	ID        int64
	Status    models.Status
	LeavingAt models.Instant
}

// Accounts lists the accounts of a person as they were read last.
func (e *Engine) Accounts(ctx context.Context, tenant int64, p Person) ([]Account, error) {
	held, err := connector.AccountsOf(ctx, e.Store.Read(tenant), p.ID)
	if err != nil {
		return nil, err
	}
	list := make([]Account, len(held))
	for i, h := range held {
		a := Account{Held: h, Should: should(p.Status, p.LeavingAt, e.Store.Now()), Is: Unknown, ReadAt: h.LastReadAt.Time(), Gone: h.MissingSince != 0}
		switch {
		case h.LastReadAt == 0:
			a.Why = "Never read. Known because it was signed in with."
		case h.Enabled:
			a.Is = Yes
		default:
			a.Is = No
		}
		list[i] = a
	}
	return list, nil
}

// ReadAccounts asks every system now. What could not be read keeps what was read
// last and says why.
func (e *Engine) ReadAccounts(ctx context.Context, tenant int64, p Person) ([]Account, error) {
	list, err := e.Accounts(ctx, tenant, p)
	if err != nil {
		return nil, err
	}
	var looks sync.WaitGroup
	for i := range list {
		looks.Go(func() { e.read(ctx, tenant, &list[i]) })
	}
	looks.Wait()
	return list, nil
}

func (e *Engine) read(ctx context.Context, tenant int64, a *Account) {
	system, err := e.open(ctx, tenant, a.Held)
	if err != nil {
		a.Why = why(err, a.Name)
		return
	}
	reader, ok := system.(connector.PersonReader)
	if !ok {
		a.Why = a.Name + " cannot be asked for single accounts."
		return
	}
	got := put(ctx, e, func(ctx context.Context) (connector.Account, error) { return reader.ReadPerson(ctx, a.Account) })
	switch {
	case forgotten(got.err):
		a.Gone, a.Live, a.ReadAt, a.Why = true, true, got.at, ""
		if a.MissingSince == 0 {
			a.MissingSince = models.At(got.at)
		}
		return
	case got.err != nil:
		a.Why = why(got.err, a.Name)
		return
	}
	a.Live, a.ReadAt, a.Why, a.Gone, a.MissingSince = true, got.at, "", false, 0
	a.Username, a.Is = got.value.Username, No
	if got.value.Enabled {
		a.Is = Yes
	}
}
