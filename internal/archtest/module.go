package archtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Package is one package of the module; tests make their own by hand.
type Package struct {
	Path  string // inside the module, such as internal/store
	Name  string
	Files []File // without tests
	Tests []File
}

// File is one Go file, or a templ file as plain text.
type File struct {
	Name      string
	Text      string
	Syntax    *ast.File // nil for templ
	Generated bool
	Imports   []string // of ours without the module's path
	fset      *token.FileSet
}

const modulePath = "github.com/rollcall/rollcall"

type listed struct {
	ImportPath, Dir, Name              string
	GoFiles, TestGoFiles, XTestGoFiles []string
}

// Load reads every package of the module around dir.
func Load(ctx context.Context, dir string) ([]Package, error) {
	list := exec.CommandContext(ctx, "go", "list", "-e", "-json=ImportPath,Dir,Name,GoFiles,TestGoFiles,XTestGoFiles", "./...")
	list.Dir = dir
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var packages []Package
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var one listed
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if len(one.GoFiles)+len(one.TestGoFiles)+len(one.XTestGoFiles) == 0 {
			continue
		}
		p, err := one.load()
		if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
}

func (l listed) load() (Package, error) {
	p := Package{Path: strings.TrimPrefix(strings.TrimPrefix(l.ImportPath, modulePath), "/"), Name: l.Name}
	templates, err := filepath.Glob(filepath.Join(l.Dir, "*.templ"))
	if err != nil {
		return p, err
	}
	for _, path := range templates {
		l.GoFiles = append(l.GoFiles, filepath.Base(path))
	}
	for _, name := range l.GoFiles {
		f, err := readFile(filepath.Join(l.Dir, name))
		if err != nil {
			return p, err
		}
		p.Files = append(p.Files, f)
	}
	for _, name := range append(l.TestGoFiles, l.XTestGoFiles...) {
		f, err := readFile(filepath.Join(l.Dir, name))
		if err != nil {
			return p, err
		}
		p.Tests = append(p.Tests, f)
	}
	return p, nil
}

func readFile(path string) (File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return File{}, err
	}
	return ParseFile(filepath.Base(path), string(text))
}

// ParseFile reads one file's text.
func ParseFile(name, text string) (File, error) {
	f := File{Name: name, Text: text, fset: token.NewFileSet()}
	if strings.HasSuffix(name, ".templ") {
		return f, nil
	}
	syntax, err := parser.ParseFile(f.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return f, fmt.Errorf("parse: %w", err)
	}
	f.Syntax, f.Generated = syntax, ast.IsGenerated(syntax)
	for _, i := range syntax.Imports {
		f.Imports = append(f.Imports, strings.TrimPrefix(strings.Trim(i.Path.Value, `"`), modulePath+"/"))
	}
	return f, nil
}

// ours reports whether an import is of this module.
func ours(path string) bool {
	for _, top := range []string{"cmd/", "handlers/", "internal/", "views/", "e2e/"} {
		if strings.HasPrefix(path, top) {
			return true
		}
	}
	return path == "models" || path == "static" || path == "migrations" || path == "handlers"
}

// under reports whether a path is a room or, when the room ends in /, below it.
// For packages of others the versions and sub-packages count as below.
func under(path, room string) bool {
	whole := strings.TrimSuffix(room, "/")
	if path == whole {
		return true
	}
	return strings.HasPrefix(path, whole+"/") && (strings.HasSuffix(room, "/") || !ours(whole))
}

func underAny(path string, rooms []string) bool {
	for _, room := range rooms {
		if under(path, room) {
			return true
		}
	}
	return false
}
