package archtest

import (
	"fmt"
	"go/ast"
	"strings"
)

// CheckSize says what is longer than it may ever be.
func CheckSize(packages []Package) []string { return measure(packages, hardFile, hardFunc, 0) }

// Sizes lists what is longer than it should be.
func Sizes(packages []Package) []string { return measure(packages, softFile, softFunc, maxParams) }

// measure lists files, functions and parameter lists beyond the limits; 0
// parameters means no limit. Functions of tests may hold long tables.
func measure(packages []Package, file, function, params int) []string {
	var long []string
	for _, p := range packages {
		for i, f := range append(p.Files[:len(p.Files):len(p.Files)], p.Tests...) {
			if f.Generated || strings.HasSuffix(f.Name, "_templ.go") {
				continue
			}
			if n := strings.Count(f.Text, "\n"); n > file {
				long = append(long, fmt.Sprintf("%s/%s has %d lines, the limit is %d", p.Path, f.Name, n, file))
			}
			if f.Syntax == nil || i >= len(p.Files) {
				continue
			}
			for _, w := range f.functions(function, params) {
				long = append(long, p.Path+"/"+w)
			}
		}
	}
	return long
}

func (f File) functions(lines, params int) []string {
	var long []string
	for _, d := range f.Syntax.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		at := f.fset.Position(fn.Pos()).Line
		if n := f.fset.Position(fn.End()).Line - at + 1; n > lines {
			long = append(long, fmt.Sprintf("%s:%d: %s has %d lines, the limit is %d", f.Name, at, fn.Name.Name, n, lines))
		}
		if n := fn.Type.Params.NumFields(); params > 0 && n > params {
			long = append(long, fmt.Sprintf("%s:%d: %s has %d parameters, the limit is %d: pass a struct", f.Name, at, fn.Name.Name, n, params))
		}
	}
	return long
}
