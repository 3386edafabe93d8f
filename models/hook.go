package models

import "github.com/uptrace/bun"

// HookDelivery is a message that an outside system posted to us and that was taken.
type HookDelivery struct {
	bun.BaseModel `bun:"table:hook_deliveries,alias:hd"`

	TenantID    int64   `bun:",pk" class:"public"`
	ConnectorID int64   `bun:",pk" class:"public"`
	DeliveryID  string  `bun:",pk" class:"public"`
	Digest      string  `class:"public"` // of the body
	Events      int64   `class:"public"`
	ReceivedAt  Instant `class:"public"`
}
