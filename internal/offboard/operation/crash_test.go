package operation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/scripted"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// What the child process is told by its environment.
const (
	crashURL    = "ROLLCALL_CRASH_DATABASE"
	crashSocket = "ROLLCALL_CRASH_SOCKET"
	crashTask   = "ROLLCALL_CRASH_TASK"
)

// task is what one child works on.
type task struct {
	Tenant, Connector int64
	At                time.Time // its clock begins here
}

const (
	crashPeople = 200
	crashChunk  = 10
	crashRounds = 50
	crashUndo   = 20
	// crashClock is how much later the next process is: leases of the one that was
	// killed have run out by then.
	crashClock = 3 * time.Minute
)

// TestCrash works on an operation in processes of its own that are killed with
// SIGKILL at random moments: in the middle of a chunk, between a system's doing
// and the note about it, between two steps. Then it is finished, and everything
// must be as if nothing had happened.
func TestCrash(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db, func(d *operation.Deps) { d.Chunk = crashChunk })
		staff := s.staff(crashPeople)
		op := s.request(s.amara, s.plan(s.amara, staff...))
		s.approved(&op)
		p := s.provider(t)
		p.phase = func() models.OperationPhase { return s.get(op).Phase }
		r := rand.New(rand.NewPCG(uint64(len(db.URL)), 7)) //nolint:gosec // moments to be killed at
		cutting := 0
		for range crashRounds {
			if p.phase() == models.PhaseCut {
				cutting++
			}
			p.crash(t, db, r, cutting)
		}
		done := s.count("SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND state = 'done'")
		t.Logf("%d processes were killed, %d of them in the cut; %d of %d steps had ended by then", crashRounds, cutting, done, 3*crashPeople)
		if cutting < 5 || done == 0 || done == 3*crashPeople {
			t.Errorf("killed %d times in the cut, with %d steps done: this tries nothing", cutting, done)
		}
		db.Clock.Advance(crashClock)
		op = s.work(op, 3_000)
		s.want(op, models.OperationDone, models.PhaseWindow)
		s.nothingLost(op, staff)

		s.asked(&op)
		for range crashUndo {
			p.crash(t, db, r, cutting)
		}
		before := s.count("SELECT COUNT(*) FROM operation_targets WHERE tenant_id = ?tenant AND state = 'undone'")
		db.Clock.Advance(crashClock)
		op = s.work(op, 3_000)
		s.want(op, models.OperationUndone, models.PhaseNone)
		t.Logf("%d people were let in when the last of %d processes was killed", before, crashUndo)
		s.everybodyBack(staff)
	})
}

// asked says that somebody asked for the undo, without running what follows.
func (s *site) asked(op *models.Operation) {
	s.t.Helper()
	s.tx(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Update((*models.Operation)(nil)).Set("state = ?", models.OperationUndoing).Set("phase = ?", models.PhaseUndo).Set("due_at = ?", tx.Now).
			Set("cursor_at = 0").Set("undo_all = ?", true).Set("undo_by = ?", s.ilse.Name).Set("undo_by_id = ?", s.ilse.UserID).Set("undo_reason = ?", reason).
			Where("id = ?", op.ID).Exec(ctx)
		return err
	})
	*op = s.get(*op)
}

// everybodyBack looks at what an undo has to leave behind, once for each person.
func (s *site) everybodyBack(staff []models.Actor) {
	s.t.Helper()
	n := int64(len(staff))
	for query, want := range map[string]int64{
		"SELECT COUNT(*) FROM users WHERE tenant_id = ?tenant AND status = 'active' AND access_epoch = 2 AND version = 3 AND display_name LIKE 'p%'": n,
		"SELECT COUNT(*) FROM operation_targets WHERE tenant_id = ?tenant AND state = 'undone' AND undone_at > 0":                                    n,
		"SELECT COUNT(*) FROM person_acts WHERE tenant_id = ?tenant AND act = 'reactivate'":                                                          n,
		"SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant AND action = 'user.reactivate'":                                                 n,
		"SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND kind = 'offboard.enable' AND outcome = 'confirmed'":                           n,
		"SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND kind = 'offboard.enable'":                                                     n,
		"SELECT COUNT(*) FROM sessions WHERE tenant_id = ?tenant":                                                                                    0,
	} {
		if got := s.count(query); got != want {
			s.t.Errorf("%d, want %d: %s", got, want, query)
		}
	}
	for _, p := range staff {
		if a, err := s.kc.ReadPerson(s.t.Context(), p.Name); err != nil || !a.Enabled || s.kc.Living(p.Name) != 0 {
			s.t.Errorf("%s at the provider: active %t, %d sessions, %v", p.Name, a.Enabled, s.kc.Living(p.Name), err)
		}
	}
}

