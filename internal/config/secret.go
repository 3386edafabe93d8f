package config

import (
	"fmt"
	"log/slog"
)

// Secret is text that hides itself from fmt, slog and JSON (WEB-27).
type Secret string

const hidden = "[hidden]"

// Reveal gives the text.
func (s Secret) Reveal() string { return string(s) }

// String hides the text.
func (s Secret) String() string { return hidden }

// GoString hides the text from %#v.
func (s Secret) GoString() string { return hidden }

// Format hides the text from every verb, %x among them.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue hides the text from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the text from JSON and its kin.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
