package workbench

import (
	"slices"

	"sandglass/backend/llm"
)

// advised are models that write good Python for their size, smallest first. Sizes are those of the default tags
// (Q4_K_M; gpt-oss: MXFP4) as Ollama's library lists them (ollama.com/library). Names and sizes were looked up again in
// November 2026 in what others write of them: all were in use. The table is here so that the advice needs no network.
// Main is the line of general models from which the one to begin with is taken.
var advised = []struct {
	name  string
	bytes int64
	main  bool
	about string
}{
	{"qwen3:1.7b", 1.4e9, true, "Small enough for any computer; simple tasks only."},
	{"qwen3:4b", 2.5e9, true, "The smallest that keeps its place over several steps."},
	{"qwen2.5-coder:7b", 4.7e9, false, "Writes Python at once, without thinking first: quick answers."},
	{"qwen3:8b", 5.2e9, true, "A good all-rounder: thinks, calls tools, writes sound Python."},
	{"qwen3.5:9b", 6.6e9, false, "Newer than qwen3:8b, and sees images; needs Ollama 0.17 or later."},
	{"qwen3:14b", 9.3e9, true, "More careful than 8b, at half the speed."},
	{"gpt-oss:20b", 14e9, false, "Strong at tools and thinking; quick for its size."},
	{"qwen3:30b", 19e9, true, "The best of the line; quick, because only a tenth of it works at a time."},
	{"qwen3-coder:30b", 19e9, false, "Made for code; quick, does not think first."},
}

// needs is the memory of a computer on which a model runs well: half as much again as its file for the context, and
// 3 GB for everything else that runs.
func needs(bytes int64) int64 { return bytes*3/2 + 3e9 }

// advise marks what fits a memory in bytes (0: not known) and what is there already.
func advise(memory int64, present []llm.Info) []Recommendation {
	best := bestFor(memory)
	out := make([]Recommendation, 0, len(advised))
	for _, a := range advised {
		out = append(out, Recommendation{
			Model: llm.Ref("ollama/" + a.name), Size: a.bytes, Needs: needs(a.bytes), About: a.about,
			Fits: memory == 0 || memory >= needs(a.bytes), Best: a.name == best,
			Present: slices.ContainsFunc(present, func(i llm.Info) bool { return i.Name == a.name }),
		})
	}
	return out
}

// bestFor is the model to begin with: the largest of the main line that fits, else its smallest. Where the memory is
// not known, 16 GB are assumed.
func bestFor(memory int64) string {
	if memory == 0 {
		memory = usualMemory
	}
	best := ""
	for _, a := range advised {
		if a.main && (best == "" || memory >= needs(a.bytes)) {
			best = a.name
		}
	}
	return best
}
