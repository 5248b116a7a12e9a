package llm

import (
	"strings"
	"testing"
)

// splitBy feeds s in fragments of n bytes and follows the rule for lone closing tags.
func splitBy(s string, n int) (text, thinking string) {
	var sp ThinkSplitter
	take := func(t, th string, took bool) {
		if took {
			thinking, text = thinking+text, ""
		}
		text, thinking = text+t, thinking+th
	}
	for len(s) > 0 {
		k := min(n, len(s))
		take(sp.Write(s[:k]))
		s = s[k:]
	}
	take(sp.Close())
	return text, thinking
}

func TestThinkSplitter(t *testing.T) {
	tests := []struct{ name, in, text, thinking string }{
		{"none", "just text", "just text", ""},
		{"empty", "", "", ""},
		{"plain", "<think>\nhm\n</think>\n\nAnswer", "Answer", "hm\n"},
		{"thinking tag", "<thinking>a</thinking>b", "b", "a"},
		{"capital letters", "<THINK>a</Think>b", "b", "a"},
		{"magistral", "[THINK]a[/THINK]b", "b", "a"},
		{"kimi", "◁think▷a◁/think▷b", "b", "a"},
		{"seed", "<seed:think>a</seed:think>b", "b", "a"},
		{"missing opener", "I wonder.\n</think>\nAnswer", "Answer", "I wonder.\n"},
		{"unclosed", "<think>never ends\n```python\nprint(1)\n```", "", "never ends\n```python\nprint(1)\n```"},
		{"cut closer", "<think>a</thi", "", "a</thi"},
		{"two thoughts", "<think>a</think>b <think>c</think> d", "b d", "a\n\nc"},
		{"code between thoughts", "Thought: x\n<think>y</think>\n```python\n1\n```", "Thought: x\n```python\n1\n```", "y"},
		{"nested opener", "<think>a<think>b</think>c", "c", "a<think>b"},
		{"other closer inside", "<think>a[/THINK]b</think>c", "c", "a[/THINK]b"},
		{"mention in code", "x.split(\"</think>\")[0]", "x.split(\"</think>\")[0]", ""},
		{"mention of opener", "use `<think>` here", "use `<think>` here", ""},
		{"thought ends in a quotation mark", "<think>he said \"no\"</think>ok", "ok", "he said \"no\""},
		{"quoted at the end", "<think>\"a\"</think>", "", "\"a\""},
		{"nearly a tag", "a < b <thin> </ think>", "a < b <thin> </ think>", ""},
		{"not UTF-8", "\xff<think>\xc3</think>\xe2", "\xff\xe2", "\xc3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for n := 1; n <= len(tt.in)+1; n++ {
				text, thinking := splitBy(tt.in, n)
				if text != tt.text || thinking != tt.thinking {
					t.Fatalf("in fragments of %d: text %q thinking %q, want %q and %q", n, text, thinking, tt.text, tt.thinking)
				}
			}
		})
	}
}

// FuzzThinkSplitter: the borders of fragments never matter, and nothing is invented.
func FuzzThinkSplitter(f *testing.F) {
	for _, s := range []string{"<think>a</think>b", "a</think>b", "[THINK]", "`<think>`", "\"</think>\"x", "◁/think▷◁think▷", "<think><thinking></think>"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		if len(s) > 2000 {
			return
		}
		if n < 1 || n > 64 {
			n = 1
		}
		text, thinking := splitBy(s, len(s)+1)
		text2, thinking2 := splitBy(s, n)
		if text != text2 || thinking != thinking2 {
			t.Fatalf("%q whole: %q %q; by %d: %q %q", s, text, thinking, n, text2, thinking2)
		}
		if len(text)+len(strings.ReplaceAll(thinking, "\n\n", "")) > len(s) {
			t.Fatalf("%q grew: %q %q", s, text, thinking)
		}
		if !strings.ContainsAny(s, "<[◁") && text != s {
			t.Fatalf("%q has no tag but became %q", s, text)
		}
	})
}
