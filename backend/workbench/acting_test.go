package workbench

import (
	"testing"

	"sandglass/backend/event"
)

// TestActing: what was asked for goes before what a model's check advises.
func TestActing(t *testing.T) {
	const none, code, tools, structured = event.Mode(""), event.ModeCode, event.ModeTools, event.ModeStructured
	for _, tt := range []struct {
		asked, advised event.Mode
		structured     string
		want           event.Mode
		may            bool
	}{
		{none, none, "", none, true},
		{code, none, "auto", none, true},
		{none, none, "off", none, false},
		{none, none, "on", structured, false},
		{none, tools, "", tools, false},
		{code, tools, "", none, true},
		{none, tools, "on", structured, false},
		{tools, structured, "", tools, false},
		{none, structured, "", structured, false},
		{code, structured, "auto", structured, false},
		{code, structured, "off", none, false},
	} {
		if got, may := acting(tt.asked, tt.advised, tt.structured); got != tt.want || may != tt.may {
			t.Errorf("%+v: %q, %v", tt, got, may)
		}
	}
}
