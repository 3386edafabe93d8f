package directory

import (
	"slices"

	"github.com/rollcall/rollcall/models"
)

// carriedField is a field of one record that another record may carry on.
type carriedField struct {
	name    string
	columns []string
	same    func(a, b *models.User) bool
	take    func(to, from *models.User)
}

// carried are the fields two records of one person are compared by, in the
// order pages show them.
var carried = carriedFields()

func carriedFields() []carriedField {
	var all []carriedField
	for _, f := range lines {
		all = append(all, carriedField{
			f.name, f.columns,
			func(a, b *models.User) bool { return *f.value(a) == *f.value(b) },
			func(to, from *models.User) { *f.value(to) = *f.value(from) },
		})
	}
	return append(all,
		carriedField{
			FieldDepartment, []string{"department_id"},
			func(a, b *models.User) bool { return a.DepartmentID == b.DepartmentID },
			func(to, from *models.User) { to.DepartmentID = from.DepartmentID },
		},
		carriedField{
			FieldManager, []string{"manager_id"},
			func(a, b *models.User) bool { return a.ManagerID == b.ManagerID },
			func(to, from *models.User) { to.ManagerID = from.ManagerID },
		},
		carriedField{
			FieldExternal, []string{"external"},
			func(a, b *models.User) bool { return a.External == b.External },
			func(to, from *models.User) { to.External = from.External },
		},
		carriedField{
			FieldLeavingAt, []string{"leaving_at", "status", "status_reason", "status_by", "status_since"},
			func(a, b *models.User) bool { return LeavesAt(*a) == LeavesAt(*b) && a.Status == b.Status },
			func(to, from *models.User) {
				to.LeavingAt, to.Status = from.LeavingAt, from.Status
				to.StatusReason, to.StatusBy, to.StatusSince = from.StatusReason, from.StatusBy, from.StatusSince
			},
		})
}

// CarriedFields lists the form names of the fields two records of one person
// are compared by. Local attributes come on top, as FieldAttribute names them.
func CarriedFields() []string {
	names := make([]string, 0, len(carried))
	for _, f := range carried {
		names = append(names, f.name)
	}
	return names
}

// LeavesAt gives the date a person leaves on; 0 for who does not.
func LeavesAt(u models.User) models.Instant {
	if u.Status != models.Leaving {
		return 0
	}
	return u.LeavingAt
}

// renames reports whether columns hold a word a person is found by.
func renames(columns []string) bool {
	return slices.Contains(columns, "display_name") || slices.Contains(columns, "username") || slices.Contains(columns, "email")
}
