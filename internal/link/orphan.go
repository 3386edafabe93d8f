package link

import (
	"context"
	"strconv"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// stepAccounts walks accounts nobody belongs to, and looks for the one person
// who has their e-mail address.
func (c *checking) stepAccounts(ctx context.Context) error {
	r := c.db.Read(c.tenant)
	connector, _ := strconv.ParseInt(c.row.CursorKey, 10, 64) // what is no number begins anew
	rows, err := orphans(ctx, r, connector, c.row.CursorID, stepRows)
	if err != nil {
		return err
	}
	found, err := c.judgeAccounts(ctx, r, rows)
	if err != nil {
		return err
	}
	if len(rows) < stepRows {
		c.row.Phase, c.row.CursorKey, c.row.CursorID = string(clearing), "", 0
	} else {
		last := rows[len(rows)-1]
		c.row.CursorKey, c.row.CursorID = strconv.FormatInt(last.ConnectorID, 10), last.ID
	}
	return c.save(ctx, found)
}

// judgeAccounts compares orphans with the people of their addresses. An address
// that several people have names nobody.
func (c *checking) judgeAccounts(ctx context.Context, r store.Reader, rows []models.Account) ([]finding, error) {
	var emails []string
	for _, a := range rows {
		if a.EmailNorm != "" {
			emails = append(emails, a.EmailNorm)
		}
	}
	sharing, err := lanes[1].sharing(ctx, r, emails, sharingRows)
	if err != nil {
		return nil, err
	}
	owner := map[string]int64{}
	var ids []int64
	parts, _ := groups(sharing, len(sharing) == sharingRows)
	for _, group := range parts {
		if id := onlyLiving(group); id != 0 {
			owner[group[0].LaneKey] = id
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	records, err := readRecords(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	systems, err := systemsOf(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	var found []finding
	for _, a := range rows {
		person, there := records[owner[a.EmailNorm]]
		if !there || a.EmailNorm == "" || a.MissingSince != 0 {
			continue
		}
		evidence := c.compareAccount(a, person, systems[person.ID][a.ConnectorID])
		if strength, ok := evidence.weigh(); ok {
			found = append(found, finding{
				key: accountKey(a.ID, person.ID), kind: models.LinkAccount, a: person.User, account: a,
				evidence: evidence, strength: strength, values: a.EmailNorm,
			})
		}
	}
	return found, nil
}

// onlyLiving gives the one person of a group who can be linked, 0 when there are
// several or none.
func onlyLiving(group []walked) int64 {
	only := int64(0)
	for _, w := range group {
		if !living(w.Status) {
			continue
		}
		if only != 0 {
			return 0
		}
		only = w.ID
	}
	return only
}

func accountKey(account, person int64) string {
	return "a/" + strconv.FormatInt(account, 10) + "/" + strconv.FormatInt(person, 10)
}

// compareAccount gives what speaks for and against an account being a person's.
func (c *checking) compareAccount(a models.Account, person record, hasOne bool) Evidence {
	var ev Evidence
	verified := false
	for _, i := range person.identities {
		verified = verified || i.EmailVerified && normEmail(i.Email) == a.EmailNorm
	}
	if verified && a.EmailVerified {
		ev.speaksFor(SameVerified, "Same e-mail address, verified on both sides")
	} else {
		ev.speaksFor(SameEmail, "Same e-mail address")
		ev.speaksAgainst(EmailUnverified, "The e-mail address is not verified on both sides")
	}
	switch {
	case a.SortName == person.SortName && a.SortName != "":
		ev.speaksFor(SameName, "Same name")
	case a.SortName != "":
		ev.speaksAgainst(OtherName, "Different names: "+a.DisplayName+", "+person.DisplayName)
	}
	if hasOne {
		ev.speaksAgainst(HasAccount, "The person has an account in this system already")
	}
	return ev
}
