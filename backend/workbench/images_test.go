package workbench_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/workbench"
)

func pngFile(t *testing.T, name string) (string, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 56, 29))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, b.Bytes()
}

// eyes is an OpenAI-compatible server that keeps what it was shown; it refuses images if it is blind.
type eyes struct {
	replies []string
	bodies  []string
	blind   bool
}

func (e *eyes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || len(e.replies) == 0 {
		http.Error(w, "no reply", http.StatusTeapot)
		return
	}
	e.bodies = append(e.bodies, string(body))
	w.Header().Set("Content-Type", "application/json")
	if e.blind {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":{"message":"image_url is only supported by certain models","code":400}}`)
		return
	}
	reply := e.replies[0]
	e.replies = e.replies[1:]
	json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{
		"message": map[string]any{"role": "assistant", "content": reply}, "finish_reason": "stop"}}})
}

// TestImages: an image is shown to the model with every call, also when the run is continued after a restart and the
// file is gone; code finds it as a file; it can be looked at, and goes along when the run is exported.
func TestImages(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	path, data := pngFile(t, "photo.jpg") // the content counts, not the name
	infos, err := w.InspectFiles([]workbench.FileRef{{Path: path}})
	if err != nil || infos[0].MediaType != "image/png" || infos[0].Width != 56 || infos[0].Height != 29 {
		t.Errorf("%+v, %v", infos, err)
	}
	seen := &eyes{replies: []string{code("print(photo, open(photo, 'rb').read(4))"), code("final_answer('grey')"), code("final_answer('still grey')"), code("final_answer('two')")}}
	server := httptest.NewServer(seen)
	defer server.Close()
	spec := workbench.Spec{Task: "What colour?", Model: "openai/m", Endpoint: workbench.Endpoint{BaseURL: server.URL + "/v1"}, Files: []workbench.FileRef{{Path: path, Image: true}}}
	run := runToEnd(t, w, spec)
	if run.Status != event.Finished || run.Answer != "grey" {
		t.Fatalf("%+v", run)
	}
	url := "data:image/png;base64," + base64.StdEncoding.EncodeToString(data)
	shownTo := func(body string) bool {
		return strings.Contains(body, `{"type":"text","text":"Task:\nWhat colour?\n`) && strings.Contains(body, `{"type":"image_url","image_url":{"url":"`+url+`"}}`)
	}
	for i, body := range seen.bodies {
		if !shownTo(body) {
			t.Errorf("call %d: %s", i+1, body)
		}
	}
	log := events(t, w, run.ID)
	shown := log[0].Body.(event.RunStarted).Files[0].Shown
	if shown == nil || !strings.Contains(seen.bodies[0], "56 × 29 pixels, "+fmt.Sprint(len(data))+" bytes; you are shown it") || !strings.Contains(seen.bodies[1], `/input/photo.jpg b'\\x89PNG'`) {
		t.Fatalf("%+v\n%s", shown, seen.bodies[1])
	}
	for _, e := range log {
		call, ok := e.Body.(event.ModelStarted)
		if !ok {
			continue
		}
		if parts := agent.Prompt(log, call)[1].Parts; len(parts) != 2 || parts[1].(llm.Image).Blob != shown.Blob {
			t.Errorf("the derived prompt: %+v", parts)
		}
		if call.Budget.Task < 4 { // 2 × 2 squares of 28 pixels
			t.Errorf("the budget: %+v", call.Budget)
		}
	}
	if a, err := w.Artefact(run.ID, shown.Blob); err != nil || a.MediaType != "image/png" || a.Base64 != base64.StdEncoding.EncodeToString(data) {
		t.Errorf("%+v, %v", a, err)
	}
	if exported, err := w.ExportRun(run.ID, "json"); err != nil || !bytes.Contains(exported, []byte(`"`+shown.Blob+`":`)) {
		t.Errorf("the export lacks the image: %v", err)
	}
	w.Close()
	os.Remove(path)

	w = open(t, home)
	spec.Task, spec.Files, spec.From = "Really?", nil, &workbench.From{Run: run.ID, Step: workbench.LastStep}
	if run = runToEnd(t, w, spec); run.Answer != "still grey" || !shownTo(seen.bodies[2]) {
		t.Errorf("%+v\n%s", run, seen.bodies[2])
	}
	path, _ = pngFile(t, "other.png")
	spec.Task, spec.Files, spec.From = "And this?", []workbench.FileRef{{Path: path, Image: true}}, &workbench.From{Run: run.ID, Step: workbench.LastStep}
	if run = runToEnd(t, w, spec); run.Answer != "two" || !shownTo(seen.bodies[3]) || strings.Count(seen.bodies[3], `"image_url":{`) != 2 {
		t.Errorf("%+v\n%s", run, seen.bodies[3])
	}
}

// TestImagesRefused: what is no image, and a server that takes none.
func TestImagesRefused(t *testing.T) {
	w := open(t, t.TempDir())
	path, _ := pngFile(t, "photo.png")
	text := filepath.Join(t.TempDir(), "text.png")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := w.Launch(context.Background(), workbench.Spec{Task: "x", With: scripted(), Files: []workbench.FileRef{{Path: text, Image: true}}})
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "text.png is no image") {
		t.Errorf("a text: %v", err)
	}
	server := httptest.NewServer(&eyes{blind: true, replies: []string{"x"}})
	defer server.Close()
	run := runToEnd(t, w, workbench.Spec{Task: "x", Model: "openai/m", Endpoint: workbench.Endpoint{BaseURL: server.URL + "/v1"}, Files: []workbench.FileRef{{Path: path, Image: true}}})
	if run.Fault == nil || run.Fault.Code != fault.ModelUnsupported || !strings.Contains(run.Fault.Error(), `"m" cannot see images`) {
		t.Errorf("a server without vision: %+v", run)
	}
	run = runToEnd(t, w, workbench.Spec{Task: "What is this?", Model: workbench.DemoModel, Files: []workbench.FileRef{{Path: path, Image: true}}})
	if !strings.Contains(run.Answer, "I did not look at the images") {
		t.Errorf("the demo: %+v", run)
	}
}

