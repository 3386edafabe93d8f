package users_test

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// formOf reads the form of a page as a browser does, so that a test sends what
// the page really holds.
func formOf(t testing.TB, page string) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	values := url.Values{}
	var walk func(n *html.Node, inside bool)
	walk = func(n *html.Node, inside bool) {
		inside = inside || n.Type == html.ElementNode && n.Data == "form" && attr(n, "class") == "form"
		if inside && n.Type == html.ElementNode {
			read(n, values)
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child, inside)
		}
	}
	walk(root, false)
	if len(values) == 0 {
		t.Fatal("the page has no form")
	}
	return values
}

func read(n *html.Node, values url.Values) {
	name := attr(n, "name")
	switch n.Data {
	case "input":
		kind := attr(n, "type")
		if ticked := has(n, "checked"); (kind == "checkbox" || kind == "radio") && !ticked {
			return
		}
		values.Set(name, attr(n, "value"))
	case "textarea":
		values.Set(name, "")
		if n.FirstChild != nil {
			values.Set(name, n.FirstChild.Data)
		}
	case "select":
		values.Set(name, "")
		for option := n.FirstChild; option != nil; option = option.NextSibling {
			if option.Type == html.ElementNode && has(option, "selected") {
				values.Set(name, attr(option, "value"))
			}
		}
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
