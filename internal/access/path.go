package access

import (
	"slices"
	"strings"

	"github.com/rollcall/rollcall/models"
)

// pathList is the paths to one role, the best first.
type pathList struct {
	paths []Path
	more  int
}

func (l *pathList) state() State { return l.paths[0].State }

func (s State) rank() int { return slices.Index([]State{Now, Future, Expired}, s) }

// paths gives every path by which assignments reach the roles of the graph.
// A role that is reached more than MaxPaths times by one assignment is not
// followed further, so that many diamonds cannot make the answer grow without end.
func (g graph) paths(given []models.Assignment, now models.Instant) map[int64]*pathList {
	out := make(map[int64]*pathList)
	for _, a := range given {
		visits := make(map[int64]int)
		var walk func(id int64, via []RoleRef)
		walk = func(id int64, via []RoleRef) {
			if _, known := g.nodes[id]; !known { // removed while we read
				return
			}
			visits[id]++
			if out[id] == nil {
				out[id] = new(pathList)
			}
			if visits[id] > MaxPaths {
				out[id].more++
				return
			}
			out[id].paths = append(out[id].paths, pathOf(a, via, now))
			via = append(slices.Clip(via), g.nodes[id].ref())
			for _, child := range g.children[id] {
				walk(child, via)
			}
		}
		walk(a.RoleID, nil)
	}
	for _, list := range out {
		list.order()
	}
	return out
}

// order puts what counts now first and short paths before long ones.
func (l *pathList) order() {
	slices.SortStableFunc(l.paths, func(a, b Path) int {
		if c := a.State.rank() - b.State.rank(); c != 0 {
			return c
		}
		return len(a.Via) - len(b.Via)
	})
	if len(l.paths) > MaxPaths {
		l.more += len(l.paths) - MaxPaths
		l.paths = l.paths[:MaxPaths]
	}
}

// through adds the paths to a role as paths to what it holds.
func (l *pathList) through(holder RoleRef, to *pathList) {
	l.more += to.more
	for _, path := range to.paths {
		path.Via = append(slices.Clone(path.Via), holder)
		path.Removable = false
		l.paths = append(l.paths, path)
	}
}

func pathOf(a models.Assignment, via []RoleRef, now models.Instant) Path {
	return Path{
		AssignmentID: a.ID, Source: a.Source, SourceRef: a.SourceRef, Via: via,
		From: a.FromAt, Until: a.UntilAt, State: StateAt(a, now),
		Reason: a.Reason, GrantedByID: a.GrantedByID, GrantedBy: a.GrantedBy, CreatedAt: a.CreatedAt,
		Removable: len(via) == 0 && a.Source != models.SourceClaim,
	}
}

// Claim gives the provider's claim behind the path; false when a person is.
func (p Path) Claim() (ClaimSource, bool) {
	if p.Source != models.SourceClaim {
		return ClaimSource{}, false
	}
	return parseClaim(p.SourceRef), true
}

func parseClaim(ref string) ClaimSource {
	provider, rest, _ := strings.Cut(ref, "/")
	claim, value, _ := strings.Cut(rest, "=")
	return ClaimSource{Provider: provider, Claim: claim, Value: value}
}

func rolesIn(given []models.Assignment) []int64 {
	ids := make([]int64, 0, len(given))
	for _, a := range given {
		ids = append(ids, a.RoleID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func roleIDs(roles []RoleRef) []int64 {
	ids := make([]int64, len(roles))
	for i, r := range roles {
		ids[i] = r.ID
	}
	return ids
}

func keys(set map[int64]bool) []int64 {
	ids := make([]int64, 0, len(set))
	for id := range set {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
