package directory

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/wire/csv"
	"github.com/rollcall/rollcall/models"
)

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

var csvColumns = []string{
	"ID", "Name", "E-mail", "Username", "Title", "Department", "Manager", "External", "Provider",
	"Status", "Status since", "Leaving date", "Last sign-in", "Created",
}

// WriteCSV writes every person of a query as CSV that no spreadsheet takes for
// a formula (WEB-22), and gives how many. Masked fields are not in it. The last
// line says whether the file is whole:
//
//	# complete,rows=12481,sha256=...,"12,481 of 12,481 people",as of 2026-11-22T10:42:00Z
//	# incomplete,rows=500,"Stopped after 500 of 12,481 people. The database does not answer."
//
// A file with neither was cut off on its way.
func (e *Engine) WriteCSV(ctx context.Context, w io.Writer, tenant int64, q Query, o CSVOptions) (int, error) {
	x := &exporter{engine: e, tenant: tenant, out: csv.NewWriter(w), to: w, o: o}
	asOf := e.db.Now()
	err := x.header()
	if err == nil {
		err = e.batches(ctx, tenant, q, func(rows []Row) error { return x.batch(ctx, rows) })
	}
	if err != nil {
		reason := fmt.Sprintf("Stopped after %s of %s people. %s", grouped(x.n), grouped(o.Total), safeText(err))
		if failed := x.out.Abort(reason); failed != nil {
			return x.n, failed
		}
		return x.n, err
	}
	total := max(o.Total, 0)
	if x.n > total { // people came while the file was written; they are in it
		total = x.n
	}
	_, err = x.out.Finish(fmt.Sprintf("%s of %s people", grouped(x.n), grouped(total)), "as of "+iso(asOf))
	return x.n, err
}

type exporter struct {
	engine *Engine
	tenant int64
	out    *csv.Writer
	to     io.Writer
	o      CSVOptions
	n      int
}

func (x *exporter) header() error {
	cells := append([]string{}, csvColumns...)
	for _, column := range x.o.Extra {
		cells = append(cells, column.Name)
	}
	if x.o.BOM {
		cells[0] = "\uFEFF" + cells[0]
	}
	return x.out.Header(cells...)
}

func (x *exporter) batch(ctx context.Context, rows []Row) error {
	managers, err := x.engine.managerNames(ctx, x.tenant, rows)
	if err != nil {
		return err
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	extra := make([]map[int64]string, len(x.o.Extra))
	for i, column := range x.o.Extra {
		if extra[i], err = column.Values(ctx, ids); err != nil {
			return err
		}
	}
	for i := range rows {
		cells := x.cells(&rows[i], managers[rows[i].ManagerID].Name)
		for _, values := range extra {
			cells = append(cells, values[rows[i].ID])
		}
		if err := x.out.Row(cells...); err != nil {
			return err
		}
		x.n++
	}
	return x.flush()
}

func (x *exporter) cells(row *Row, manager string) []string {
	provider := ""
	if row.Provider != "" {
		provider = x.engine.SourceName(row.Provider)
	}
	return []string{
		row.PublicID, row.DisplayName, row.Email, row.Username, row.Title, row.DepartmentName, manager,
		yesNo(row.External), provider, row.Status.Word(), iso(row.StatusSince), iso(row.LeavingAt),
		iso(row.LastSignInAt), iso(row.CreatedAt),
	}
}

// flush hands what was written to the reader, so that a large file flows.
func (x *exporter) flush() error {
	if err := x.out.Flush(); err != nil {
		return err
	}
	if f, ok := x.to.(interface{ Flush() }); ok {
		f.Flush()
	}
	return nil
}

func safeText(err error) string {
	if e, ok := errs.As(err); ok {
		return e.Safe
	}
	return "Rollcall could not read the rest."
}

func yesNo(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}

// iso writes a moment for machines; never is empty.
func iso(at models.Instant) string {
	if t := at.Time(); !t.IsZero() {
		return t.Format(time.RFC3339)
	}
	return ""
}

// grouped writes a number with separators: 12,481.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
