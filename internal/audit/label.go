package audit

import "github.com/rollcall/rollcall/models"

// ActionLabel gives the short name of an action, for lists and files.
func ActionLabel(a models.Action) string {
	if w, known := wordings[a]; known {
		return w.label
	}
	return string(a)
}

// ResultLabel gives the word of a result.
func ResultLabel(r models.Result) string {
	switch r {
	case models.ResultDone:
		return "Done"
	case models.ResultRefused:
		return "Refused"
	case models.ResultFailed:
		return "Failed"
	}
	return string(r)
}

// ViaLabel gives the word of a door.
func ViaLabel(v models.Via) string {
	switch v {
	case models.ViaWeb:
		return "Web"
	case models.ViaCLI:
		return "Command line"
	case models.ViaSystem:
		return "Rollcall itself"
	}
	return string(v)
}

// ActorKindLabel gives the word of a kind of actor.
func ActorKindLabel(k models.ActorKind) string {
	switch k {
	case models.ActorUser:
		return "A person"
	case models.ActorAnonymous:
		return "Somebody not signed in"
	case models.ActorSystem:
		return "Rollcall itself"
	case models.ActorOperator:
		return "The machine's operator"
	}
	return string(k)
}
