package bench

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/models"
)

// userRow is a record with the two names that stand on its page.
type userRow struct {
	models.User

	Department, Manager string
}

const userColumns = `u.id, u.tenant_id, u.public_id, u.username, u.username_norm, u.display_name, u.given_name, u.family_name,
 u.sort_name, u.email, u.email_norm, u.phone, u.external_id, u.title, u.department_id, u.manager_id, u.external, u.provider,
 u.status, u.status_reason, u.status_by, u.status_since, u.leaving_at, u.pending_since, u.last_sign_in_at, u.field_sources,
 u.access_epoch, u.version, u.created_at, u.updated_at, u.updated_by, COALESCE(d.name, ''), COALESCE(m.display_name, '')`

func userFields(r *userRow) []any {
	return []any{
		&r.ID, &r.TenantID, &r.PublicID, &r.Username, &r.UsernameNorm, &r.DisplayName, &r.GivenName, &r.FamilyName,
		&r.SortName, &r.Email, &r.EmailNorm, &r.Phone, &r.ExternalID, &r.Title, &r.DepartmentID, &r.ManagerID, &r.External, &r.Provider,
		&r.Status, &r.StatusReason, &r.StatusBy, &r.StatusSince, &r.LeavingAt, &r.PendingSince, &r.LastSignInAt, &r.FieldSources,
		&r.AccessEpoch, &r.Version, &r.CreatedAt, &r.UpdatedAt, &r.UpdatedBy, &r.Department, &r.Manager,
	}
}

const openUser = "SELECT " + userColumns + ` FROM users u
 LEFT JOIN departments d ON d.tenant_id = ?t AND d.id = u.department_id
 LEFT JOIN users m ON m.tenant_id = ?t AND m.id = u.manager_id
 WHERE u.tenant_id = ?t AND u.public_id = ?`

const openIdentities = `SELECT i.id, i.tenant_id, i.user_id, i.provider, i.issuer, i.subject, i.email, i.email_verified, i.username,
 i.is_primary, i.linked_at, i.linked_by, i.linked_how, i.last_sign_in_at
 FROM identities i WHERE i.tenant_id = ?t AND i.user_id = ? ORDER BY i.is_primary DESC, i.id LIMIT 100`

func identityFields(i *models.Identity) []any {
	return []any{
		&i.ID, &i.TenantID, &i.UserID, &i.Provider, &i.Issuer, &i.Subject, &i.Email, &i.EmailVerified, &i.Username,
		&i.IsPrimary, &i.LinkedAt, &i.LinkedBy, &i.LinkedHow, &i.LastSignInAt,
	}
}

// attributeRow is a defined attribute with the value a person has.
type attributeRow struct {
	models.AttributeDefinition

	Value, Source string
	UpdatedAt     models.Instant
}

const openAttributes = `SELECT ad.id, ad.attribute_key, ad.label, ad.kind, ad.choices, ad.masked, ad.position,
 COALESCE(ua.value, ''), COALESCE(ua.source, ''), COALESCE(ua.updated_at, 0)
 FROM attribute_definitions ad LEFT JOIN user_attributes ua ON ua.tenant_id = ?t AND ua.user_id = ? AND ua.attribute = ad.attribute_key
 WHERE ad.tenant_id = ?t ORDER BY ad.position, ad.label, ad.id LIMIT 500`

func attributeFields(a *attributeRow) []any {
	return []any{&a.ID, &a.Key, &a.Label, &a.Kind, &a.Choices, &a.Masked, &a.Position, &a.Value, &a.Source, &a.UpdatedAt}
}

const openReports = `SELECT COUNT(*) FROM (SELECT 1 AS one FROM users WHERE tenant_id = ?t AND manager_id = ? AND status <> 'removed' LIMIT 1001) c`

// heldRow is a role a person holds and one assignment that gives it.
type heldRow struct {
	models.Assignment

	Key, Name, Sentence, Application string
	Privileged                       bool
}

const openHeld = `WITH RECURSIVE held (assignment_id, role_id) AS (
  SELECT a.id, a.role_id FROM assignments a WHERE a.tenant_id = ?t AND a.user_id = ?
  UNION
  SELECT h.assignment_id, rc.child_id FROM held h JOIN role_children rc ON rc.tenant_id = ?t AND rc.parent_id = h.role_id)
 SELECT a.id, a.user_id, h.role_id, a.source, a.source_ref, a.reason, a.from_at, a.until_at, a.granted_by_id, a.granted_by,
 a.created_at, r.role_key, r.name, r.sentence, r.privileged, app.name
 FROM held h JOIN assignments a ON a.id = h.assignment_id
 JOIN roles r ON r.tenant_id = ?t AND r.id = h.role_id
 JOIN applications app ON app.tenant_id = ?t AND app.id = r.application_id`

func heldFields(h *heldRow) []any {
	return []any{
		&h.ID, &h.UserID, &h.RoleID, &h.Source, &h.SourceRef, &h.Reason, &h.FromAt, &h.UntilAt, &h.GrantedByID, &h.GrantedBy,
		&h.CreatedAt, &h.Key, &h.Name, &h.Sentence, &h.Privileged, &h.Application,
	}
}

const openSessions = `SELECT public_id, ip, user_agent, provider, method_words, auth_time, created_at, last_seen_at, idle_until, expires_at
 FROM sessions WHERE tenant_id = ?t AND user_id = ? AND idle_until > ? AND expires_at > ? ORDER BY created_at DESC, public_id DESC LIMIT 200`

func sessionFields(s *models.Session) []any {
	return []any{&s.PublicID, &s.IP, &s.UserAgent, &s.Provider, &s.MethodWords, &s.AuthTime, &s.CreatedAt, &s.LastSeenAt, &s.IdleUntil, &s.ExpiresAt}
}

// open reads everything a person's page needs, in six statements.
func (d *direct) open(ctx context.Context, publicID string, now models.Instant) (opened, error) {
	users, err := collect(ctx, d.read, d.text(openUser, publicID), userFields)
	if err != nil || len(users) != 1 {
		return opened{}, fmt.Errorf("%d people with id %s: %w", len(users), publicID, err)
	}
	id := users[0].ID
	identities, err := collect(ctx, d.read, d.text(openIdentities, id), identityFields)
	if err != nil {
		return opened{}, err
	}
	attributes, err := collect(ctx, d.read, d.text(openAttributes, id), attributeFields)
	if err != nil {
		return opened{}, err
	}
	reports, err := d.number(ctx, openReports, id)
	if err != nil {
		return opened{}, err
	}
	roles, err := collect(ctx, d.read, d.text(openHeld, id), heldFields)
	if err != nil {
		return opened{}, err
	}
	sessions, err := collect(ctx, d.read, d.text(openSessions, id, now, now), sessionFields)
	if err != nil {
		return opened{}, err
	}
	out := opened{name: users[0].DisplayName, department: users[0].Department, manager: users[0].Manager, reports: int(min(reports, 1_000))}
	for _, i := range identities {
		out.identities = append(out.identities, i.Subject)
	}
	for _, a := range attributes {
		out.attributes = append(out.attributes, a.Key+"="+a.Source)
	}
	for _, r := range roles {
		out.roles = append(out.roles, r.Key)
	}
	for _, s := range sessions {
		out.sessions = append(out.sessions, s.PublicID)
	}
	return out, nil
}
