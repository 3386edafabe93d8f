package directory

import (
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/wire/sheet"
)

// listed is one line of a list: the text that names a person.
type listed struct {
	line  int
	given string
}

// columnNames are the heads of columns that name people exactly, best first. A
// line whose cell is empty there is read from the next of them.
var columnNames = [][]string{
	{"id", "user id", "userid", "public id", "rollcall id"},
	{"given"}, // of the rest that was downloaded from here
	{"e-mail", "email", "mail", "e-mail address", "email address", "mail address", "work email", "work e-mail", "business email",
		"primary email", "userprincipalname", "user principal name", "upn", "e-mail-adresse", "emailadresse", "e-mailadresse", "adresse e-mail", "courriel"},
	{"username", "user name", "user", "login", "login name", "account", "samaccountname", "benutzername", "benutzer", "identifiant"},
	{"sub", "subject", "subject id", "oidc sub"},
	{"external id", "externalid", "external_id", "employee id", "employeeid", "employee number", "employee no", "personnel number", "personnel no",
		"staff id", "staff number", "hr id", "person id", "worker id", "personalnummer", "personal-nr", "personalnr", "mitarbeiternummer", "matricule"},
}

// pickColumn gives the lines of a table, and the name of the column they were
// read from; "" when the table has no heads.
func pickColumn(rows []sheet.Row) (lines []listed, column string) {
	if len(rows) == 0 {
		return nil, ""
	}
	columns, column := headed(rows[0].Cells)
	if len(columns) > 0 {
		rows = rows[1:]
	} else {
		at, head := unheaded(rows)
		if columns = []int{at}; head {
			column, rows = cellAt(rows[0].Cells, at), rows[1:]
		}
	}
	lines = make([]listed, 0, len(rows))
	for _, row := range rows {
		given := ""
		for i := 0; i < len(columns) && given == ""; i++ {
			given = cellAt(row.Cells, columns[i])
		}
		lines = append(lines, listed{line: row.Line, given: address(given)})
	}
	return lines, column
}

func cellAt(cells []string, at int) string {
	if at < len(cells) {
		return cells[at]
	}
	return ""
}

// headed finds the columns whose heads are known, best first.
func headed(cells []string) (columns []int, name string) {
	for _, names := range columnNames {
		for i, cell := range cells {
			if slices.Contains(names, strings.ToLower(tidy(cell))) {
				columns = append(columns, i)
			}
		}
	}
	if len(columns) > 0 {
		name = cells[columns[0]]
	}
	return columns, name
}

// columnSample is how many lines are looked at to find the column.
const columnSample = 50

// unheaded gives the column of a table without known heads: the one that has
// addresses, else the first. head says that the first line is a head all the
// same: it alone has no address.
func unheaded(rows []sheet.Row) (column int, head bool) {
	sample := rows[:min(len(rows), columnSample)]
	found := map[int]int{}
	for _, row := range sample {
		for i, cell := range row.Cells {
			if strings.Contains(cell, "@") {
				found[i]++
			}
		}
	}
	most := 0
	for i := range slices.Max(widths(sample)) {
		if found[i] > most {
			column, most = i, found[i]
		}
	}
	first := cellAt(rows[0].Cells, column)
	return column, most > 0 && most == len(sample)-1 && !strings.ContainsAny(first, "@0123456789")
}

func widths(rows []sheet.Row) []int {
	all := make([]int, len(rows))
	for i, row := range rows {
		all[i] = len(row.Cells)
	}
	return all
}

// address takes the address out of "Elif Kaya <elif@example.org>" and of
// "mailto:elif@example.org".
func address(text string) string {
	if open := strings.LastIndexByte(text, '<'); open >= 0 && strings.HasSuffix(text, ">") && strings.Contains(text[open:], "@") {
		text = text[open+1 : len(text)-1]
	}
	if len(text) > 7 && strings.EqualFold(text[:7], "mailto:") {
		text = text[7:]
	}
	return strings.TrimSpace(text)
}
