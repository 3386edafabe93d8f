package ui

// Kind is the weight of a button.
type Kind string

// One Primary a page; DangerOutline opens a destructive flow, Danger is only on the page that commits it.
const (
	Default       Kind = ""
	Primary       Kind = "primary"
	DangerOutline Kind = "danger-outline"
	Danger        Kind = "danger"
	Plain         Kind = "plain" // looks like a link
)

// Action is the model of a button or of a link that looks like one. The label is a verb with its object:
// "Deactivate 211 people", "End sessions".
type Action struct {
	Label string
	Kind  Kind
	Small bool   // 28 px, for rows of a table
	Key   string // single-key shortcut, printed on the button
	Row   bool   // Key acts on the current row of a table, not on the page
	Icon  string // see Icon

	Href string // ButtonLink only

	ID          string
	Name, Value string // what a submit sends
	Form        string // id of the form, when the button stands outside of it
	Sends       string // address of its form, when a fresh sign-in may stand between pressing it and the act: see WithAwaited
	FormAction  string // another address for the same form
	Type        string // default submit
	DescribedBy string // id of the sentence that says the consequence
	Hidden      string // spoken after the label where rows repeat it: "Remove" + " Employee from Amara Okafor"
	Request     Request
}

func (a Action) class() string {
	class := "btn"
	if a.Kind != Default {
		class += " btn-" + string(a.Kind)
	}

	if a.Small {
		class += " btn-small"
	}

	return class
}

func (a Action) buttonType() string {
	if a.Type == "" {
		return "submit"
	}

	return a.Type
}
