package models

// Status is where a user stands in the life of an account.
type Status string

// The six statuses. Leaving carries a date in User.LeavingAt.
const (
	Invited     Status = "invited"
	Active      Status = "active"
	Suspended   Status = "suspended"
	Leaving     Status = "leaving"
	Deactivated Status = "deactivated"
	Removed     Status = "removed"
)

// Statuses lists every status in the order pages show them.
var Statuses = []Status{Active, Invited, Leaving, Suspended, Deactivated, Removed}

// Word gives the status as pages print it.
func (s Status) Word() string {
	switch s {
	case Invited:
		return "Invited"
	case Active:
		return "Active"
	case Suspended:
		return "Suspended"
	case Leaving:
		return "Leaving"
	case Deactivated:
		return "Deactivated"
	case Removed:
		return "Removed"
	}
	return string(s)
}

// Known reports whether s is one of the six.
func (s Status) Known() bool {
	for _, k := range Statuses {
		if s == k {
			return true
		}
	}
	return false
}

// MaySignIn reports whether a user of this status may have a session.
// Invited may: the first sign-in makes them Active unless they wait for approval.
func (s Status) MaySignIn() bool { return s == Active || s == Leaving }
