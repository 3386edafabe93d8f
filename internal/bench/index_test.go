package bench

import (
	"io"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/store"
)

// What is put away to fill a database faster is there again afterwards, all of it.
func TestSeedMakesTheIndexesAgain(t *testing.T) {
	t.Parallel()
	indexes := func(url string) []string {
		st, err := store.Open(t.Context(), store.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		if err := st.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		tenant, err := st.EnsureTenant(t.Context(), store.NewTenant{Slug: company.Slug, Name: company.Name, Environment: company.Environment})
		if err != nil {
			t.Fatal(err)
		}
		d, err := newDirect(t.Context(), st, tenant.ID)
		if err != nil {
			t.Fatal(err)
		}
		found, err := collect(t.Context(), d.read, secondIndexes[store.SQLite], func(i *index) []any { return []any{&i.table, &i.name, &i.create} })
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, i := range found {
			all = append(all, i.create)
		}
		slices.Sort(all)
		return all
	}
	dir := t.TempDir()
	want := indexes("sqlite://" + filepath.Join(dir, "fresh.db"))
	url := "sqlite://" + filepath.Join(dir, "filled.db")
	if err := Seed(t.Context(), Options{URL: url, Database: "sqlite", People: 20, Seed: 1, Log: io.Discard}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, indexes(url)); diff != "" || len(want) == 0 {
		t.Errorf("indexes (-fresh +filled):\n%s", diff)
	}
}