// TestImagesAreThereAtOnce: whoever reads of an image in the log can look at it, from the first event on.
func TestImagesAreThereAtOnce(t *testing.T) {
	w := open(t, t.TempDir())
	messages, stop := w.Subscribe()
	defer stop()
	looked := make(chan error, 1)
	go func() {
		for m := range messages {
			s, ok := m.Data.(workbench.Signal)
			if !ok {
				continue
			}
			page, err := w.RunEvents(s.Run, 0)
			if err == nil {
				_, err = w.Artefact(s.Run, page.Events[0].Body.(event.RunStarted).Files[0].Shown.Blob)
			}
			looked <- err
			return
		}
	}()
	path, _ := pngFile(t, "photo.png")
	runToEnd(t, w, workbench.Spec{Task: "x", With: scripted(code("final_answer(1)")), Files: []workbench.FileRef{{Path: path, Image: true}}})
	if err := <-looked; err != nil {
		t.Error(err)
	}
}

// seer is a scripted model that says whether it sees, and keeps what it was shown.
type seer struct {
	heardBy
	sees map[string]bool // nothing is said of those that are not in it
	saw  map[string][]llm.Image
}

func (s *seer) For(name string) llm.Model {
	one := &seerOne{s, name}
	if sees, known := s.sees[name]; known {
		return &seeingOne{one, sees}
	}
	return one
}

type seerOne struct {
	*seer
	name string
}

func (s *seerOne) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	for _, m := range req.Messages {
		for _, p := range m.Parts {
			if i, ok := p.(llm.Image); ok {
				s.saw[s.name] = append(s.saw[s.name], i)
			}
		}
	}
	return s.heardBy.For(s.name).Generate(ctx, req, emit)
}

type seeingOne struct {
	*seerOne
	sees bool
}

func (s *seeingOne) Sees(context.Context) (bool, error) { return s.sees, nil }

// TestImagesForMembers: images that are handed to a called agent are shown to its model if that sees, be they the run's inputs or
// written by code; one that is blind, or not known to see, is told so and works on them by code.
func TestImagesForMembers(t *testing.T) {
	w := open(t, t.TempDir())
	save(t, w, workbench.Agent{Name: "Eye"}, workbench.Agent{Name: "Mole"}, workbench.Agent{Name: "Who knows"}, workbench.Agent{Name: "Boss", Team: mates("Eye:memory", "Mole", "Who knows")})
	path, data := pngFile(t, "photo.png")
	calls := "[f('Look', img=photo) for f in (eye, mole, who_knows)]"
	model := &seer{sees: map[string]bool{"Boss": true, "Eye": true, "Mole": false}, saw: map[string][]llm.Image{}, heardBy: heardBy{
		calls: map[string]int{}, sent: map[string][]string{}, during: func(string, int) {}, Model: voices(t, map[string][]string{
			"Boss":      {code("a = "+calls, "open('plot.png', 'wb').write(open(photo, 'rb').read() + b' ')", "open('odd.png', 'w').write('no image')"), code("b = eye('Look again', additional_args={'plot': 'plot.png', 'odd': 'odd.png'})", "c = who_knows('Look at plot.png')", "final_answer([a, b, c])")},
			"Eye":       {code("final_answer(open(img, 'rb').read(4)[1:].decode())"), code("final_answer(open(plot, 'rb').read(4)[1:].decode())")},
			"Mole":      {code("final_answer(open(img, 'rb').read(4)[1:].decode())")},
			"Who knows": {code("final_answer(2)"), code("final_answer(3)")},
		})}}
	run := runToEnd(t, w, workbench.Spec{Task: "Go", Agent: "Boss", With: model, Files: []workbench.FileRef{{Path: path, Image: true}}})
	log := mustJSON(t, events(t, w, run.ID))
	if run.Status != event.Finished || strings.Count(run.Answer, "PNG") != 3 {
		t.Fatalf("%q %+v\n%s", run.Answer, run.Fault, model.sent["Boss"])
	}
	if saw := model.saw["Eye"]; len(saw) != 3 || !bytes.Equal(saw[0].Data, data) || saw[2].Width != 56 || len(saw[2].Data) == 0 {
		t.Errorf("the one that sees was shown %d images", len(saw))
	}
	if saw := model.saw["Mole"]; len(saw) != 0 || !strings.Contains(model.sent["Mole"][0], "you are not shown it: your model sees no images. Code can read it)") || strings.Contains(model.sent["Mole"][0], "you are shown") {
		t.Errorf("the blind one was shown %d images, and told:\n%s", len(saw), model.sent["Mole"][0])
	}
	// Where it is not known, the person's choice counts.
	if saw := model.saw["Who knows"]; len(saw) != 1 || !strings.Contains(model.sent["Who knows"][1], "not known whether your model sees images") {
		t.Errorf("the third one was shown %d images, and told:\n%s", len(saw), model.sent["Who knows"][1])
	}
	if !strings.Contains(model.sent["Eye"][1], "'/input/odd.png' (you are not shown it: ") {
		t.Errorf("what is no image:\n%s", model.sent["Eye"][1])
	}
	for _, i := range model.saw["Eye"] { // the window shows them
		if got, err := w.Artefact(run.ID, i.Blob); err != nil || len(got.Base64) == 0 {
			t.Errorf("%s: %v %s", i.Blob, err, log[:200])
		}
	}
}
