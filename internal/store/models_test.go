package store_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// rowTypes are all row structs; TestModelsMatchTables fails when a table has none.
var rowTypes = []any{
	models.Tenant{}, models.Department{}, models.User{}, models.Identity{}, models.UserToken{},
	models.AttributeDefinition{}, models.UserAttribute{},
	models.Application{}, models.AppPermission{}, models.Role{}, models.RolePermission{}, models.RoleChild{}, models.Assignment{},
	models.Session{}, models.SignInTransaction{}, models.Draft{}, models.AuditEvent{},
	models.HookDelivery{},
	models.Connector{}, models.Account{}, models.WorkStep{},
	models.TestRun{},
	models.SyncSource{}, models.SourceRun{}, models.SyncLoss{}, models.SyncError{}, models.SyncEvent{}, models.Drift{},
	models.Link{}, models.LinkDraft{}, models.LinkSnapshot{}, models.LinkCheck{},
	models.PersonAct{},
	models.Selection{}, models.SelectionPerson{}, models.SelectionLine{},
	models.Operation{}, models.OperationTarget{}, models.OperationAssignment{}, models.OperationReport{}, models.OperationOwner{}, models.OperationDecision{},
	models.SigningKey{}, models.Certificate{}, models.CertificatePart{},
	models.LogoutToken{}, models.SignInGrant{},
}

// Every model's columns exist in its table, and every table's columns in its
// model, with the same kind of value.
func TestModelsMatchTables(t *testing.T) {
	t.Parallel()
	tables := shape(t, dbtest.One(t, store.SQLite))
	schema := bun.NewDB(nil, sqlitedialect.New())
	for _, row := range rowTypes {
		of := reflect.TypeOf(row)
		described := schema.Table(of)
		one, there := tables[described.Name]
		if !there {
			t.Errorf("models.%s names the table %s, which does not exist", of.Name(), described.Name)
			continue
		}
		delete(tables, described.Name)
		var columns []string
		for _, f := range described.Fields {
			columns = append(columns, f.Name+" "+kindOf(f.StructField.Type))
		}
		slices.Sort(columns)
		if diff := cmp.Diff(one.Columns, columns); diff != "" {
			t.Errorf("models.%s and %s (-table +model):\n%s", of.Name(), described.Name, diff)
		}
	}
	if len(tables) > 0 {
		t.Errorf("tables without a model in rowTypes: %s", strings.Join(names(tables), ", "))
	}
}

func kindOf(of reflect.Type) string {
	switch of.Kind() {
	case reflect.Int64:
		return "number"
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "bool"
	case reflect.Slice:
		return "bytes"
	default:
		return of.String()
	}
}