// approved says that somebody approved, without running what follows.
func (s *site) approved(op *models.Operation) {
	s.t.Helper()
	s.tx(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Update((*models.Operation)(nil)).Set("state = ?", models.OperationRunning).Set("phase = ?", models.PhaseCut).Set("due_at = ?", tx.Now).
			Set("approved_by_id = ?", s.ilse.UserID).Set("approved_by = ?", s.ilse.Name).Set("approved_at = ?", tx.Now).Where("id = ?", op.ID).Exec(ctx)
		return err
	})
	*op = s.get(*op)
}

// nothingLost looks at everything a crash could have harmed.
func (s *site) nothingLost(op models.Operation, staff []models.Actor) {
	s.t.Helper()
	n := int64(len(staff))
	for query, want := range map[string]int64{
		"SELECT COUNT(*) FROM users WHERE tenant_id = ?tenant AND status = 'deactivated' AND access_epoch = 1 AND version = 2":                           n,
		"SELECT COUNT(*) FROM operation_targets WHERE tenant_id = ?tenant AND included AND state = 'out' AND cut_at > 0 AND out_at >= cut_at":            n,
		"SELECT COALESCE(SUM(ended_sessions), 0) FROM operation_targets WHERE tenant_id = ?tenant":                                                       n,
		"SELECT COALESCE(SUM(sessions), 0) FROM person_acts WHERE tenant_id = ?tenant":                                                                   n,
		"SELECT COUNT(DISTINCT user_id) FROM person_acts WHERE tenant_id = ?tenant":                                                                      n,
		"SELECT COUNT(*) FROM person_acts WHERE tenant_id = ?tenant":                                                                                     n,
		"SELECT COUNT(*) FROM sessions WHERE tenant_id = ?tenant":                                                                                        0,
		"SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant":                                                                                      3 * n,
		"SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND state = 'done' AND outcome = 'confirmed'":                                         3 * n,
		"SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant AND action = 'user.deactivate'":                                                     n,
		"SELECT COUNT(DISTINCT target_id) FROM audit_events WHERE tenant_id = ?tenant AND action = 'user.deactivate'":                                    n,
		"SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant AND action = 'operation.start'":                                                     1,
		"SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant AND action = 'operation.end'":                                                       1,
		"SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant AND action IN ('account.disable', 'account.end-sessions', 'account.revoke-grants')": 3 * n,
	} {
		if got := s.count(query); got != want {
			s.t.Errorf("%d, want %d: %s", got, want, query)
		}
	}
	for _, p := range staff {
		if a, err := s.kc.ReadPerson(s.t.Context(), p.Name); err != nil || a.Enabled {
			s.t.Errorf("%s is active at the provider: %v", p.Name, err)
		}
		if list, err := s.kc.ListSessions(s.t.Context(), p.Name); err != nil || len(list) > 0 {
			s.t.Errorf("%s has %d sessions at the provider: %v", p.Name, len(list), err)
		}
	}
	s.aliveBefore()
}

