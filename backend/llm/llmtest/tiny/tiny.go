// Package tiny builds very small models for a real Ollama server by arithmetic, without training: one that says
// exactly what a script tells it to, and one that babbles for ever.
package tiny

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"

	"sandglass/backend/llm/llmtest/gguf"
)

// Context is the models' maximum context, in tokens.
const Context = 32768

// The shape of the network: the smallest that Ollama's own engine loads, with codes long enough to be told apart.
// The qwen3 architecture is used because that engine, unlike llama.cpp's, takes tokens that are spelt alike.
const (
	arch  = "qwen3"
	dim   = 256 // length of a token's code
	heads = 2
	inner = 32 // width of the feed-forward layer, which does nothing
)

// Token kinds of tokenizer.ggml.token_type.
const (
	normal  = 1
	control = 3
)

// imEnd is the id of <|im_end|>, which ends a reply.
const imEnd = 1

// vocabulary has the special tokens, then one for each byte (so that any prompt can be read), then a script's.
type vocabulary struct {
	tokens []string
	kinds  []int32
}

func newVocabulary(cues ...string) *vocabulary {
	v := &vocabulary{}
	for _, s := range append([]string{"<|im_start|>", "<|im_end|>"}, cues...) {
		v.add(s, control)
	}
	for b := range 256 {
		v.add(string(byteRune(byte(b))), normal)
	}
	return v
}

func (v *vocabulary) add(s string, kind int32) (id int) {
	v.tokens, v.kinds = append(v.tokens, s), append(v.kinds, kind)
	return len(v.tokens) - 1
}

// byteRune is GPT-2's alphabet of bytes: how a byte is spelt in tokenizer.ggml.tokens.
func byteRune(b byte) rune {
	switch r := rune(b); {
	case r == 0xad:
		return 0x143
	case r <= 0x20:
		return r + 0x100
	case r >= 0x7f && r <= 0xa0:
		return r + 0xa2
	default:
		return r
	}
}

func spell(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(byteRune(s[i]))
	}
	return b.String()
}

func meta(name string, v *vocabulary) []gguf.Pair {
	const head = uint32(dim / heads)
	return []gguf.Pair{
		{Key: "general.architecture", Value: arch},
		{Key: "general.name", Value: name},
		{Key: "general.file_type", Value: uint32(1)}, // mostly 16-bit floats
		{Key: arch + ".block_count", Value: uint32(1)},
		{Key: arch + ".context_length", Value: uint32(Context)},
		{Key: arch + ".embedding_length", Value: uint32(dim)},
		{Key: arch + ".feed_forward_length", Value: uint32(inner)},
		{Key: arch + ".attention.head_count", Value: uint32(heads)},
		{Key: arch + ".attention.head_count_kv", Value: uint32(heads)},
		{Key: arch + ".attention.key_length", Value: head},
		{Key: arch + ".attention.value_length", Value: head},
		{Key: arch + ".attention.layer_norm_rms_epsilon", Value: float32(1e-6)},
		{Key: arch + ".rope.dimension_count", Value: head},
		{Key: arch + ".rope.freq_base", Value: float32(10000)},
		{Key: arch + ".vocab_size", Value: uint32(len(v.tokens))},
		{Key: "tokenizer.ggml.model", Value: "gpt2"},
		{Key: "tokenizer.ggml.pre", Value: "qwen2"},
		{Key: "tokenizer.ggml.tokens", Value: v.tokens},
		{Key: "tokenizer.ggml.token_type", Value: v.kinds},
		{Key: "tokenizer.ggml.merges", Value: []string{}},
		{Key: "tokenizer.ggml.bos_token_id", Value: uint32(imEnd)},
		{Key: "tokenizer.ggml.eos_token_id", Value: uint32(imEnd)},
		{Key: "tokenizer.ggml.padding_token_id", Value: uint32(imEnd)},
		{Key: "tokenizer.ggml.add_bos_token", Value: false},
	}
}

