package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// file is a settings file, read.
type file struct {
	path      string
	settings  map[string]string // by Setting.Key
	providers []Provider
}

// setting gives a setting's text; a file that is nil has none.
func (f *file) setting(key string) (string, bool) {
	if f == nil {
		return "", false
	}
	text, ok := f.settings[key]
	return text, ok
}

// name says where a setting stands.
func (f *file) name(key string) string { return f.path + ": " + key }

// readFile reads the file and names every setting in it that does not exist.
func (l *loading) readFile(path string) {
	b, err := os.ReadFile(path)
	if err != nil {
		l.deny("--config", fmt.Sprintf("names a file that cannot be read: %v.", err))
		return
	}
	l.file = &file{path: path, settings: map[string]string{}}
	var root yaml.Node
	var all map[string]any // finds names that stand twice
	if err := errors.Join(yaml.Unmarshal(b, &root), yaml.Unmarshal(b, &all)); err != nil {
		l.deny(path, "is not readable as YAML: "+strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n", " ")+".")
		return
	}
	if len(root.Content) == 0 {
		return
	}
	l.walk(root.Content[0], "")
}

// walk collects the settings below a mapping.
func (l *loading) walk(n *yaml.Node, above string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := above + key.Value
		switch {
		case name == "providers":
			l.readProviders(value)
		case isSetting(name) && value.Kind == yaml.ScalarNode:
			if value.Tag != "!!null" {
				l.file.settings[name] = value.Value
			}
		case isSetting(name) && value.Kind == yaml.SequenceNode:
			l.file.settings[name] = strings.Join(scalars(value), ",")
		case value.Kind == yaml.MappingNode && isGroup(name):
			l.walk(value, name+".")
		default:
			l.unknown(key, name, settingKeys())
		}
	}
}

func (l *loading) unknown(at *yaml.Node, name string, known []string) {
	message := "is not a setting."
	if near := nearest(name, known); near != "" {
		message = "is not a setting. Did you mean " + near + "?"
	}
	l.deny(fmt.Sprintf("%s, line %d: %s", l.file.path, at.Line, name), message)
}

func (l *loading) readProviders(list *yaml.Node) {
	if list.Kind != yaml.SequenceNode {
		l.deny(l.file.path+": providers", "must be a list: each provider begins with a dash.")
		return
	}
	for i, n := range list.Content {
		before := len(l.wrong)
		l.known(n, reflect.TypeFor[Provider](), "providers["+strconv.Itoa(i)+"].")
		if len(l.wrong) > before {
			continue
		}
		var p Provider
		if err := n.Decode(&p); err != nil {
			l.deny(fmt.Sprintf("%s: providers[%d]", l.file.path, i), "cannot be read: "+plain(err)+".")
			continue
		}
		l.file.providers = append(l.file.providers, p)
	}
}

// known refuses names below n that a struct does not have.
func (l *loading) known(n *yaml.Node, t reflect.Type, above string) {
	for t.Kind() == reflect.Slice {
		t = t.Elem()
		if n.Kind == yaml.SequenceNode {
			for _, one := range n.Content {
				l.known(one, t, above)
			}
			return
		}
	}
	if t.Kind() != reflect.Struct || n.Kind != yaml.MappingNode {
		return
	}
	fields := map[string]reflect.Type{}
	var names []string
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("yaml")
		fields[name] = t.Field(i).Type
		names = append(names, name)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		field, ok := fields[key.Value]
		if !ok {
			l.unknown(key, above+key.Value, prefixed(above, names))
			continue
		}
		l.known(n.Content[i+1], field, above+key.Value+".")
	}
}

func prefixed(above string, names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = above + n
	}
	return out
}

var goType = regexp.MustCompile(` into (\S+)$`)

// plain takes the Go out of what the YAML library says.
func plain(err error) string {
	text := strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:")), " ")
	return goType.ReplaceAllString(text, "")
}

func scalars(n *yaml.Node) []string {
	var out []string
	for _, one := range n.Content {
		out = append(out, one.Value)
	}
	return out
}

func isSetting(key string) bool {
	return slices.ContainsFunc(Settings, func(s Setting) bool { return s.Key == key })
}

func isGroup(key string) bool {
	return slices.ContainsFunc(Settings, func(s Setting) bool { return strings.HasPrefix(s.Key, key+".") })
}

func settingKeys() []string {
	keys := []string{"providers"}
	for _, s := range Settings {
		keys = append(keys, s.Key)
	}
	return keys
}