// aliveBefore looks at the evidence: alive before and dead after, also where the
// process died between the two.
func (s *site) aliveBefore() {
	s.t.Helper()
	var steps []models.WorkStep
	if err := s.store.Read(s.tenant).Select(&steps).Column("kind", "user_id", "evidence").Order("id").Limit(1_000).Scan(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	for _, step := range steps {
		var e offboard.Evidence
		if err := json.Unmarshal([]byte(step.Evidence), &e); err != nil {
			s.t.Fatal(err)
		}
		ok := e.Before != nil && e.After != nil && !e.AskedAt.IsZero()
		switch {
		case !ok:
		case step.Kind == offboard.StepDisable:
			ok = *e.Before.Active && !*e.After.Active
		case step.Kind == offboard.StepEndSessions:
			ok = *e.Before.Listed == 2 && *e.After.Listed <= 1
		default:
			ok = *e.Before.Listed == 1 && *e.After.Listed == 0
		}
		if !ok {
			s.t.Errorf("%s of %d: %s", step.Kind, step.UserID, step.Evidence)
		}
	}
}

// provider lets child processes use the system of this one, and kills them.
type provider struct {
	socket string
	house  *site
	round  int
	phase  func() models.OperationPhase

	mu    sync.Mutex
	left  int // calls until the child is killed; negative: not by calls
	child *os.Process
}

// provider serves the scripted system on a socket.
func (s *site) provider(t *testing.T) *provider {
	t.Helper()
	dir, err := os.MkdirTemp("", "crash") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &provider{socket: filepath.Join(dir, "s"), house: s}
	listener, err := net.Listen("unix", p.socket) //nolint:noctx // closed by the test
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	server := rpc.NewServer()
	if err := server.RegisterName("System", &served{s.kc, p}); err != nil {
		t.Fatal(err)
	}
	go server.Accept(listener)
	return p
}

// crash starts a process that works, and kills it at some moment.
func (p *provider) crash(t *testing.T, db *dbtest.DB, r *rand.Rand, cutting int) {
	t.Helper()
	p.round++
	what, err := json.Marshal(task{p.house.tenant, p.house.at, dbtest.Start.Add(time.Duration(p.round) * crashClock)})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashChild$") //nolint:gosec // this very binary
	cmd.Env = append(os.Environ(), crashURL+"="+db.URL, crashSocket+"="+p.socket, crashTask+"="+string(what))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	p.left = 1 + r.IntN(60) // also before and after the system has done what it was asked
	if err := cmd.Start(); err != nil {
		p.mu.Unlock()
		t.Fatal(err)
	}
	p.child = cmd.Process
	p.mu.Unlock()
	ready := make([]byte, 6)
	if _, err := io.ReadFull(out, ready); err != nil || string(ready) != "ready\n" {
		t.Fatalf("the child did not begin: %q, %v", ready, err)
	}
	limit := 2 * time.Second
	if p.phase() == models.PhaseCut { // by the clock: longer and longer, so that the cut comes to its end
		late := max(0, cutting-15) // a slow machine gets much longer, or it would never leave the cut
		limit = time.Duration(r.IntN(30+10*cutting+10*late*late)) * time.Millisecond
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(limit):
		_ = cmd.Process.Kill()
		<-ended
	}
	db.Clock.Set(dbtest.Start.Add(time.Duration(p.round) * crashClock))
}

// called counts a call and kills the child when its time has come.
func (p *provider) called() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left--; p.left == 0 && p.child != nil {
		_ = p.child.Kill()
	}
}

// served is the system as child processes reach it.
type served struct {
	system   *scripted.System
	provider *provider
}

// Call and Answer are what goes over the socket.
type (
	Call struct {
		Account, Session string
		Enabled          bool
	}
	Answer struct {
		Account  connector.Account
		Sessions []connector.Session
		Failed   connector.FailureKind
	}
)

// answer does a call; the child may be killed before and after it.
func (s *served) answer(a *Answer, do func(context.Context) error) error {
	s.provider.called()
	if err := do(context.Background()); err != nil {
		var f *connector.Failure
		if !asFailure(err, &f) {
			return err
		}
		a.Failed = f.Kind
	}
	s.provider.called()
	return nil
}

// ReadPerson is the system's.
func (s *served) ReadPerson(c Call, a *Answer) error {
	return s.answer(a, func(ctx context.Context) (err error) {
		a.Account, err = s.system.ReadPerson(ctx, c.Account)
		return err
	})
}

