package ollama

import "testing"

// TestCachePerToken: the figures of well-known models, as Ollama computes them (fs/ggml/ggml.go, GraphSize).
func TestCachePerToken(t *testing.T) {
	for _, tt := range []struct {
		name string
		arch string
		info map[string]any
		want int64
	}{
		{"qwen3:8b", "qwen3", map[string]any{"qwen3.block_count": 36.0, "qwen3.attention.head_count": 32.0, "qwen3.attention.head_count_kv": 8.0,
			"qwen3.attention.key_length": 128.0, "qwen3.attention.value_length": 128.0, "qwen3.embedding_length": 4096.0}, 36 * 8 * 256 * 2},
		{"llama3.2:1b, which does not tell the lengths", "llama", map[string]any{"llama.block_count": 16.0, "llama.attention.head_count": 32.0,
			"llama.attention.head_count_kv": 8.0, "llama.embedding_length": 2048.0}, 16 * 8 * 128 * 2},
		{"a model without shared heads", "phi2", map[string]any{"phi2.block_count": 32.0, "phi2.attention.head_count": 32.0, "phi2.embedding_length": 2560.0}, 32 * 32 * 160 * 2},
		{"gemma3:4b, of whose layers every sixth looks at all", "gemma3", map[string]any{"gemma3.block_count": 34.0, "gemma3.attention.head_count": 8.0,
			"gemma3.attention.head_count_kv": 4.0, "gemma3.attention.key_length": 256.0, "gemma3.attention.value_length": 256.0}, 6 * 4 * 512 * 2},
		{"heads that differ from layer to layer are left out", "granite", map[string]any{"granite.block_count": 40.0, "granite.attention.head_count": 32.0,
			"granite.attention.head_count_kv": []any{}, "granite.embedding_length": 4096.0}, 0},
		{"nothing is told", "other", nil, 0},
	} {
		if got := cachePerToken(tt.arch, tt.info); got != tt.want {
			t.Errorf("%s: %d bytes, want %d", tt.name, got, tt.want)
		}
	}
	for parameters, want := range map[string]int{"stop  \"x\"\nnum_ctx                        16384\n": 16384, "num_ctx x": 0, "": 0} {
		if got := numCtx(parameters); got != want {
			t.Errorf("%q: num_ctx %d, want %d", parameters, got, want)
		}
	}
}
