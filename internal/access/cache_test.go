package access

import (
	"testing"

	"github.com/rollcall/rollcall/models"
)

func TestGrantCacheStaysBoundedAndKeepsWhatIsUsed(t *testing.T) {
	t.Parallel()
	c := newGrantCache(100)
	ask := func(user int64) Ask { return Ask{Tenant: 1, UserID: user, Epoch: 1, Version: 1, Now: 10} }
	entry := grantEntry{epoch: 1, version: 1, until: models.Forever, grant: Grant{Mask: models.UsersRead}}
	for user := range int64(1_000) {
		c.put(ask(user), entry)
		if _, ok := c.get(ask(0)); !ok {
			t.Fatalf("dropped who is asked for all the time, at %d", user)
		}
	}
	if n := len(c.young) + len(c.old); n > 200 {
		t.Fatalf("holds %d entries, bound 200", n)
	}
	if _, ok := c.get(ask(5)); ok {
		t.Fatal("kept who was not asked for")
	}
}

func TestGrantCacheAnswersOnlyWhatItKnows(t *testing.T) {
	t.Parallel()
	c := newGrantCache(10)
	known := Ask{Tenant: 1, UserID: 7, Epoch: 3, Version: 4, Now: 10}
	c.put(known, grantEntry{epoch: 3, version: 4, since: 5, until: 20})
	cases := []struct {
		name   string
		change func(*Ask)
		hit    bool
	}{
		{"the same", func(*Ask) {}, true},
		{"the first moment", func(a *Ask) { a.Now = 5 }, true},
		{"another tenant", func(a *Ask) { a.Tenant = 2 }, false},
		{"another user", func(a *Ask) { a.UserID = 8 }, false},
		{"a later epoch", func(a *Ask) { a.Epoch = 4 }, false},
		{"an earlier epoch, as after a restored backup", func(a *Ask) { a.Epoch = 2 }, false},
		{"a later version", func(a *Ask) { a.Version = 5 }, false},
		{"the end, which is exclusive", func(a *Ask) { a.Now = 20 }, false},
		{"before the beginning", func(a *Ask) { a.Now = 4 }, false},
	}
	for _, c2 := range cases {
		t.Run(c2.name, func(t *testing.T) {
			ask := known
			c2.change(&ask)
			if _, ok := c.get(ask); ok != c2.hit {
				t.Fatalf("hit = %v", ok)
			}
		})
	}
}
