package certificate

import (
	"fmt"
	"strings"
)

// sequence says what is wrong with a list whose members are numbered from 1 to
// want; "" when it is whole and in order.
func sequence(noun string, numbers []int, want int) string {
	if want < 0 || want > len(numbers)+plausible {
		return fmt.Sprintf("the %s list has %d of %d %ss", noun, len(numbers), want, noun)
	}
	o := newOrder(want)
	for _, n := range numbers {
		o.add(n)
	}
	wrong := o.wrong(noun)
	if len(numbers) == want && len(wrong) == 0 {
		return ""
	}
	text := fmt.Sprintf("the %s list has %d of %d %ss", noun, len(numbers), want, noun)
	if len(numbers) >= want {
		text = fmt.Sprintf("the %s list is not as it was", noun)
	}
	return text + ": " + strings.Join(wrong, ", ")
}

// plausible bounds how many members a list may say it lacks before it is not
// looked at any further.
const plausible = 1_000

// order finds out, with one bit for each, which members of a numbered list are
// missing, doubled or out of place.
type order struct {
	want   int
	at     int
	seen   []uint64
	twice  []int
	beyond []int
	moved  [][2]int // place and number
	off    bool     // something is out of place
}

// remembered bounds what is kept for sentences.
const remembered = 8

func newOrder(want int) *order { return &order{want: want, seen: make([]uint64, want/64+1)} }

// add takes the next number and reports whether it stands in its place.
func (o *order) add(n int) bool {
	o.at++
	switch {
	case n < 1 || n > o.want:
		o.beyond = few(o.beyond, n)
		o.off = true
		return false
	case o.has(n):
		o.twice = few(o.twice, n)
		o.off = true
		return false
	}
	o.seen[n/64] |= 1 << (n % 64)
	if n == o.at {
		return true
	}
	o.off = true
	if len(o.moved) < remembered {
		o.moved = append(o.moved, [2]int{o.at, n})
	}
	return false
}

func few(list []int, n int) []int {
	if len(list) < remembered {
		list = append(list, n)
	}
	return list
}

func (o *order) has(n int) bool { return o.seen[n/64]&(1<<(n%64)) != 0 }

// wrong gives what is wrong, the first first, without a full stop.
func (o *order) wrong(noun string) []string {
	var out []string
	missing := 0
	for n := 1; n <= o.want; n++ {
		if !o.has(n) {
			if missing++; missing <= remembered {
				out = append(out, fmt.Sprintf("%s %d is missing", noun, n))
			}
		}
	}
	if missing > remembered {
		out = append(out, fmt.Sprintf("%d more are missing", missing-remembered))
	}
	for _, n := range o.twice {
		out = append(out, fmt.Sprintf("%s %d is there twice", noun, n))
	}
	for _, n := range o.beyond {
		out = append(out, fmt.Sprintf("one has the number %d, and the list has %d", n, o.want))
	}
	if len(out) > 0 || len(o.moved) == 0 {
		return out
	}
	a, b := o.moved[0], o.moved[len(o.moved)-1]
	if len(o.moved) == 2 && a[0] == b[1] && a[1] == b[0] {
		return []string{fmt.Sprintf("%s %d and %d are swapped", plural(noun), a[0], a[1])}
	}
	return []string{fmt.Sprintf("the %s are not in their order, from place %d on", plural(noun), a[0])}
}

func plural(noun string) string {
	if noun == "person" {
		return "people"
	}
	return noun + "s"
}
