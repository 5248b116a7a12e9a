package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSaveFigure gets a figure that a run displayed, as it is and as pictures.
func TestSaveFigure(t *testing.T) {
	home(t)
	replies := file(t, "replies.json", []byte("[\"```python\\nimport matplotlib.pyplot as plt\\nplt.plot([1, 3, 2])\\nplt.title('Up')\\nplt.savefig('own.png')\\nplt.show()\\nfinal_answer(1)\\n```\"]"))
	code, out, errs := sandglass(t, "", "run", "--replies", replies, "--json", "draw")
	var r result
	if err := json.Unmarshal([]byte(out), &r); code != 0 || err != nil {
		t.Fatal(code, errs, err)
	}
	kinds := map[string]string{}
	for _, a := range r.Artefacts {
		kinds[a.Name] = a.MediaType
	}
	const name = "displayed/step1-figure1.plotly.json"
	if kinds["own.png"] != "image/png" || kinds[name] == "" {
		t.Fatalf("%v", kinds)
	}
	run, to := string(r.Run), filepath.Join(t.TempDir(), "figure.png")
	for _, c := range []struct {
		args         []string
		code         int
		begins, errs string
	}{
		{[]string{run, "own.png"}, 0, "\x89PNG", ""},
		{[]string{run, name}, 0, `{"data":`, ""},
		{[]string{run, name, "--as", "svg"}, 0, "<svg ", ""},
		{[]string{run, name, "-o", to}, 0, "", ""},
		{[]string{run, name, "--as", "pdf"}, 2, "", "--as"},
		{[]string{run, "own.png", "--as", "svg"}, 2, "", "no figure"},
		{[]string{run, "nothing"}, 1, "", "nothing"},
	} {
		code, out, errs := sandglass(t, "", append([]string{"runs", "save"}, c.args...)...)
		if code != c.code || !strings.HasPrefix(out, c.begins) || !strings.Contains(errs, c.errs) {
			t.Errorf("%v: %d %.60q %s", c.args, code, out, errs)
		}
	}
	if data, err := os.ReadFile(to); err != nil || !strings.HasPrefix(string(data), "\x89PNG") {
		t.Error(err)
	}
}
