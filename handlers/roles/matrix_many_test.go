package roles_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/access"
)

// Many permissions: closed groups, then as many at a time as fit.
func TestMatrixOfManyPermissions(t *testing.T) {
	t.Parallel()
	g := newGrid(t)
	for i := range 600 {
		resource := "orders"
		if i%4 == 0 {
			resource = "items"
		}
		_, err := g.Access.AddPermission(t.Context(), g.DB.Actor(), access.PermissionInput{
			Application: "ledger", Key: fmt.Sprintf("%s.p%04d", resource, i), Sentence: fmt.Sprintf("Thing %04d", i),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	closed := g.boss.Get("/roles/matrix?app=ledger")
	want(t, closed, 200, "603 permissions", "Orders 450 permissions", "Items 150 permissions")
	if strings.Contains(closed.Body, "Thing 0001") || strings.Count(closed.Body, "<tr") > 10 {
		t.Error("closed groups show their permissions")
	}
	seen := map[string]bool{}
	next := "/roles/matrix?app=ledger&open=ledger%2Forders"
	for pages := 0; next != ""; pages++ {
		page := g.boss.Get(next)
		if page.Code != http.StatusOK || pages > 5 {
			t.Fatalf("%s: %d", next, page.Code)
		}
		for _, m := range regexp.MustCompile(`orders\.p\d{4}</span>`).FindAllString(page.Body, -1) {
			seen[m] = true
		}
		m := regexp.MustCompile(`href="(/roles/matrix\?[^"]*after=[^"]*)"`).FindStringSubmatch(page.Body)
		if next = ""; m != nil {
			next = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if len(seen) != 450 {
		t.Errorf("%d of 450 permissions were shown", len(seen))
	}
	want(t, g.boss.Get("/roles/matrix?app=ledger&q=thing+0011"), 200, "1 permission, 2 roles", "Thing 0011")

	for i := range 50 { // each about something of its own: no groups at all
		_, err := g.Access.AddPermission(t.Context(), g.DB.Actor(), access.PermissionInput{Application: "ledger", Key: fmt.Sprintf("alone%d.see", i), Sentence: "See one thing"})
		if err != nil {
			t.Fatal(err)
		}
	}
	want(t, g.boss.Get("/roles/matrix?app=ledger"), 200, "All permissions 653 permissions", "Next permissions")
	want(t, g.boss.Get("/roles/matrix?app=ledger&q=thing+0"), 200, "Items 150 permissions", "Orders 450 permissions")

	f := form(g.boss.Get("/roles/matrix/edit?app=ledger&q=thing+0&open=ledger%2Fitems").Body)
	items := f["shown"]
	id, _, _ := strings.Cut(items[0], ":")
	f.Add("hold", fmt.Sprintf("%d:%s", g.payer, id))
	f.Set("group", "ledger/orders")
	other := g.boss.Get(g.must(t, g.boss.Post("/roles/matrix/edit", f)))
	want(t, other, 200, "1 change 1 in cells that are not shown now", "Thing 0001")
}
