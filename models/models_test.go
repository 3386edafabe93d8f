package models_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/models"
)

// Every field of every row says how much care it needs; one that does not is a
// secret nobody may show.
func TestEveryFieldHasAClass(t *testing.T) {
	t.Parallel()
	known := []models.Class{models.Public, models.Personal, models.Masked, models.Secret}
	rows := 0
	for name, fields := range structs(t) {
		if !strings.Contains(fields[0].tag, "table:") {
			continue
		}
		rows++
		for _, f := range fields[1:] {
			if class := models.Class(reflect.StructTag(f.tag).Get("class")); !slices.Contains(known, class) {
				t.Errorf("models.%s.%s has class %q: give it one of %q", name, f.name, class, known)
			}
		}
	}
	if rows < 15 {
		t.Errorf("only %d row types found", rows)
	}
}

type field struct{ name, tag string }

// structs reads the struct types of this package from their source.
func structs(t *testing.T) map[string][]field {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]field{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		addStructs(found, file)
	}
	return found
}

func addStructs(found map[string][]field, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		body, ok := spec.Type.(*ast.StructType)
		if !ok {
			return true
		}
		for _, f := range body.Fields.List {
			tag := ""
			if f.Tag != nil {
				tag = strings.Trim(f.Tag.Value, "`")
			}
			if len(f.Names) == 0 {
				found[spec.Name.Name] = append(found[spec.Name.Name], field{tag: tag})
			}
			for _, name := range f.Names {
				found[spec.Name.Name] = append(found[spec.Name.Name], field{name.Name, tag})
			}
		}
		return true
	})
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	var all models.Permission
	keys := map[string]bool{}
	for _, i := range models.Permissions {
		if i.Sentence == "" || keys[i.Key] || all.Any(i.Permission) {
			t.Errorf("%+v is without a sentence or there twice", i)
		}
		keys[i.Key] = true
		all |= i.Permission
		if back, ok := models.PermissionByKey(i.Key); !ok || back != i.Permission || back.Key() != i.Key {
			t.Errorf("%s reads back as %d", i.Key, back)
		}
	}
	if all != models.AllPermissions {
		t.Errorf("the listed permissions are %b, AllPermissions is %b: one is not listed", all, models.AllPermissions)
	}
	if _, ok := models.PermissionByKey("moon.land"); ok || all.Key() != "" {
		t.Error("an unknown key or a mask of many has a meaning")
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	may := map[models.Status]bool{models.Active: true, models.Leaving: true}
	for _, s := range models.Statuses {
		if !s.Known() || s.Word() == string(s) || s.MaySignIn() != may[s] {
			t.Errorf("%s: known %v, word %q, may sign in %v", s, s.Known(), s.Word(), s.MaySignIn())
		}
	}
	if models.Status("gone").Known() || len(models.Statuses) != 6 {
		t.Errorf("%d statuses, want six and no other", len(models.Statuses))
	}
}

// A moment survives the way into the database and back, to the microsecond.
func TestInstant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.Int64Range(1, int64(models.Forever.Add(-2*time.Hour))).Draw(t, "micros")
		zone := time.FixedZone("x", rapid.IntRange(-14, 14).Draw(t, "zone")*3600)
		at := time.UnixMicro(micros).In(zone)
		i := models.At(at)
		if !i.Time().Equal(at) || i.Time().Location() != time.UTC {
			t.Fatalf("%v came back as %v", at, i.Time())
		}
		if i.Add(time.Hour).Time().Sub(at) != time.Hour {
			t.Fatalf("an hour after %v is %v", at, i.Add(time.Hour).Time())
		}
	})
	if !models.At(time.Time{}).IsZero() || !models.Instant(0).Time().IsZero() || !models.Forever.Time().IsZero() {
		t.Error("never and forever are no moments")
	}
	if y := time.UnixMicro(int64(models.Forever)).UTC(); y.Year() != 9999 {
		t.Errorf("Forever is %v", y)
	}
}

func TestActorValid(t *testing.T) {
	t.Parallel()
	if !models.SystemActor(1, "Rollcall").Valid() || models.SystemActor(0, "Rollcall").Valid() || models.SystemActor(1, "").Valid() || (models.Actor{}).Valid() {
		t.Error("an actor is valid with a tenant, a kind and a name, and only then")
	}
}
