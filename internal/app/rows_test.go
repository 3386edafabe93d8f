package app_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/models"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// rowsOf prints what the tables hold that only a change may change.
func (f *fixture) rowsOf(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	r := f.DB.Store.Read(f.DB.Tenant)
	var users []models.User
	if err := r.Select(&users).Order("id").Limit(1000).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	var assignments []models.Assignment
	if err := r.Select(&assignments).Order("id").Limit(1000).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	var roles []models.Role
	if err := r.Select(&roles).Order("id").Limit(1000).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	sessions, err := r.Select((*models.Session)(nil)).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "%+v\n%+v\n%+v\nsessions %d\n", users, assignments, roles, sessions)
	return b.String()
}
