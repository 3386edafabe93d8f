package web

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin/binding"
	"github.com/go-playground/validator/v10"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/views/ui"
)

// maxForm is how many bytes a form may have.
const maxForm = 1 << 20

// ReasonLength is how many characters a reason needs.
const ReasonLength = 10

var validate = newValidator()

func newValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("form") })
	err := v.RegisterValidation("reason", func(fl validator.FieldLevel) bool {
		return utf8.RuneCountInString(strings.TrimSpace(fl.Field().String())) >= ReasonLength
	})
	if err != nil {
		panic(err)
	}
	return v
}

// Bind reads the posted form into a struct with `form`, `label` and `validate`
// tags (validator/v10, and "reason" for a text of at least ReasonLength
// characters). Text is trimmed; what no field names is ignored (WEB-15). Refused
// input comes back as errs.Invalid with one sentence per field; the struct keeps
// what was typed, for showing the form again.
func (c *Call) Bind(into any) error {
	mustTag(into)
	if err := c.parseForm(); err != nil {
		return err
	}
	if err := binding.MapFormWithTag(into, c.Request.PostForm, "form"); err != nil {
		return errs.Wrap(err, errs.Invalid, "The form holds a value of the wrong kind. Nothing was saved.")
	}
	unreadable := clean(into)
	err := validate.Struct(into)
	problems, ok := errors.AsType[validator.ValidationErrors](err)
	if err != nil && !ok {
		return err
	}
	fields := unreadable
	for _, p := range problems {
		fields = append(fields, errs.Field{Name: p.Field(), Message: sentence(into, p)})
	}
	if len(fields) > 0 {
		return errs.Input(fields...)
	}
	if c.filled != nil {
		return errFilled
	}
	return nil
}

// parseForm reads what was posted. A form that comes back is there already.
func (c *Call) parseForm() error {
	if c.filled != nil {
		return nil
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, c.route.maxForm())
	err := c.Request.ParseForm()
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		return errs.New(errs.Invalid, "The form is larger than 1 MB. Nothing was saved.")
	}
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "The form could not be read. Nothing was saved.")
	}
	return nil
}

// mustTag panics when a field of a form has no `form` tag: gin would bind it by
// its own name, and whoever guesses the name could set it.
func mustTag(form any) {
	t := reflect.TypeOf(form).Elem()
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("form") == "" {
			panic("web: field " + t.Field(i).Name + " of " + t.String() + " has no form tag")
		}
	}
}

// clean trims every text and finds characters no text may hold (NUL and other
// control characters, and bytes that are no UTF-8).
func clean(into any) []errs.Field {
	v := reflect.ValueOf(into).Elem()
	var bad []errs.Field
	for i := range v.NumField() {
		f, info := v.Field(i), v.Type().Field(i)
		if f.Kind() != reflect.String || !f.CanSet() {
			continue
		}
		text := strings.ReplaceAll(strings.TrimSpace(f.String()), "\r\n", "\n")
		f.SetString(strings.ToValidUTF8(text, "\uFFFD"))
		if !utf8.ValidString(text) || strings.ContainsFunc(text, refusedRune) {
			f.SetString(strings.Map(dropRefused, f.String()))
			bad = append(bad, errs.Field{Name: info.Tag.Get("form"), Message: label(info) + " holds control characters that cannot be kept. They were taken out; look at the text once more."})
		}
	}
	return bad
}

func refusedRune(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

func dropRefused(r rune) rune {
	if refusedRune(r) {
		return -1
	}
	return r
}

func label(f reflect.StructField) string {
	if l := f.Tag.Get("label"); l != "" {
		return l
	}
	return f.Name
}

// sentence says what is wrong with one field.
func sentence(form any, p validator.FieldError) string {
	name := p.StructField()
	if f, ok := reflect.TypeOf(form).Elem().FieldByName(p.StructField()); ok {
		name = label(f)
	}
	switch p.Tag() {
	case "required":
		return name + " is missing."
	case "reason":
		return "Write a reason of at least 10 characters. The audit log keeps it."
	case "max":
		return name + " is too long: at most " + p.Param() + " characters."
	case "min":
		return name + " is too short: at least " + p.Param() + " characters."
	case "email":
		return name + " is not an e-mail address, such as name@example.org."
	case "oneof":
		return name + " is not one of the choices."
	case "datetime":
		return name + " is not a date of the form 2026-11-29."
	case "number", "numeric":
		return name + " is not a number."
	}
	return name + " cannot be accepted."
}

// Refused gives the field sentences of an error by field name, for drawing the
// form again with status 422. ok is false when the error is of another kind.
func Refused(err error) (fields map[string]string, problems []ui.Problem, ok bool) {
	e, is := errs.As(err)
	if !is || e.Kind != errs.Invalid {
		return nil, nil, false
	}
	if errors.Is(err, errFilled) { // nothing is wrong with it
		return map[string]string{}, nil, true
	}
	fields = map[string]string{}
	for _, f := range e.Fields {
		if _, twice := fields[f.Name]; twice {
			continue
		}
		fields[f.Name] = f.Message
		problems = append(problems, ui.Problem{Name: f.Name, Text: f.Message})
	}
	if len(e.Fields) == 0 {
		problems = append(problems, ui.Problem{Text: e.Safe})
	}
	return fields, problems, true
}
