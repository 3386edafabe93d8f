package directory

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/errs"
)

// position is a place in a list between two rows: behind the row with this key
// and id, or in front of it when the list is read backward.
type position struct {
	name  string // SortName
	at    int64  // the other orders
	id    int64
	start bool // before the first row
}

// cursorVersion stands first in every cursor, so that its form may change.
const cursorVersion = 1

var sortCodes = map[Sort]byte{SortName: 'n', SortSignIn: 's', SortCreated: 'c'}

// positionOf gives the place of a row in an order.
func positionOf(row *Row, sort Sort) position {
	switch sort {
	case SortSignIn:
		return position{at: int64(row.LastSignInAt), id: row.ID}
	case SortCreated:
		return position{at: int64(row.CreatedAt), id: row.ID}
	default:
		return position{name: row.SortName, id: row.ID}
	}
}

// encode gives the position as text for an address. It holds the order too, so
// that it is refused in another one.
func (p position) encode(sort Sort, desc bool) string {
	b := make([]byte, 0, 64)
	b = append(b, cursorVersion, sortCodes[sort], direction(desc))
	b = binary.BigEndian.AppendUint64(b, uint64(p.id))
	if sort == SortName {
		b = append(b, p.name...)
	} else {
		b = binary.BigEndian.AppendUint64(b, uint64(p.at))
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func direction(desc bool) byte {
	if desc {
		return 'd'
	}
	return 'a'
}

const cursorHead = 3 + 8

// decode reads what encode wrote. The tenant is not in it: a cursor only says
// where to go on, never what may be seen.
func decode(text string, sort Sort, desc bool) (position, error) {
	bad := errs.New(errs.Invalid, "This link to a page of the list cannot be read. Open the list from its first page.")
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") || len(b) < cursorHead || b[0] != cursorVersion { // the decoder skips line ends
		return position{}, bad
	}
	if b[1] != sortCodes[sort] || b[2] != direction(desc) {
		return position{}, errs.New(errs.Invalid, "This link belongs to another order of the list. Open the list from its first page.")
	}
	p := position{id: int64(binary.BigEndian.Uint64(b[3:cursorHead]))}
	key := b[cursorHead:]
	if sort == SortName {
		p.name = string(key)
		if !utf8.ValidString(p.name) || utf8.RuneCountInString(p.name) > maxSortName || illegible("", p.name) != "" {
			return position{}, bad
		}
	} else {
		if len(key) != 8 {
			return position{}, bad
		}
		p.at = int64(binary.BigEndian.Uint64(key))
	}
	if p.id < 0 || p.at < 0 {
		return position{}, bad
	}
	return p, nil
}
