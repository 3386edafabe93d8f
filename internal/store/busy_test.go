package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"
)

// busy makes SQLite say that the file is locked, since its error type cannot be
// made by hand.
func busy(t *testing.T) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "busy.db")
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Rollback() }() // nothing was written
	_, err = db.BeginTx(t.Context(), nil)
	if err == nil {
		t.Fatal("SQLite let two writers in")
	}
	return err
}
