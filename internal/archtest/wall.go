package archtest

import (
	"fmt"
	"strings"
)

// CheckWalls says which imports go through a wall.
func CheckWalls(packages []Package) []string {
	var wrong []string
	for _, p := range packages {
		for _, f := range p.Files {
			for _, to := range f.Imports {
				for _, w := range append(outside, inside...) {
					if w.stops(p.Path, f, to) {
						wrong = append(wrong, fmt.Sprintf("%s (%s) imports %s: %s", p.Path, f.Name, to, w.why))
					}
				}
			}
		}
	}
	return wrong
}

func (w wall) stops(path string, f File, to string) bool {
	switch {
	case w.from != "" && !under(path, w.from):
		return false
	case !underAny(to, w.to) || underAny(path, w.to):
		return false
	case underAny(path, w.except) || underAny(to, w.except):
		return false
	case forTests(path):
		return false
	case w.files != "" && strings.HasPrefix(f.Name, w.files) && strings.HasPrefix(path, "internal/"):
		return false
	}
	return true
}
