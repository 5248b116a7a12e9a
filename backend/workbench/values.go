package workbench

import (
	"encoding/json"
	"fmt"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/tools"
)

// varsOf are named values as an agent gets them.
func varsOf(values []NamedValue) []event.InputVar {
	var vars []event.InputVar
	for _, v := range values {
		text := json.RawMessage(strings.TrimSpace(v.Text))
		if !json.Valid(text) {
			text, _ = json.Marshal(v.Text) // a string is always JSON
		}
		vars = append(vars, event.InputVar{Name: v.Name, JSON: text})
	}
	return vars
}

// validVars refuses names that Python or a run cannot have, and a name that comes twice.
func validVars(vars []event.InputVar) error {
	taken := map[string]bool{}
	for _, v := range vars {
		err := tools.CheckName(v.Name)
		switch {
		case err != nil:
			return fault.Wrap(err, fault.Invalid, fmt.Sprintf("A value cannot be called %q", v.Name), err.Error(), "Use letters, digits and _, such as tax_rate.")
		case taken[v.Name]:
			return fault.New(fault.Invalid, fmt.Sprintf("Two values are called %q", v.Name), "", "Give each a name of its own.")
		case !json.Valid(v.JSON):
			return fault.New(fault.Invalid, fmt.Sprintf("The value of %s is not JSON", v.Name), "", "A text needs quotes.")
		}
		taken[v.Name] = true
	}
	return nil
}
