package models

import "github.com/uptrace/bun"

// Result says how an act ended.
type Result string

// The results.
const (
	ResultDone    Result = "done"
	ResultRefused Result = "refused"
	ResultFailed  Result = "failed"
)

// Kind names what an audit event is about.
type Kind string

// The kinds of targets and objects.
const (
	KindUser        Kind = "user"
	KindRole        Kind = "role"
	KindSession     Kind = "session"
	KindIdentity    Kind = "identity"
	KindAttribute   Kind = "attribute"
	KindTenant      Kind = "tenant"
	KindProvider    Kind = "provider"
	KindAudit       Kind = "audit"
	KindApplication Kind = "application"
	KindConnector   Kind = "connector"
	KindAccount     Kind = "account"
	KindRun         Kind = "run"
	KindLink        Kind = "link"
	KindOperation   Kind = "operation"
	KindSelection   Kind = "selection"
	KindCertificate Kind = "certificate"
)

// AuditEvent is one line of the audit log. Rows are only ever inserted. Names
// are copied, so that a line can be read when its people are gone.
type AuditEvent struct {
	bun.BaseModel `bun:"table:audit_events,alias:e"`

	ID         int64     `bun:",pk,autoincrement" class:"public"`
	TenantID   int64     `class:"public"`
	At         Instant   `class:"public"`
	Action     Action    `class:"public"`
	Result     Result    `class:"public"`
	ActorKind  ActorKind `class:"public"`
	ActorID    int64     `class:"public"`
	ActorName  string    `class:"personal"`
	Via        Via       `class:"public"`
	IP         string    `bun:"ip" class:"personal"`
	RequestID  string    `class:"public"`
	SessionKey string    `class:"public"`
	TargetKind Kind      `class:"public"` // whom or what it happened to
	TargetID   int64     `class:"public"`
	TargetName string    `class:"personal"`
	ObjectKind Kind      `class:"public"` // the second thing, such as the role that was given; "" if none
	ObjectID   int64     `class:"public"`
	ObjectName string    `class:"personal"`
	Reason     string    `class:"personal"`
	Before     string    `bun:"old_values" class:"personal"` // JSON object of the changed fields, "" if none
	After      string    `bun:"new_values" class:"personal"`
	Detail     string    `class:"public"` // machine reason or further facts, never a secret
}
