package llm

import "strings"

// thinkTags are how models mark thoughts that their server did not put aside. Case does not matter.
// Sources: DeepSeek-R1, Qwen3, GLM (<think>), Claude-style prompts (<thinking>), Magistral ([THINK]),
// Kimi-VL (◁think▷), Seed-OSS (<seed:think>).
var thinkTags = []struct{ open, close string }{
	{"<think>", "</think>"},
	{"<thinking>", "</thinking>"},
	{"[think]", "[/think]"},
	{"◁think▷", "◁/think▷"},
	{"<seed:think>", "</seed:think>"},
}

// ThinkSplitter parts the thoughts that a model writes inline from what it says, while the reply streams in
// fragments of any size. The zero value is ready.
//
//   - A thought that is never closed is thinking to the end.
//   - A closing tag without an opening one means that everything before it was thinking: templates that end a
//     prompt with the opening tag make models answer so.
//   - A tag between two equal quotation marks or backticks is a mention of the tag, as in code that handles it.
type ThinkSplitter struct {
	closer string // that ends the open thought; "" outside thoughts
	held   string // end of the input that may become a tag
	before byte   // the byte before held; 0 at the start
	trim   bool   // white space is dropped until something else comes
	blank  bool   // the text ends in white space, or is empty so far but for a thought
	shown  bool   // some text was given out
	any    bool   // some thinking was given out
}

// Write takes the next fragment and gives what is decided now. took says that a lone closing tag came: all text
// given out by earlier calls was thinking after all.
func (s *ThinkSplitter) Write(fragment string) (text, thinking string, took bool) {
	return s.run(s.held+fragment, false)
}

// Close ends the reply and gives what was still held back.
func (s *ThinkSplitter) Close() (text, thinking string, took bool) {
	return s.run(s.held, true)
}

// Open says whether a thought is open.
func (s *ThinkSplitter) Open() bool { return s.closer != "" }

func (s *ThinkSplitter) run(in string, end bool) (text, thinking string, took bool) {
	var said, thought strings.Builder
	s.held = ""
	for in != "" {
		low := lowerASCII(in)
		at, tag, closes := s.find(low)
		if at < 0 {
			n := len(in)
			if !end {
				n -= s.partial(low)
			}
			s.give(&said, &thought, in[:n])
			s.held = in[n:]
			break
		}
		after := in[at+len(tag):]
		quote := s.before
		if at > 0 {
			quote = in[at-1]
		}
		if isQuote(quote) {
			if after == "" && !end { // the next byte decides whether this is a mention
				s.give(&said, &thought, in[:at])
				s.held = in[at:]
				break
			}
			if after != "" && after[0] == quote {
				s.give(&said, &thought, in[:at+len(tag)])
				in = after
				continue
			}
		}
		s.give(&said, &thought, in[:at])
		s.before = '>'
		switch {
		case s.closer != "": // the end of a thought
			s.closer, s.trim = "", s.blank || !s.shown
		case closes: // a lone closing tag
			thought.WriteString(said.String())
			said.Reset()
			took, s.shown, s.any, s.trim = true, false, true, true
		default:
			if s.any {
				thought.WriteString("\n\n")
			}
			s.closer, s.trim = closerOf(tag), true
		}
		in = after
	}
	return said.String(), thought.String(), took
}

// find gives the first tag that matters in low, and whether it is a closing one; at is -1 if there is none.
func (s *ThinkSplitter) find(low string) (at int, tag string, closes bool) {
	at = -1
	try := func(t string, c bool) {
		if i := strings.Index(low, t); i >= 0 && (at < 0 || i < at) {
			at, tag, closes = i, t, c
		}
	}
	if s.closer != "" {
		try(s.closer, true)
		return at, tag, closes
	}
	for _, t := range thinkTags {
		try(t.open, false)
		try(t.close, true)
	}
	return at, tag, closes
}

// partial is the length of the longest end of low that may be the beginning of a tag.
func (s *ThinkSplitter) partial(low string) int {
	n := 0
	if s.closer != "" {
		return overlap(low, s.closer)
	}
	for _, t := range thinkTags {
		n = max(n, overlap(low, t.open), overlap(low, t.close))
	}
	return n
}

func (s *ThinkSplitter) give(said, thought *strings.Builder, part string) {
	if part == "" {
		return
	}
	s.before = part[len(part)-1]
	if s.trim {
		if part = strings.TrimLeft(part, " \t\r\n"); part == "" {
			return
		}
		s.trim = false
	}
	if s.closer != "" {
		thought.WriteString(part)
		s.any = true
		return
	}
	said.WriteString(part)
	s.blank = strings.TrimRight(part[len(part)-1:], " \t\r\n") == ""
	s.shown = true
}

func closerOf(open string) string {
	for _, t := range thinkTags {
		if t.open == open {
			return t.close
		}
	}
	return ""
}

// overlap is the length of the longest proper prefix of tag that s ends with.
func overlap(s, tag string) int {
	for n := min(len(s), len(tag)-1); n > 0; n-- {
		if s[len(s)-n:] == tag[:n] {
			return n
		}
	}
	return 0
}

func isQuote(b byte) bool { return b == '"' || b == '\'' || b == '`' }

// lowerASCII keeps the length of s, which strings.ToLower does not for all of Unicode.
func lowerASCII(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
