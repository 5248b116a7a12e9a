package workbench

import "testing"

func TestBillions(t *testing.T) {
	for text, want := range map[string]float64{"8B": 8, "360M": 0.36, "70.5B": 70.5, "1T": 1000, "": 0, "many": 0, "xB": 0} {
		if got := billions(text); got != want {
			t.Errorf("%q: %g, want %g", text, got, want)
		}
	}
}
