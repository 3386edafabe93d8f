package audit

import (
	"slices"

	"github.com/rollcall/rollcall/models"
)

// index is an index of audit_events; each ends in (at, id), the log's order.
type index string

const (
	byTime    index = "audit_by_time"
	byTarget  index = "audit_by_target"
	byObject  index = "audit_by_object"
	byActor   index = "audit_by_actor"
	byAction  index = "audit_by_action"
	byResult  index = "audit_by_result"
	byVia     index = "audit_by_via"
	byRequest index = "audit_by_request"
)

// role says which of the three parts of an event a timeline's walk looks at.
type role string

const (
	asTarget role = "target"
	asActor  role = "actor"
	asObject role = "object"
)

// walk is one run along one index. A query over several values of an indexed
// column, such as the actions of a group, is several walks: each yields its
// newest rows in order and the database merges those few. An OR or IN would
// read and sort everything that matches.
type walk struct {
	index  index
	action models.Action // with byAction: the one action of this walk
	role   role          // with Query.about: which part it has in the event
}

// walks plans a query. The most selective index comes first; what the index
// does not cover is checked row by row along it.
func (q Query) walks() []walk {
	actions, _ := q.actions()
	switch {
	case q.about.kind == models.KindRole, q.about.kind == models.KindConnector:
		return []walk{{index: byTarget, role: asTarget}, {index: byObject, role: asObject}}
	case q.about.id != 0:
		return []walk{{index: byTarget, role: asTarget}, {index: byActor, role: asActor}, {index: byObject, role: asObject}}
	case q.RequestID != "":
		return []walk{{index: byRequest}}
	case q.Target.Kind != "":
		return []walk{{index: byTarget}}
	case q.Object.Kind != "":
		return []walk{{index: byObject}}
	case q.Actor != 0 || q.own != 0:
		return []walk{{index: byActor}}
	case len(actions) > 0:
		var all []walk
		for _, a := range slices.Compact(slices.Sorted(slices.Values(actions))) {
			all = append(all, walk{index: byAction, action: a})
		}
		return all
	case q.Result != "" && q.Result != models.ResultDone:
		return []walk{{index: byResult}}
	case q.ActorKind != "" && q.ActorKind != models.ActorUser:
		return []walk{{index: byActor}} // everybody who is no person has the actor id 0
	case q.Via != "" && q.Via != models.ViaWeb:
		return []walk{{index: byVia}}
	}
	return []walk{{index: byTime}}
}
