package audit

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// place is a position in the log: just before or after one event.
type place struct {
	at    models.Instant
	id    int64
	newer bool // the page before this place instead of the one after
}

// String gives the cursor, opaque to everybody else. It holds no secret and
// opens nothing: tenant and scope are applied to every page anew.
func (p place) String() string {
	way := "o"
	if p.newer {
		way = "n"
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s%d.%d", way, p.at, p.id))
}

// readPlace reads a cursor; some is false for none.
func readPlace(cursor string) (p place, some bool, err error) {
	if cursor == "" {
		return place{}, false, nil
	}
	bad := errs.New(errs.Invalid, "This page address is damaged. Start again from the newest events.")
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < 4 || len(raw) > 64 || (raw[0] != 'o' && raw[0] != 'n') {
		return place{}, false, bad
	}
	at, id, found := strings.Cut(string(raw[1:]), ".")
	if !found {
		return place{}, false, bad
	}
	micros, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return place{}, false, bad
	}
	p = place{at: models.Instant(micros), newer: raw[0] == 'n'}
	if p.id, err = strconv.ParseInt(id, 10, 64); err != nil {
		return place{}, false, bad
	}
	return p, true, nil
}
