package sync

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// owns reports whether a rule gives the field to the source.
func owns(rule connector.FieldRule) bool {
	return rule.Owner == connector.OwnedBySource || rule.Owner == ""
}

// take gives people what the source owns of them, and fills what is empty where
// the first one wins.
func (st *storing) take(ctx context.Context) error {
	var given []directory.Given
	for _, e := range st.entries {
		one := st.people[e.user]
		if one == nil || e.create {
			continue
		}
		values := st.s.values(e.kept, one, st.fit)
		if len(values) > 0 {
			given = append(given, directory.Given{UserID: e.user, Source: st.s.Key, Values: values})
		}
	}
	taken, err := st.Engine.people.Take(ctx, st.tx, given)
	if err != nil || len(taken) == 0 {
		return err
	}
	events, ids := make([]store.Event, len(taken)), make([]int64, len(taken))
	for i, t := range taken {
		ids[i] = t.User.ID
		events[i] = store.Event{
			Action: models.UserClaims, Target: directory.Ref(t.User), Object: st.s.ref(), Before: t.Before, After: t.After, Detail: st.s.Key,
		}
	}
	st.tally.changed += int64(len(taken))
	changed, err := st.Engine.people.StandingOf(ctx, st.tx.Reader, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		st.before[id] = st.people[id]
	}
	maps.Copy(st.people, changed)
	return st.tx.RecordAll(ctx, events)
}

// values gives what a person is to be given: only what differs, so that whoever
// is in step is not even looked at again.
func (s *source) values(k said, one *directory.Standing, fit directory.Fit) map[string]directory.GivenValue {
	var values map[string]directory.GivenValue
	for mapped, rule := range s.mapping.Fields {
		name := formName(mapped)
		theirs, there := k.Fields[name]
		if !there || rule.Owner == connector.OwnedByUs {
			continue
		}
		ours := one.Value(name)
		v := directory.GivenValue{Text: theirs, Own: owns(rule), OnlyEmpty: !owns(rule)}
		same := fit.Same(name, ours, theirs)
		switch {
		case v.Own && same && (one.Owner(name) == s.Key || theirs == "" && one.Owner(name) == ""):
			continue
		case v.OnlyEmpty && (ours != "" || same):
			continue
		}
		if values == nil {
			values = map[string]directory.GivenValue{}
		}
		values[name] = v
	}
	return values
}

// roles gives the roles that the rules make of groups and roles there. What a
// reading no longer gives is a loss, and stays until the guard has let it pass.
func (st *storing) roles(ctx context.Context) error {
	if len(st.s.mapping.Roles) == 0 {
		return nil
	}
	byRead := map[string]map[int64][]access.ClaimRole{}
	rows := map[int64]*entry{}
	for _, e := range st.entries {
		if st.people[e.user] == nil {
			continue
		}
		read := readLists(e.kept)
		if read == "" {
			continue
		}
		if byRead[read] == nil {
			byRead[read] = map[int64][]access.ClaimRole{}
		}
		byRead[read][e.user], rows[e.user] = st.s.claims(e.kept), e
	}
	for _, read := range slices.Sorted(maps.Keys(byRead)) {
		out, err := st.access.GiveFromClaims(ctx, st.tx, access.ManyClaims{
			Provider: st.s.Key, Claims: listClaims[read], Rules: st.s.rules(), Roles: byRead[read],
		})
		if err != nil {
			return err
		}
		for _, l := range out.Losing {
			loss := st.loss(&rows[l.UserID].row, models.LossRole, strconv.FormatInt(l.AssignmentID, 10), st.mayBeIn(l.UserID))
			loss.Sentence = clean(l.Role.Name, 255)
			st.losses = append(st.losses, loss)
		}
	}
	return nil
}

// listClaims says what was read whole, by the word of readLists.
var listClaims = map[string][]string{
	"g": {access.DirectoryGroup}, "r": {access.DirectoryRole}, "gr": {access.DirectoryGroup, access.DirectoryRole},
}

func readLists(k said) string {
	read := ""
	if k.Groups != nil {
		read += "g"
	}
	if k.Roles != nil {
		read += "r"
	}
	return read
}
