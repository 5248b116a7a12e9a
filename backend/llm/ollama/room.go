package ollama

import (
	"context"
	"strconv"
	"strings"

	"sandglass/backend/llm"
)

// Room tells what a context of a model costs, and what is known of its size: Fits is left to who knows the memory. The
// other value is the size of the model's file in bytes. It is false for a model that this server does not load itself.
func (p *Provider) Room(ctx context.Context, name string) (llm.Room, int64, bool, error) {
	tags, err := p.client.List(ctx)
	if err != nil {
		return llm.Room{}, 0, false, p.explain(ctx, name, err)
	}
	for _, m := range tags.Models {
		if !sameModel(m.Name, name) {
			continue
		}
		f := p.look(ctx, m.Name, m.Digest)
		room := llm.Room{Most: f.context, Least: f.given, PerToken: f.perToken}
		if ps, err := p.client.ListRunning(ctx); err == nil {
			for _, m := range ps.Models {
				if sameModel(m.Name, name) {
					room.Least = max(room.Least, m.ContextLength)
				}
			}
		}
		return room, m.Size, !f.cloud && f.context > 0, nil
	}
	return llm.Room{}, 0, false, nil // the first call says that there is no such model
}

// Parameters is how many parameters a model has, as Ollama writes it: "8.2B"; "" if it has no such model.
func (p *Provider) Parameters(ctx context.Context, name string) (string, error) {
	tags, err := p.client.List(ctx)
	if err != nil {
		return "", p.explain(ctx, name, err)
	}
	for _, m := range tags.Models {
		if sameModel(m.Name, name) {
			return m.Details.ParameterSize, nil
		}
	}
	return "", nil
}

// numCtx reads num_ctx out of a model's parameters as /api/show gives them, one a line; 0 if it has none.
func numCtx(parameters string) int {
	for line := range strings.Lines(parameters) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == "num_ctx" {
			n, err := strconv.Atoi(f[1])
			if err != nil {
				return 0
			}
			return n
		}
	}
	return 0
}

// cachePerToken is how many bytes of memory a token of context takes: in each layer its keys and values, as 16-bit
// floats unless the server is told otherwise (OLLAMA_KV_CACHE_TYPE). Layers that look at no more than the last few
// thousand tokens do not grow with the context. Source: GGML.GraphSize in Ollama's fs/ggml/ggml.go. It is 0 for models
// that do not say enough: /api/show leaves out numbers that differ from layer to layer.
func cachePerToken(arch string, info map[string]any) int64 {
	number := func(key string) int64 {
		n, ok := info[arch+"."+key].(float64)
		if !ok || n < 0 || n > 1<<24 {
			return 0
		}
		return int64(n)
	}
	layers, heads, kvHeads := number("block_count"), number("attention.head_count"), number("attention.head_count_kv")
	if _, given := info[arch+".attention.head_count_kv"]; !given {
		kvHeads = heads
	}
	keys, values := number("attention.key_length"), number("attention.value_length")
	if heads > 0 {
		each := number("embedding_length") / heads
		if keys == 0 {
			keys = each
		}
		if values == 0 {
			values = each
		}
	}
	switch arch {
	case "gemma3": // every sixth looks at all
		layers = (layers + 5) / 6
	case "gptoss", "gpt-oss": // every second
		layers = (layers + 1) / 2
	}
	return layers * kvHeads * (keys + values) * 2
}
