package link

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/models"
)

// How many people may share a value before it says nothing: a mailbox of a
// team, an employee ID of "0", a name of half the country.
const (
	maxSharing   = 10
	maxNamesakes = 500
)

// living reports whether a record of this status can become one with another.
func living(s models.Status) bool {
	return s == models.Active || s == models.Leaving || s == models.Invited || s == models.Suspended
}

// pair is two people, the older record first.
type pair struct{ a, b int64 }

func pairOf(a, b int64) pair { return pair{min(a, b), max(a, b)} }

// key is what the pair is stored under.
func (p pair) key() string {
	return "p/" + strconv.FormatInt(p.a, 10) + "/" + strconv.FormatInt(p.b, 10)
}

// groups cuts rows with equal keys apart. When the rows are a full page, the
// last group may go on behind it and is left out; beyond says from which key to
// read on. A key that fills the whole page alone says nothing and is passed over.
func groups(rows []walked, full bool) (all [][]walked, beyond string) {
	if len(rows) == 0 {
		return nil, ""
	}
	for start, i := 0, 1; i <= len(rows); i++ {
		if i == len(rows) || rows[i].LaneKey != rows[start].LaneKey {
			all = append(all, rows[start:i])
			start = i
		}
	}
	if !full {
		return all, rows[len(rows)-1].LaneKey
	}
	if len(all) == 1 {
		return nil, rows[0].LaneKey
	}
	all = all[:len(all)-1]
	return all, all[len(all)-1][0].LaneKey
}

// candidates gives the pairs of one group that are worth a closer look. An equal
// name alone is none: the department and manager, or the phone, must be equal too.
func candidates(l lane, group []walked) []pair {
	group = slices.DeleteFunc(slices.Clone(group), func(w walked) bool { return !living(w.Status) })
	if l.phase != byName {
		return pairsOf(group)
	}
	if len(group) < 2 || len(group) > maxNamesakes {
		return nil
	}
	narrower := map[string][]walked{}
	for _, w := range group {
		if w.DepartmentID != 0 && w.ManagerID != 0 {
			key := "team " + strconv.FormatInt(w.DepartmentID, 10) + " " + strconv.FormatInt(w.ManagerID, 10)
			narrower[key] = append(narrower[key], w)
		}
		if phone := digitsOf(w.Phone); phone != "" {
			narrower["phone "+phone] = append(narrower["phone "+phone], w)
		}
	}
	var all []pair
	for _, part := range narrower {
		all = append(all, pairsOf(part)...)
	}
	return all
}

// pairsOf gives all pairs of a small group, and none of a large one.
func pairsOf(group []walked) []pair {
	if len(group) > maxSharing {
		return nil
	}
	var all []pair
	for i := range group {
		for j := i + 1; j < len(group); j++ {
			all = append(all, pairOf(group[i].ID, group[j].ID))
		}
	}
	return all
}

// unique gives each pair once, in order.
func unique(all []pair) []pair {
	slices.SortFunc(all, func(x, y pair) int { return strings.Compare(x.key(), y.key()) })
	return slices.Compact(all)
}

// peopleIn lists everybody of some pairs.
func peopleIn(all []pair) []int64 {
	var ids []int64
	for _, p := range all {
		ids = append(ids, p.a, p.b)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
