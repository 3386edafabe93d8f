package audit

import (
	"strings"

	"github.com/rollcall/rollcall/models"
)

// Part is a piece of a sentence: plain words, or the name of something.
type Part struct {
	Text string
	Kind models.Kind // "": plain words
	Ref  string      // what its page is called by: public id of a user, key of a role; "": it has none
}

// Sentence tells an event as one sentence. Names are those of the time of the
// event. An action this version does not know is told by its word.
func Sentence(e *models.AuditEvent) []Part { return sentence(e, refs{}) }

func sentence(e *models.AuditEvent, known refs) []Part {
	names := map[string]Part{
		"actor":  actorPart(e, known),
		"target": namePart(e.TargetKind, e.TargetID, e.TargetName, known),
		"object": namePart(e.ObjectKind, e.ObjectID, e.ObjectName, known),
	}
	return fill(choose(template(e), names), names)
}

func template(e *models.AuditEvent) string {
	w, known := wordings[e.Action]
	switch {
	case !known:
		return "{actor} did something this version has no words for: " + string(e.Action)
	case e.Result == models.ResultRefused:
		return w.refused
	case e.Result == models.ResultFailed:
		return w.failed
	case w.self != "" && isSelf(e):
		return w.self
	}
	return w.done
}

func isSelf(e *models.AuditEvent) bool {
	return e.ActorKind == models.ActorUser && e.TargetKind == models.KindUser && e.ActorID > 0 && e.ActorID == e.TargetID
}

// choose takes the first variant whose names are all there.
func choose(variants string, names map[string]Part) string {
	all := strings.Split(variants, " | ")
	for _, v := range all {
		complete := true
		for key, part := range names {
			if part.Text == "" && strings.Contains(v, "{"+key+"}") {
				complete = false
			}
		}
		if complete {
			return v
		}
	}
	return all[len(all)-1]
}

// fill puts the names into a template.
func fill(template string, names map[string]Part) []Part {
	var parts []Part
	for template != "" {
		words, rest, found := strings.Cut(template, "{")
		if words != "" {
			parts = append(parts, Part{Text: words})
		}
		if !found {
			break
		}
		key, after, _ := strings.Cut(rest, "}")
		parts = append(parts, names[key])
		template = after
	}
	return parts
}

func actorPart(e *models.AuditEvent, known refs) Part {
	if e.ActorKind == models.ActorUser {
		return namePart(models.KindUser, e.ActorID, e.ActorName, known)
	}
	if e.ActorKind == models.ActorAnonymous || e.ActorName == "" {
		return Part{Text: anonymousName(e.ActorName)}
	}
	return Part{Text: e.ActorName}
}

func anonymousName(name string) string {
	if name == "" {
		return "Somebody not signed in"
	}
	return name
}

func namePart(kind models.Kind, id int64, name string, known refs) Part {
	if kind == "" {
		return Part{}
	}
	if name == "" {
		name = kindWords[kind]
	}
	if name == "" {
		name = "something"
	}
	return Part{Text: name, Kind: kind, Ref: known.of(kind, id)}
}

// kindWords stand in for a name the event does not have.
var kindWords = map[models.Kind]string{
	models.KindUser:        "a person",
	models.KindRole:        "a role",
	models.KindSession:     "a session",
	models.KindIdentity:    "an identity",
	models.KindAttribute:   "an attribute",
	models.KindTenant:      "the organisation",
	models.KindProvider:    "a provider",
	models.KindAudit:       "the audit log",
	models.KindApplication: "an application",
	models.KindAccount:     "an account",
}
