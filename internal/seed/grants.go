package seed

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
)

// Keys of roles whose size benchmarks rely on: about half of all people hold
// the large one, about one in two thousand the small one.
const (
	LargeRole = "seed-mail.user"
	SmallRole = "seed-ledger.approver"
)

// role is one that seeded people hold, with the share of people who do.
type role struct {
	application, key, name, sentence string
	privileged                       bool
	share                            float64
}

var roles = []role{
	{"mail", LargeRole, "Mail user", "Reads and sends mail.", false, 0.5},
	{"files", "seed-files.user", "Files user", "Reads and writes shared files.", false, 0.4},
	{"wiki", "seed-wiki.editor", "Wiki editor", "Writes pages of the wiki.", false, 0.3},
	{"crm", "seed-crm.user", "CRM user", "Reads and changes customers.", false, 0.25},
	{"build", "seed-build.contributor", "Contributor", "Changes source code.", false, 0.2},
	{"reports", "seed-reports.viewer", "Reports viewer", "Opens reports.", false, 0.15},
	{"support", "seed-support.agent", "Support agent", "Answers requests.", false, 0.1},
	{"stock", "seed-stock.keeper", "Stock keeper", "Books stock.", false, 0.06},
	{"people", "seed-people.editor", "Records editor", "Changes personal records.", false, 0.03},
	{"build", "seed-build.deployer", "Deployer", "Deploys to production.", true, 0.004},
	{"ledger", SmallRole, "Payment approver", "Releases payments.", true, 0.0005},
}

// furnish makes the applications and roles that are not there yet.
func (r *run) furnish(ctx context.Context) error {
	made := map[string]bool{}
	for _, want := range roles {
		application := "seed-" + want.application
		if !made[application] {
			made[application] = true
			_, err := r.Access.CreateApplication(ctx, r.actor, access.ApplicationInput{Key: application, Name: "Seed " + want.application})
			if err != nil && !errs.Is(err, errs.Conflict) && !errs.Is(err, errs.Invalid) {
				return err
			}
		}
		found, err := r.Access.Role(ctx, r.Tenant, want.key)
		if errs.Is(err, errs.NotFound) {
			found, err = r.Access.CreateRole(ctx, r.actor, access.RoleInput{
				Key: want.key, Application: application, Name: want.name, Sentence: want.sentence, Privileged: want.privileged, Reason: "Made for seeded people",
			})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", want.key, err)
		}
		r.roles = append(r.roles, found.Ref())
	}
	return nil
}

// grants gives person i about two roles.
func (r *run) grants(i int, id int64) []access.LoadRow {
	src := Source(r.Seed^0xacce55, i)
	var rows []access.LoadRow
	for _, want := range roles {
		if src.Float64() < want.share {
			rows = append(rows, access.LoadRow{UserID: id, RoleKey: want.key, Reason: pickReason(src)})
		}
	}
	return rows
}

func pickReason(src *rand.Rand) string {
	return []string{"Needed for the daily work", "Joined the team", "Taken over from the old list", "Project work"}[src.IntN(4)]
}
