package workbench

import (
	"testing"

	"sandglass/backend/llm"
)

func TestFitting(t *testing.T) {
	qwen := llm.Room{Most: 40_960, PerToken: 147_456}
	for _, tt := range []struct {
		name         string
		room         llm.Room
		size, memory int64
		want         int
	}{
		{"16 GB hold all of it", qwen, 5.2e9, 16e9, 40_960},
		{"12 GB hold a part", qwen, 5.2e9, 12e9, 21_504},
		{"too little memory: what Ollama takes by itself", qwen, 5.2e9, 8e9, 4096},
		{"another computer", llm.Room{Most: 131_072, PerToken: 147_456}, 5.2e9, 0, 32_768},
		{"it does not tell what a token takes", llm.Room{Most: 131_072}, 5.2e9, 64e9, 32_768},
		{"a model that reads little", llm.Room{Most: 2048, PerToken: 1000}, 1e9, 64e9, 2048},
	} {
		if got := fitting(tt.room, tt.size, tt.memory); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	for address, want := range map[string]bool{"http://127.0.0.1:11434": true, "http://localhost:11434": true, "http://[::1]:1": true, "http://192.168.1.4:11434": false, "http://gpu:11434": false} {
		if got := onThisComputer(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}
