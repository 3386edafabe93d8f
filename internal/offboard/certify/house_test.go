package certify_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/internal/offboard/certify/certifytest"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

// house is the engine on one database, with one operation in it.
type house struct {
	t       *testing.T
	db      *dbtest.DB
	ring    *secret.Keyring
	certify *certify.Engine
	change  func(func(context.Context, *store.Tx) error)
	actor   models.Actor
	people  []models.User
	op      models.Operation
}

// ran makes an operation over n people that has ended.
func (h *house) ran(n int) {
	h.t.Helper()
	r := certifytest.Run(h.t, h.db, n)
	h.actor, h.people, h.op, h.change = r.Actor, r.People, r.Op, r.Change
}

func build(t *testing.T, db *dbtest.DB) *house {
	t.Helper()
	ring, err := secret.NewKeyring(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, db: db, ring: ring}
	h.certify = certify.New(certify.Deps{Store: db.Store, Keyring: ring, Version: "1.2.3", Signer: "rollcall.northwind.example"})
	return h
}

func (h *house) issue() models.Certificate {
	h.t.Helper()
	c, err := h.certify.Issue(h.t.Context(), h.actor, h.op.PublicID)
	if err != nil {
		h.t.Fatalf("Issue: %v", err)
	}
	return c
}

// file gives what is downloaded.
func (h *house) file(person, id string) string {
	h.t.Helper()
	c, err := h.certify.Get(h.t.Context(), h.actor, h.op.PublicID, person, id)
	if err != nil {
		h.t.Fatalf("Get: %v", err)
	}
	var b bytes.Buffer
	if err := h.certify.WriteFile(h.t.Context(), &b, &c); err != nil {
		h.t.Fatalf("WriteFile: %v", err)
	}
	return b.String()
}

// check is what an auditor does, with the published keys.
func (h *house) check(file string) certificate.Report {
	h.t.Helper()
	keys, err := h.certify.Keys(h.t.Context(), h.db.Tenant)
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := certificate.Check(bytes.NewReader([]byte(file)), &keys)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *house) events(action models.Action) []models.AuditEvent {
	h.t.Helper()
	var rows []models.AuditEvent
	err := h.db.Store.Read(h.db.Tenant).Select(&rows).Where("action = ?", action).Order("id").Limit(100).Scan(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return rows
}

func (h *house) count(model any) int64 {
	h.t.Helper()
	n, err := h.db.Store.Read(h.db.Tenant).Select(model).Count(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}
