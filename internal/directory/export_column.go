package directory

import "context"

// Column is one more column of an export, filled batch by batch: Values gets the
// ids of at most a thousand people and gives each a text.
type Column struct {
	Name   string
	Values func(ctx context.Context, ids []int64) (map[int64]string, error)
}

// CSVOptions say how WriteCSV writes.
type CSVOptions struct {
	BOM   bool     // begin with a byte order mark, for spreadsheets that need it
	Total int      // from CountExactly, for the last line
	Extra []Column // such as the roles, which are not kept here
}
