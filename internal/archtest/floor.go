package archtest

import (
	"fmt"
	"strings"
)

// CheckFloors says which imports go up or sideways.
func CheckFloors(packages []Package) []string {
	var wrong []string
	for _, p := range packages {
		if forTests(p.Path) || p.Path == "" || len(p.Files) == 0 {
			continue
		}
		from, known := floorOf(p.Path)
		if !known {
			wrong = append(wrong, fmt.Sprintf("%s stands on no floor: give it one in internal/archtest/rules.go, or another place", p.Path))
			continue
		}
		for _, f := range p.Files {
			for _, to := range f.Imports {
				if reason := refuseImport(p.Path, from, to); reason != "" {
					wrong = append(wrong, fmt.Sprintf("%s (%s) imports %s: %s", p.Path, f.Name, to, reason))
				}
			}
		}
	}
	return wrong
}

// refuseImport says why a room of a floor may not import a path of ours, or "".
func refuseImport(path string, from floor, to string) string {
	if !ours(to) || path == to {
		return ""
	}
	if forTests(to) {
		return "it is for tests only"
	}
	target, known := floorOf(to)
	switch {
	case !known:
		return "it stands on no floor"
	case target.level > from.level:
		return fmt.Sprintf("floor %d may import only floors below it, this is floor %d", from.level, target.level)
	case target.level == from.level && from.apart && room(path) != room(to):
		return fmt.Sprintf("rooms of floor %d never import each other; declare a one-method interface and wire it in internal/app", from.level)
	case strings.HasPrefix(path, "views/"):
		return refuseView(path, to)
	case strings.HasPrefix(path, "handlers/"):
		return refuseHandler(path, to)
	}
	return ""
}

func refuseView(path, to string) string {
	if underAny(to, viewsMay) || room(path) == room(to) {
		return ""
	}
	return "a view imports only " + strings.Join(viewsMay, ", ") + " and its own noun"
}

func refuseHandler(path, to string) string {
	switch {
	case strings.HasPrefix(to, "handlers/") && to != "handlers/web" && room(path) != room(to):
		return "handlers import handlers/web, never another noun's handlers"
	case strings.HasPrefix(to, "views/") && !underAny(to, handlersMay) && noun(path) != noun(to):
		return "a noun's handlers draw only their own views, " + strings.Join(handlersMay, ", ")
	}
	return ""
}

// floorOf finds a room's floor by the longest name that fits.
func floorOf(path string) (floor, bool) {
	var best floor
	length := -1
	for _, f := range floors {
		for _, r := range f.rooms {
			if under(path, r) && len(r) > length {
				best, length = f, len(r)
			}
		}
	}
	return best, length >= 0
}

// forTests reports whether a package is imported by tests only: its folder or one
// above it ends in "test", such as dbtest.
func forTests(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasSuffix(part, "test") {
			return true
		}
	}
	return false
}

// room is the folder one owner has: internal/signin for internal/signin/oidc.
func room(path string) string {
	parts := strings.Split(path, "/")
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// noun is the second part of the path: users for handlers/users.
func noun(path string) string {
	parts := strings.Split(path, "/")
	return parts[min(1, len(parts)-1)]
}
