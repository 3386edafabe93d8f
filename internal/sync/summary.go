package sync

import (
	"context"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Summary says how the directory stands to all its sources together.
func (e *Engine) Summary(ctx context.Context, tenant int64) (Summary, error) {
	r := e.db.Read(tenant)
	sources, err := selectSources(ctx, r)
	if err != nil {
		return Summary{}, err
	}
	states, err := selectStates(ctx, r)
	if err != nil {
		return Summary{}, err
	}
	var s Summary
	for i := range sources {
		state, known := states[sources[i].ID]
		if sources[i].State == models.ConnectorDraft && !known {
			continue
		}
		s.Sources++
		s.Total += int(state.Accounts)
		s.ComparedAt = max(s.ComparedAt, state.LastReadAt)
	}
	if s.Differ, err = countDiffering(ctx, r, false, CountCap+1); err != nil {
		return Summary{}, err
	}
	if s.Capped = s.Differ > CountCap; s.Capped {
		s.Differ = CountCap
	}
	if s.Privileged, err = countDiffering(ctx, r, true, CountCap); err != nil {
		return Summary{}, err
	}
	return s, s.count(ctx, r)
}

func (s *Summary) count(ctx context.Context, r store.Reader) (err error) {
	if s.Ignored, err = countDrifts(ctx, r, models.DriftIgnored, CountCap); err != nil {
		return err
	}
	if s.Writing, err = countDrifts(ctx, r, models.DriftPushing, CountCap); err != nil {
		return err
	}
	open, err := selectOpenRuns(ctx, r)
	for _, run := range open {
		if run.State == models.RunStopped {
			s.Stopped++
		}
	}
	return err
}

// Sources gives every connector that is or can be read, by name.
func (e *Engine) Sources(ctx context.Context, tenant int64) ([]SourceView, error) {
	r := e.db.Read(tenant)
	sources, err := selectSources(ctx, r)
	if err != nil {
		return nil, err
	}
	states, err := selectStates(ctx, r)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(sources))
	for i := range sources {
		ids[i] = sources[i].ID
	}
	waiting, err := selectWaiting(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	views := make([]SourceView, len(sources))
	for i := range sources {
		views[i] = viewOf(&sources[i], states[sources[i].ID], waiting[sources[i].ID], e.db.Now())
		if views[i].Gap, err = gapOf(ctx, r, &sources[i], e.db.Now()); err != nil {
			return nil, err
		}
	}
	return views, addRuns(ctx, r, ids, views)
}

func viewOf(s *source, state models.SyncSource, waiting waitingEvents, now models.Instant) SourceView {
	v := SourceView{
		Connector: s.connectorRef(), State: s.State,
		Periodic: s.schedule.Every > 0 || s.schedule.FullEvery > 0, AtSignIn: s.settings.SignIn != nil, Events: s.schedule.Events,
		WriteBack: s.schedule.WriteBack, Every: s.schedule.Every, FullEvery: s.schedule.FullEvery,
		Accounts: int(state.Accounts), PausedAt: state.PausedAt, PausedBy: state.PausedBy,
		LastFull: state.LastFullAt, LastRead: state.LastReadAt, LastEvent: state.LastEventAt, LastFeed: state.LastFeedAt,
		Waiting: int(waiting.N), NotReading: s.notReading(state),
		Failing:   Failing{state.FailingSince, state.Failure},
		FeedFails: Failing{state.FeedFailingSince, state.FeedFailure},
	}
	if waiting.N > 0 {
		v.Lag = now.Time().Sub(waiting.Oldest.Time())
	}
	if v.NotReading == "" {
		v.NextRun, v.NextFull = s.next(state, now)
	}
	return v
}

// notReading says why nothing is read from a source by itself, "" when it is.
func (s *source) notReading(state models.SyncSource) string {
	switch {
	case s.State == models.ConnectorDraft:
		return "It is being set up."
	case s.State == models.ConnectorPaused:
		return "The connector is paused."
	case state.PausedAt != 0:
		return "Paused by " + state.PausedBy + "."
	}
	return ""
}

// next says when the source is due, and whether for a full run. The first read
// of a source is a full one, and due at once.
func (s *source) next(state models.SyncSource, now models.Instant) (at models.Instant, full bool) {
	every, fully := s.schedule.Every, s.schedule.FullEvery
	if every <= 0 && fully <= 0 {
		return 0, false
	}
	if state.LastFullAt == 0 {
		return max(now, state.NextFullAt), true
	}
	if fully > 0 {
		at, full = max(state.LastFullAt.Add(fully), state.NextFullAt), true
	}
	if every > 0 {
		if read := max(state.LastReadAt.Add(every), state.NextReadAt); at == 0 || read < at {
			at, full = read, false
		}
	}
	return at, full
}

// addRuns adds the runs that are under way, stopped and newest.
func addRuns(ctx context.Context, r store.Reader, ids []int64, views []SourceView) error {
	open, err := selectOpenRuns(ctx, r)
	if err != nil {
		return err
	}
	last, err := selectLastRuns(ctx, r, ids)
	if err != nil {
		return err
	}
	for _, row := range last {
		open = append(open, row)
	}
	runs, err := runViews(ctx, r, open)
	if err != nil {
		return err
	}
	for i := range runs {
		at := slices.Index(ids, runs[i].ConnectorID)
		switch {
		case at < 0:
		case runs[i].State == models.RunStopped:
			views[at].Stopped = &runs[i]
		case runs[i].State.Over():
			views[at].Last = &runs[i]
		case views[at].Current == nil || runs[i].State == models.RunRunning:
			views[at].Current = &runs[i]
		}
	}
	return nil
}

// A gap is worth a word when a source has been silent for ten times its usual
// gap, and for a quarter of an hour at least.
const (
	gapEvents = 200
	gapFew    = 10
	gapTimes  = 10
	gapLeast  = 15 * time.Minute
)

// gapOf says whether a source that tells of events has fallen silent.
func gapOf(ctx context.Context, r store.Reader, s *source, now models.Instant) (*Gap, error) {
	if s.State != models.ConnectorEnabled || !s.schedule.Events {
		return nil, nil
	}
	at, err := selectArrivals(ctx, r, s.ID, gapEvents)
	if err != nil || len(at) < gapFew {
		return nil, err
	}
	usual := usualGap(at)
	if silent := now.Time().Sub(at[0].Time()); silent < gapLeast || silent < gapTimes*usual {
		return nil, nil
	}
	return &Gap{Since: at[0], Usual: usual}, nil
}

// usualGap gives the median time between arrivals, the newest first.
func usualGap(at []models.Instant) time.Duration {
	gaps := make([]time.Duration, 0, len(at)-1)
	for i := 1; i < len(at); i++ {
		gaps = append(gaps, at[i-1].Time().Sub(at[i].Time()))
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}
