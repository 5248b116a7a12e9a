package main

import (
	"testing"

	"sandglass/backend/fault"
	"sandglass/backend/workbench"
)

// TestAddressee: whom a typed line is for.
func TestAddressee(t *testing.T) {
	boss, clerk, other, twin := workbench.Worker{Call: 5, Name: "boss"}, workbench.Worker{Call: 9, Manager: 5, Name: "clerk"}, workbench.Worker{Call: 12, Name: "other"}, workbench.Worker{Call: 15, Name: "other"}
	for _, c := range []struct {
		line    string
		working []workbench.Worker
		call    int64
		text    string
	}{
		{"hello", nil, 0, "hello"},
		{"hello", []workbench.Worker{boss}, 5, "hello"},
		{"hello", []workbench.Worker{boss, clerk}, 9, "hello"},
		{"hello", []workbench.Worker{boss, other}, 0, "hello"},
		{"@Boss  hello", []workbench.Worker{boss, clerk}, 5, "hello"},
		{"@run hello", []workbench.Worker{boss}, 0, "hello"},
		{"@boss /unfold", []workbench.Worker{boss, clerk}, 5, "/unfold"},
		{"@nobody hello", nil, 0, "@nobody hello"},
		{"@boss", []workbench.Worker{boss}, 5, "@boss"},
	} {
		if call, text, err := addressee(c.line, c.working); err != nil || call != c.call || text != c.text {
			t.Errorf("%q: %d %q %v", c.line, call, text, err)
		}
	}
	if _, _, err := addressee("@other hello", []workbench.Worker{other, twin}); !fault.Is(err, fault.Invalid) {
		t.Errorf("two of a name: %v", err)
	}
}
