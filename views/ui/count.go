package ui

import (
	"fmt"
	"strconv"
)

// Count writes n with its thousands separated: 12481 gives "12,481".
func Count(n int) string {
	digits := strconv.Itoa(n)

	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}

	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}

	return sign + digits
}

// Counted writes n with the right form of its noun: "1 role", "2 roles".
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}

	return Count(n) + " " + many
}

// People writes "1 person" or "12 people".
func People(n int) string {
	return Counted(n, "person", "people")
}

// Users writes "1 user" or "12 users"; a user is the record, a person the human.
func Users(n int) string {
	return Counted(n, "user", "users")
}

// About writes a number that was not counted to the end: "about 20,000", "about 1.0 million".
func About(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("about %.1f million", float64(n)/1_000_000)
	case n >= 10_000:
		return "about " + Count((n+500)/1000*1000)
	default:
		return "about " + Count(n)
	}
}

func plainNumber(n int) string {
	return strconv.Itoa(n)
}
