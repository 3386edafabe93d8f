package sync

import (
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
)

// Sizes of a page.
const (
	usualPage = 50
	maxPage   = 200
)

func pageSize(limit int) int {
	if limit <= 0 {
		return usualPage
	}
	return min(limit, maxPage)
}

// writeCursor spells the place behind a row: its sort value and its id.
func writeCursor(by, id int64) string {
	return strconv.FormatInt(by, 36) + "." + strconv.FormatInt(id, 36)
}

// readCursor reads one, in the one spelling writeCursor gives.
func readCursor(text string) (by, id int64, err error) {
	if text == "" {
		return 0, 0, nil
	}
	first, second, _ := strings.Cut(text, ".")
	by, err = strconv.ParseInt(first, 36, 64)
	if err == nil {
		id, err = strconv.ParseInt(second, 36, 64)
	}
	if err != nil || writeCursor(by, id) != text {
		return 0, 0, errs.New(errs.Invalid, "This address does not name a page of the list. Start from the first page.")
	}
	return by, id, nil
}
