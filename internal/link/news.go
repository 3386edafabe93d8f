package link

import (
	"context"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// newsActions are the changes after which a person may look like another one.
var newsActions = []models.Action{
	models.UserCreate, models.UserCreateSync, models.UserCreateJIT, models.UserInvite, models.UserEdit, models.UserClaims,
	models.UserApprove, models.UserReactivate, models.IdentityLink,
}

const (
	newsRows = 500
	// newsOverlap reads a little of the past again: events are dated when their
	// transaction begins, and may appear later.
	newsOverlap = 2 * time.Minute
	// sharingRows bounds how many people one step looks at for the keys of others.
	sharingRows = 5_000
)

// news looks at whoever changed since the last time, by the log of changes.
func (c *checking) news(ctx context.Context, ends time.Time) error {
	for {
		since, now := c.row.NewsAt.Add(-newsOverlap), c.db.Now()
		people, until, err := c.changed(ctx, since, now)
		if err != nil {
			return err
		}
		found, err := c.around(ctx, people)
		if err != nil {
			return err
		}
		more := until < now && until > c.row.NewsAt
		c.row.NewsAt = max(c.row.NewsAt, until)
		if err := c.save(ctx, found); err != nil {
			return err
		}
		if !more || time.Now().After(ends) {
			return nil
		}
	}
}

// changed gives whom the changes are about, and up to which moment all of them
// were read.
func (c *checking) changed(ctx context.Context, since, now models.Instant) ([]int64, models.Instant, error) {
	until := now
	var all []models.AuditEvent
	for _, action := range newsActions {
		events, err := changedPeople(ctx, c.db.Read(c.tenant), action, since, newsRows)
		if err != nil {
			return nil, 0, err
		}
		if len(events) == newsRows {
			until = min(until, events[newsRows-1].At)
		}
		all = append(all, events...)
	}
	var people []int64
	for _, e := range all {
		if e.At <= until {
			people = append(people, e.TargetID)
		}
	}
	slices.Sort(people)
	return slices.Compact(people), until, nil
}

// around looks for likely duplicates of some people.
func (c *checking) around(ctx context.Context, people []int64) ([]finding, error) {
	r := c.db.Read(c.tenant)
	var all []pair
	for batch := range slices.Chunk(people, newsRows) {
		users, err := keysOf(ctx, r, batch)
		if err != nil {
			return nil, err
		}
		for _, l := range lanes {
			pairs, err := beside(ctx, r, l, users)
			if err != nil {
				return nil, err
			}
			all = append(all, pairs...)
		}
	}
	return c.judge(ctx, r, unique(all))
}

// beside gives the pairs that some people are in, by one lane.
func beside(ctx context.Context, r store.Reader, l lane, users []models.User) ([]pair, error) {
	wanted := map[int64]bool{}
	var keys []string
	for _, u := range users {
		wanted[u.ID] = true
		if key := l.keyOf(u); key != "" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	rows, err := l.sharing(ctx, r, slices.Compact(keys), sharingRows)
	if err != nil {
		return nil, err
	}
	parts, _ := groups(rows, len(rows) == sharingRows)
	var all []pair
	for _, group := range parts {
		for _, p := range candidates(l, group) {
			if wanted[p.a] || wanted[p.b] {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// keyOf gives what a person has in the lane's column.
func (l lane) keyOf(u models.User) string {
	switch l.phase {
	case byExternalID:
		return u.ExternalID
	case byEmail:
		return u.EmailNorm
	case byName:
		return u.SortName
	case idle, byAccount, clearing:
	}
	return ""
}
