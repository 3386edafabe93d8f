package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// CheckHabits says where code does what this house does not do.
func CheckHabits(packages []Package) []string {
	var wrong []string
	for _, p := range packages {
		wrong = append(wrong, checkName(p)...)
		if under(p.Path, "internal/archtest/") { // the habits are spelled there
			continue
		}
		var here []string
		for _, f := range p.Files {
			here = append(here, checkText(f)...)
			here = append(here, checkCalls(p.Path, f)...)
		}
		for _, f := range p.Tests {
			here = append(here, checkText(f)...)
		}
		for _, w := range here {
			wrong = append(wrong, p.Path+"/"+w)
		}
	}
	return wrong
}

// checkName wants a name that says something and a doc.go that says the rest.
func checkName(p Package) []string {
	if len(p.Files) == 0 {
		return nil
	}
	var wrong []string
	if slices.Contains(badNames, p.Name) {
		wrong = append(wrong, fmt.Sprintf("%s is called %s, which says nothing: name the noun it is about", p.Path, p.Name))
	}
	i := slices.IndexFunc(p.Files, func(f File) bool { return f.Name == "doc.go" })
	switch {
	case i < 0:
		wrong = append(wrong, fmt.Sprintf("%s has no doc.go that says what it is and what it is not", p.Path))
	case p.Files[i].Syntax.Doc == nil:
		wrong = append(wrong, fmt.Sprintf("%s/doc.go has no package comment", p.Path))
	case p.Name != "main" && !strings.HasPrefix(p.Files[i].Syntax.Doc.Text(), "Package "+p.Name+" "):
		wrong = append(wrong, fmt.Sprintf("%s/doc.go: the comment does not begin with \"Package %s\"", p.Path, p.Name))
	}
	return wrong
}

var (
	naked   = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b([^(#]|$)`)
	rawHTML = regexp.MustCompile(`\btempl\.Raw\b`)
)

// checkText looks at what is in a file whatever its syntax.
func checkText(f File) []string {
	if f.Generated || strings.HasSuffix(f.Name, "_templ.go") {
		return nil
	}
	var wrong []string
	for i, line := range strings.Split(f.Text, "\n") {
		_, comment, isComment := strings.Cut(line, "//")
		if isComment && naked.MatchString(comment) {
			wrong = append(wrong, fmt.Sprintf("%s:%d: a naked reminder: finish it, or give it a name in brackets or a number", f.Name, i+1))
		}
		if rawHTML.MatchString(line) && !isComment {
			wrong = append(wrong, fmt.Sprintf("%s:%d: templ.Raw writes unescaped HTML: use a component", f.Name, i+1))
		}
	}
	return wrong
}

var (
	star      = regexp.MustCompile(`(?i)\bselect\s+(\w+\.)?\*`)
	offset    = regexp.MustCompile(`(?i)\blimit\b[^;]*\boffset\b|\boffset\s+[?0-9]`)
	queryPart = []string{
		"Where", "WhereOr", "Having", "Join", "JoinOn", "Set", "Raw", "NewRaw",
		"ColumnExpr", "TableExpr", "ModelTableExpr", "OrderExpr", "GroupExpr", "DistinctOn", "Returning",
		"ExecContext", "QueryContext", "QueryRowContext",
	}
	transactions = []string{"Begin", "BeginTx", "RunInTx"}
	netCalls     = []string{"Get", "Post", "PostForm", "Head", "DefaultClient", "DefaultTransport", "Client", "Transport"}
)

// checkCalls looks at the calls and texts of a Go file.
func checkCalls(path string, f File) []string {
	if f.Syntax == nil || f.Generated {
		return nil
	}
	c := calls{path: path, file: f}
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			c.call(n)
		case *ast.SelectorExpr:
			c.selector(n)
		case *ast.BasicLit:
			c.text(n)
		}
		return true
	})
	return c.wrong
}

type calls struct {
	path  string
	file  File
	wrong []string
}

func (c *calls) say(at ast.Node, format string, args ...any) {
	line := c.file.fset.Position(at.Pos()).Line
	c.wrong = append(c.wrong, fmt.Sprintf("%s:%d: %s", c.file.Name, line, fmt.Sprintf(format, args...)))
}

func (c *calls) call(n *ast.CallExpr) {
	method, ok := n.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	name := method.Sel.Name
	switch {
	case slices.Contains(transactions, name) && (name != "Begin" || len(n.Args) == 0) && c.path != "internal/store" && c.path != "internal/dbtest":
		c.say(n, "%s starts a transaction: only internal/store does, by Change and Maintain", name)
	case name == "Maintain" && len(n.Args) == 4:
		c.reason(n.Args[2])
	case name == "System" && len(n.Args) == 1:
		c.reason(n.Args[0])
	case name == "Offset":
		c.say(n, "Offset reads and throws away: page by key")
	case (name == "Column" || name == "ColumnExpr") && slices.ContainsFunc(n.Args, isStar):
		c.say(n, "list the columns instead of *")
	case slices.Contains(queryPart, name) && slices.ContainsFunc(n.Args, hasSprintf):
		c.say(n, "fmt.Sprintf inside a query: give values as ? arguments, names as bun.Ident (WEB-25)")
	}
}

// reason checks that a room gives only its own reasons of the closed lists.
func (c *calls) reason(arg ast.Expr) {
	if c.path == "internal/store" {
		return
	}
	named, ok := arg.(*ast.SelectorExpr)
	if !ok {
		c.say(arg, "the reason must be one of the store's constants, written out")
		return
	}
	rooms, known := reasonUse[named.Sel.Name]
	if !known || !slices.Contains(rooms, room(c.path)) {
		c.say(arg, "store.%s may not be used in %s: see reasonUse in internal/archtest/rules.go", named.Sel.Name, c.path)
	}
}

// selector keeps calls to the outside world behind the guard.
func (c *calls) selector(n *ast.SelectorExpr) {
	pkg, ok := n.X.(*ast.Ident)
	if !ok || pkg.Name != "http" || !slices.Contains(netCalls, n.Sel.Name) || !slices.Contains(c.file.Imports, "net/http") {
		return
	}
	if !forTests(c.path) && !underAny(c.path, []string{"internal/outbound", "internal/demo/", "internal/bench/", "cmd/"}) {
		c.say(n, "http.%s goes out without the guard of internal/outbound", n.Sel.Name)
	}
}

func (c *calls) text(n *ast.BasicLit) {
	if n.Kind != token.STRING {
		return
	}
	text, err := strconv.Unquote(n.Value)
	if err != nil {
		return
	}
	if star.MatchString(text) {
		c.say(n, "SELECT * in a query: list the columns")
	}
	if offset.MatchString(text) {
		c.say(n, "OFFSET in a query: page by key")
	}
}

func isStar(arg ast.Expr) bool {
	lit, ok := arg.(*ast.BasicLit)
	return ok && lit.Value == `"*"`
}

func hasSprintf(arg ast.Expr) bool {
	found := false
	ast.Inspect(arg, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			pkg, isName := s.X.(*ast.Ident)
			found = found || (isName && pkg.Name == "fmt" && strings.HasPrefix(s.Sel.Name, "Sprint"))
		}
		return !found
	})
	return found
}
