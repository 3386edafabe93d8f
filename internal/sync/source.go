package sync

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// source is a connector as this package works with it.
type source struct {
	models.Connector
	settings connector.Settings
	mapping  connector.Mapping
	schedule connector.Schedule
}

// sourceOf reads the settings of a connector's row.
func sourceOf(row models.Connector) (source, error) {
	s := source{Connector: row}
	for _, part := range []struct {
		text string
		into any
		name string
	}{{row.Settings, &s.settings, "settings"}, {row.Mapping, &s.mapping, "mapping"}, {row.Sync, &s.schedule, "schedule"}} {
		if part.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
			return s, fmt.Errorf("read the %s of connector %d: %w", part.name, row.ID, err)
		}
	}
	return s, nil
}

// ref names the source in the audit log.
func (s *source) ref() store.Ref {
	return store.Ref{Kind: models.KindConnector, ID: s.ID, Name: s.Name}
}

// actor is who acts when nobody asked: the sync of this source.
func (s *source) actor(via models.Via) models.Actor {
	a := models.SystemActor(s.TenantID, "Sync with "+s.Name)
	a.Via = via
	return a
}

// Limits of a source whose schedule names none.
const (
	usualPercent = 5.0
	usualCount   = 500
	usualWindow  = 24 * time.Hour
)

// allowed says how many of known people may lose something in one window. One
// always may: a single leaver is no catastrophe, however small the source.
func (s *source) allowed(known int64) int64 {
	percent, count := s.schedule.GuardPercent, int64(s.schedule.GuardCount)
	if percent <= 0 {
		percent = usualPercent
	}
	if count <= 0 {
		count = usualCount
	}
	return max(1, min(count, int64(float64(known)*percent/100)))
}

// window is how long losses are counted together.
func (s *source) window() time.Duration {
	if s.schedule.GuardWindow <= 0 {
		return usualWindow
	}
	return s.schedule.GuardWindow
}
