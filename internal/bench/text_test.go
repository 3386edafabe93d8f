package bench

import (
	"testing"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func TestTextWritesValuesIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dialect store.Dialect
		query   string
		args    []any
		want    string
	}{
		"tenant":         {store.SQLite, "a = ?t AND b = ?", []any{int64(5)}, "a = 7 AND b = 5"},
		"a quote":        {store.Postgres, "n = ?", []any{"O'Brien"}, "n = 'O''Brien'"},
		"a question":     {store.SQLite, "n = ? AND m = ?", []any{"who?", 1}, "n = 'who?' AND m = 1"},
		"backslash":      {store.MySQL, "n = ?", []any{`a\'`}, `n = 'a\\'''`},
		"plain backward": {store.Postgres, "n = ?", []any{`a\`}, `n = 'a\'`},
		"a list":         {store.SQLite, "id IN (?)", []any{[]int64{1, 2}}, "id IN (1,2)"},
		"a moment":       {store.SQLite, "at < ?", []any{models.Instant(9)}, "at < 9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &direct{dialect: c.dialect, tenant: 7}
			if got := d.text(c.query, c.args...); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestTextRefusesMoreValuesThanMarks(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a value without a mark was dropped")
		}
	}()
	(&direct{}).text("a = ?", 1, 2)
}