// tensors makes the weights of a transformer of one layer; fill gives the values of a matrix of out rows of length in.
func tensors(tokens int, fill func(name string, in, out int) []float32) []gguf.Tensor {
	var ts []gguf.Tensor
	matrix := func(name string, in, out int) {
		ts = append(ts, gguf.Tensor{Name: name, Shape: []int{in, out}, Data: fill(name, in, out), Half: true})
	}
	norm := func(name string, n int) {
		ones := make([]float32, n)
		for i := range ones {
			ones[i] = 1
		}
		ts = append(ts, gguf.Tensor{Name: name, Shape: []int{n}, Data: ones})
	}
	matrix("token_embd.weight", dim, tokens)
	norm("output_norm.weight", dim)
	matrix("output.weight", dim, tokens)
	norm("blk.0.attn_norm.weight", dim)
	for _, m := range []string{"q", "k", "v", "output"} {
		matrix("blk.0.attn_"+m+".weight", dim, dim)
	}
	norm("blk.0.attn_q_norm.weight", dim/heads)
	norm("blk.0.attn_k_norm.weight", dim/heads)
	norm("blk.0.ffn_norm.weight", dim)
	matrix("blk.0.ffn_gate.weight", dim, inner)
	matrix("blk.0.ffn_up.weight", dim, inner)
	matrix("blk.0.ffn_down.weight", inner, dim)
	return ts
}

// Random is a model with random weights and a token for each byte. It never ends by itself: all codes agree in their
// first number, and the end token's row is set against it.
func Random(seed uint64) gguf.File {
	v := newVocabulary()
	r := rand.New(rand.NewPCG(seed, 1))
	return gguf.File{Meta: meta("random", v), Tensors: tensors(len(v.tokens), func(name string, in, out int) []float32 {
		scale := 1 / math.Sqrt(float64(in))
		if name == "token_embd.weight" {
			scale = 1
		}
		data := make([]float32, in*out)
		for i := range data {
			data[i] = float32(r.NormFloat64() * scale)
		}
		switch name {
		case "token_embd.weight":
			for i := 0; i < len(data); i += in {
				data[i] = 8 // stands out from what the layer adds, which is about 1
			}
		case "output.weight":
			for i := 0; i < len(data); i += in {
				data[i] = 0
			}
			clear(data[imEnd*in : (imEnd+1)*in])
			data[imEnd*in] = -20
		}
		return data
	})}
}

// pieces cuts a reply into tokens: small, so that replies stream.
var pieces = regexp.MustCompile(`\s*\S{1,6}|\s+`)

// Script is a model that says the reply of the line that fits the conversation, exactly, at any temperature. It needs
// the template that comes with it, which picks the line (see template).
//
// How: each piece of each reply is a token of its own, so that what comes next is a function of the last token alone.
// The layer is zero; the output row of a token is the code of the token before it. Codes are random signs, so the
// right token leads by tens of logits.
func Script(lines []Line, thinking bool) (file gguf.File, tmpl string) {
	const none = "<|none|>" // the cue for conversations that no line fits
	replies := map[string]string{none: "(nothing is scripted for this message)"}
	cues := []string{none}
	for i, l := range lines {
		cues = append(cues, cue(i))
		replies[cue(i)] = l.Reply
	}
	v := newVocabulary(cues...)
	follows := map[int]int{} // token after token
	var ends []int           // the last token of each reply
	for i, c := range cues {
		last := 2 + i
		for _, piece := range pieces.FindAllString(replies[c], -1) {
			id := v.add(spell(piece), normal)
			follows[last] = id
			last = id
		}
		ends = append(ends, last)
	}
	r := rand.New(rand.NewPCG(7, 7))
	codes := make([][]float32, len(v.tokens))
	for i := range codes {
		codes[i] = make([]float32, dim)
		for j := range codes[i] {
			codes[i][j] = float32(1 - 2*int(r.Uint32()&1))
		}
	}
	follows[ends[0]] = imEnd
	for _, id := range ends { // they share a code: a sum of many would blur the row of the end token
		codes[id] = codes[ends[0]]
	}
	weights := tensors(len(v.tokens), func(name string, in, out int) []float32 {
		data := make([]float32, in*out)
		switch name {
		case "token_embd.weight":
			for i, code := range codes {
				copy(data[i*in:], code)
			}
		case "output.weight":
			for from, to := range follows {
				for j, x := range codes[from] {
					data[to*in+j] += x
				}
			}
		}
		return data
	})
	return gguf.File{Meta: meta("script", v), Tensors: weights}, template(lines, none, thinking)
}

func cue(i int) string { return fmt.Sprintf("<|r%d|>", i) }