// SetEnabled is the system's.
func (s *served) SetEnabled(c Call, a *Answer) error {
	return s.answer(a, func(ctx context.Context) error { return s.system.SetEnabled(ctx, c.Account, c.Enabled) })
}

// ListSessions is the system's.
func (s *served) ListSessions(c Call, a *Answer) error {
	return s.answer(a, func(ctx context.Context) (err error) {
		a.Sessions, err = s.system.ListSessions(ctx, c.Account)
		return err
	})
}

// EndSessions is the system's.
func (s *served) EndSessions(c Call, a *Answer) error {
	return s.answer(a, func(ctx context.Context) error { return s.system.EndSessions(ctx, c.Account, c.Session) })
}

// RevokeGrants is the system's.
func (s *served) RevokeGrants(c Call, a *Answer) error {
	return s.answer(a, func(ctx context.Context) error { return s.system.RevokeGrants(ctx, c.Account) })
}

// remote is the system as the child sees it.
type remote struct{ client *rpc.Client }

func (s remote) call(method string, c Call) (Answer, error) {
	var a Answer
	if err := s.client.Call("System."+method, c, &a); err != nil {
		return a, connector.Fail(connector.Failure{Kind: connector.FailUnreachable, System: "Keycloak", Step: method, Sentence: "Keycloak does not answer."}, err)
	}
	if a.Failed != "" {
		return a, connector.Fail(connector.Failure{Kind: a.Failed, System: "Keycloak", Step: method, Sentence: "Keycloak failed."}, nil)
	}
	return a, nil
}

func (s remote) Describe(context.Context) (connector.Description, error) {
	return connector.Description{Product: "Keycloak"}, nil
}
func (s remote) Check(context.Context, func(connector.Check)) {}
func (s remote) Close()                                       {}

func (s remote) ReadPerson(_ context.Context, id string) (connector.Account, error) {
	a, err := s.call("ReadPerson", Call{Account: id})
	return a.Account, err
}

func (s remote) SetEnabled(_ context.Context, id string, enabled bool) error {
	_, err := s.call("SetEnabled", Call{Account: id, Enabled: enabled})
	return err
}

func (s remote) ListSessions(_ context.Context, id string) ([]connector.Session, error) {
	a, err := s.call("ListSessions", Call{Account: id})
	return a.Sessions, err
}

func (s remote) EndSessions(_ context.Context, id, session string) error {
	_, err := s.call("EndSessions", Call{Account: id, Session: session})
	return err
}

func (s remote) RevokeGrants(_ context.Context, id string) error {
	_, err := s.call("RevokeGrants", Call{Account: id})
	return err
}

func (s remote) String() string { return "Keycloak" }

// TestCrashChild is the process that is killed. Run by itself it does nothing.
func TestCrashChild(t *testing.T) {
	url := os.Getenv(crashURL)
	if url == "" {
		t.Skip("it is started by TestCrash")
	}
	var what task
	if err := json.Unmarshal([]byte(os.Getenv(crashTask)), &what); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	st, err := store.Open(t.Context(), store.Options{
		URL: url, MaxConns: 4, Relaxed: true, Clock: func() time.Time { return what.At.Add(time.Since(began)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := rpc.Dial("unix", os.Getenv(crashSocket))
	if err != nil {
		t.Fatal(err)
	}
	ring, err := secret.NewKeyring(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, tenant: what.Tenant, access: access.New(st), systems: &systems{}}
	if h.sessions, err = session.New(session.Options{Store: st, Keyring: ring}); err != nil {
		t.Fatal(err)
	}
	o := &opener{store: st, systems: map[int64]connector.System{what.Connector: remote{client}}}
	engines(h, st, o, func(d *operation.Deps) { d.Chunk = crashChunk })
	fmt.Println("ready")
	tenants := func() []int64 { return []int64{what.Tenant} }
	go h.jobs.Run(t.Context(), tenants)
	h.ops.Run(t.Context(), tenants)
}
