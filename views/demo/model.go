package demo

import "github.com/rollcall/rollcall/views/layout"

// SignIn is the page that asks whom to sign in as.
type SignIn struct {
	Provider string // "Northwind ID"
	Banner   string
	Action   string // where the choice is sent
	Missing  bool   // the form was sent without a choice
	People   []Choice
	Others   []Choice // those the console treats differently
}

// Choice is one account.
type Choice struct {
	Value    string
	Name     string
	Role     string // "admin"
	Sentence string
	First    bool // the one the request or the browser already names
}

// label is the button's: it names the person and what they are.
func (c Choice) label() string { return "Continue as " + c.Name + ", " + c.Role }

// id ties the sentence to the button.
func (c Choice) id() string { return "about-" + c.Value }

// SignOut asks whether the session here shall end.
type SignOut struct {
	Provider string
	Banner   string
	Name     string // who is signed in
	Action   string
}

// Notice is a page that says one thing.
type Notice struct {
	Provider   string
	Banner     string
	Title      string
	Text       string
	Detail     string
	Href, Link string
}

func frame(title, banner string) layout.Model {
	return layout.Model{Title: title, Demo: banner, Preferences: layout.Preferences{Action: "-"}}
}
