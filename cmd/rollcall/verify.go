package main

import (
	"fmt"
	"io"
	"os"

	"github.com/rollcall/rollcall/internal/wire/certificate"
)

type verify struct {
	Certificate verifyCertificate `cmd:"" help:"Check a certificate with the file alone, offline."`
}

// How the check ended, for scripts.
const (
	exitDoesNotFit = 1
	exitUnreadable = 2
	exitNotTrusted = 3 // the file fits itself, and no key was given to say whose it is
)

type verifyCertificate struct {
	File string `arg:"" help:"The certificate."`
	Key  string `help:"The public key you trust: name+hash+base64." placeholder:"KEY" xor:"keys"`
	Keys string `help:"A file with the keys you trust: as published, or one on each line." placeholder:"FILE" xor:"keys"`
}

// Help says what the codes mean.
func (verifyCertificate) Help() string {
	return "Ends with 0 when everything fits and a key you trust signed it, 1 when something does not fit, 2 when the file or the keys cannot be read, and 3 when the file fits itself and no key was given."
}

// Run checks the file and says what it proves, or what does not fit.
func (v *verifyCertificate) Run() error { return v.run(os.Stdout) }

func (v *verifyCertificate) run(out io.Writer) error {
	keys, err := v.trusted()
	if err != nil {
		return &ended{exitUnreadable, err}
	}
	f, err := os.Open(v.File)
	if err != nil {
		return &ended{exitUnreadable, fmt.Errorf("the certificate cannot be read: %w", err)}
	}
	defer f.Close() //nolint:errcheck // it was only read
	report, err := certificate.Check(f, keys)
	if err != nil {
		return &ended{exitUnreadable, fmt.Errorf("%s cannot be read as a certificate: %w", v.File, err)}
	}
	if !report.Fits() {
		refuse(out, v.File, report)
		return &ended{code: exitDoesNotFit}
	}
	accept(out, v.File, report)
	if !report.Trusted {
		return &ended{code: exitNotTrusted}
	}
	return nil
}

func (v *verifyCertificate) trusted() (*certificate.KeyList, error) {
	text := []byte(v.Key)
	if v.Keys != "" {
		var err error
		if text, err = os.ReadFile(v.Keys); err != nil {
			return nil, fmt.Errorf("the keys cannot be read: %w", err)
		}
	}
	if v.Key == "" && v.Keys == "" {
		return nil, nil //nolint:nilnil // no key is given, and that is no error
	}
	list, err := certificate.ParseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("the keys cannot be read: %w", err)
	}
	return &list, nil
}

// refuse names the first thing that does not fit, and what else was found.
func refuse(w io.Writer, file string, r certificate.Report) {
	_, _ = fmt.Fprintf(w, "DOES NOT FIT: %s\n%s\n", file, r.Problems[0])
	for _, p := range r.Problems[1:] {
		_, _ = fmt.Fprintf(w, "Also: %s\n", p)
	}
	if r.Stopped {
		_, _ = fmt.Fprintln(w, "Nothing after that was looked at, the signature neither.")
	}
}

// accept says what the file proves, and who vouches for it.
func accept(w io.Writer, file string, r certificate.Report) {
	word := "FITS, AND NOBODY VOUCHES FOR IT"
	if r.Trusted {
		word = "FITS"
	}
	_, _ = fmt.Fprintf(w, "%s: %s\n", word, file)
	for _, line := range r.Proves() {
		_, _ = fmt.Fprintln(w, line)
	}
	_, _ = fmt.Fprintf(w, "Issued on %s for %s by %s. SHA-256 %s.\n", r.Head.Issued.At, r.Head.Tenant.Name, r.Head.Issued.By, r.Digest)
	switch {
	case !r.Trusted:
		_, _ = fmt.Fprintf(w, "The signature was not checked against a key you trust: it fits the key %s that stands in the file itself. Give the key of %s with --key or --keys.\n", r.Signer, r.Head.Tenant.Name)
	case r.RetiredAt != "":
		_, _ = fmt.Fprintf(w, "Signed with the key %s, which was retired afterwards, on %s.\n", r.Signer, r.RetiredAt)
	default:
		_, _ = fmt.Fprintf(w, "Signed with the key %s, which you trust.\n", r.Signer)
	}
}

// ended is an error with the code the program ends with.
type ended struct {
	code int
	err  error // nil: everything was said
}

// Error says what happened.
func (e *ended) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

// Unwrap gives the error itself.
func (e *ended) Unwrap() error { return e.err }
