package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sandglass/backend/llm/llmtest"
)

// TestModelsCommands: what is wrong is said, with the contract's exit codes; a check prints what it found.
func TestModelsCommands(t *testing.T) {
	home(t)
	for _, tt := range []struct {
		args string
		code int
		errs string
	}{
		{"models pull qwen3:8b", exitFailed, "Ollama does not answer"},
		{"models pull demo/tour", exitFailed, "only Ollama's"},
		{"models pull", exitUsage, "NAME is missing"},
		{"models rm qwen3:8b", exitFailed, "Ollama does not answer"},
		{"models show qwen3:8b --json", exitFailed, "Ollama does not answer"},
		{"models check --help", exitOK, ""},
		{"models check a b", exitUsage, "one MODEL, not 2"},
	} {
		if code, out, errs := sandglass(t, "", strings.Fields(tt.args)...); code != tt.code || !strings.Contains(errs, tt.errs) {
			t.Errorf("%s: %d\n%s\n%s", tt.args, code, out, errs)
		}
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte(llmtest.Says("What a good question.").Body))
	}))
	defer srv.Close()
	code, out, errs := sandglass(t, "", "models", "check", "openai/m", "--base-url", srv.URL+"/v1", "--json")
	var f struct {
		Model, Mode, Verdict string
		Probes               []struct{ Name, State, Means string }
	}
	if err := json.Unmarshal([]byte(out), &f); err != nil || code != exitFailed || f.Model != "openai/m" || len(f.Probes) != 8 || !strings.Contains(f.Verdict, "Not fit") {
		t.Errorf("check: %d %v\n%s\n%s", code, err, out, errs)
	}
	if !strings.Contains(errs, "1 of 8: code") || !strings.Contains(errs, "8 of 8: honesty") {
		t.Errorf("progress:\n%s", errs)
	}
}
