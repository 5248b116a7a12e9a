package agent

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// freely shows a reply of {"thought", "code"} as it grows in the free form (a thought, then a block of Python), which
// whoever watches can read. What is not such an object passes as it is. Fragments may be cut anywhere; what was given is
// never taken back. The recorded reply stays as the model wrote it.
type freely struct {
	at    place
	held  string // read and not given: the beginning, until it is known what it is; the beginning of the code
	key   []byte // of the value that is read
	name  string // key of the string that is given: thought or code
	first bool   // of a string: nothing was given yet
	fence bool   // the code's block is open, and this opened it

	escape []byte // a sequence that is not whole: \u00e
	high   rune   // first half of a surrogate pair; 0 if none waits
	depth  int    // of lists and objects in a value that is not given
	quoted bool   // in a string there
}

// place is where a freely is in the object.
type place int

const (
	beginning place = iota
	asItIs          // it is no such object
	beforeKey
	inKey
	beforeValue
	inString
	elsewhere // in a value that is not given
	behind    // the object has ended: what follows means nothing
)

const (
	thoughtField = "thought"
	codeField    = "code"
)

// Freely gives a whole reply as watchers of its stream saw it.
func Freely(reply string) string {
	var f freely
	return f.write(reply) + f.end()
}

// write takes a fragment and gives what is to be shown of it.
func (f *freely) write(fragment string) string {
	var out strings.Builder
	for i := range len(fragment) {
		if f.at == asItIs {
			out.WriteString(fragment[i:])
			break
		}
		f.take(fragment[i], &out)
	}
	return out.String()
}

// end gives what was held back.
func (f *freely) end() string {
	held := f.held
	f.held = ""
	return held
}

func (f *freely) take(c byte, out *strings.Builder) {
	switch f.at {
	case beginning, beforeKey, inKey, beforeValue:
		f.held += string([]byte{c})
		if f.name != "" { // it is such an object: its marks are not shown
			f.held = ""
		}
		f.structure(c, out)
	case inString:
		f.inside(c, out)
	case elsewhere:
		f.skip(c)
	}
}

// structure reads what stands around the strings.
func (f *freely) structure(c byte, out *strings.Builder) {
	space := c == ' ' || c == '\t' || c == '\n' || c == '\r'
	switch {
	case f.at == beginning && c == '{':
		f.at = beforeKey
	case f.at == beforeKey && c == '"':
		f.at, f.key = inKey, nil
	case f.at == beforeKey && c == '}' && f.name != "":
		f.at = behind
	case f.at == inKey && c == '"':
		f.at = beforeValue
	case f.at == inKey:
		f.key = append(f.key, c)
	case f.at == beforeValue && c == '"' && (string(f.key) == thoughtField || string(f.key) == codeField):
		f.at, f.name, f.held, f.first = inString, string(f.key), "", true
	case f.at == beforeValue && c == ':', f.at == beforeKey && c == ',' && f.name != "", space && f.at != inKey:
	case f.at == beforeValue && f.name != "":
		f.at, f.depth, f.quoted = elsewhere, 0, false
		f.skip(c)
	default:
		f.at = asItIs
		out.WriteString(f.end())
	}
}

// skip reads over a value that is not shown.
func (f *freely) skip(c byte) {
	switch {
	case f.quoted && len(f.escape) > 0:
		f.escape = nil
	case f.quoted && c == '\\':
		f.escape = []byte{c}
	case c == '"':
		f.quoted = !f.quoted
	case f.quoted:
	case c == '{' || c == '[':
		f.depth++
	case f.depth > 0 && (c == '}' || c == ']'):
		f.depth--
	case f.depth == 0 && c == ',':
		f.at = beforeKey
	case f.depth == 0 && c == '}':
		f.at = behind
	}
}

// inside reads a string.
func (f *freely) inside(c byte, out *strings.Builder) {
	switch {
	case len(f.escape) > 0:
		f.escape = append(f.escape, c)
		f.unescape(out)
	case c == '\\':
		f.escape = []byte{c}
	case c == '"':
		f.lone(out)
		if f.held != "" { // fewer backticks than a fence has
			f.open(out)
		}
		if f.fence {
			out.WriteString("\n```\n")
		}
		f.fence, f.at = false, beforeKey
	default:
		f.lone(out)
		f.give(string([]byte{c}), out)
	}
}

var escapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", 'b': "\b", 'f': "\f"}

func (f *freely) unescape(out *strings.Builder) {
	c := f.escape[1]
	if c != 'u' {
		f.escape = nil
		f.lone(out)
		if s, ok := escapes[c]; ok {
			f.give(s, out)
		} else { // \" \\ \/, and what JSON does not know
			f.give(string([]byte{c}), out)
		}
		return
	}
	if len(f.escape) < 6 {
		return
	}
	r := hexadecimal(f.escape[2:])
	f.escape = nil
	if f.high != 0 {
		whole := utf16.DecodeRune(f.high, r)
		if whole != utf8.RuneError {
			f.high = 0
			f.give(string(whole), out)
			return
		}
		f.lone(out)
	}
	if utf16.IsSurrogate(r) && r < 0xdc00 {
		f.high = r
		return
	}
	f.give(string(r), out) // a second half without a first becomes U+FFFD
}

// lone gives the first half of a pair whose second did not come.
func (f *freely) lone(out *strings.Builder) {
	if f.high != 0 {
		f.high = 0
		f.give(string(utf8.RuneError), out)
	}
}

func hexadecimal(digits []byte) rune {
	var r rune
	for _, d := range digits {
		i := strings.IndexByte("0123456789abcdef", d|0x20)
		if i < 0 {
			return utf8.RuneError
		}
		r = r<<4 | rune(i)
	}
	return r
}

// give shows text of a string. Code gets a block around it, unless it brings its own.
func (f *freely) give(text string, out *strings.Builder) {
	if f.name == thoughtField {
		if f.first {
			out.WriteString("Thought: ")
		}
		f.first = false
		out.WriteString(text)
		return
	}
	if !f.first {
		out.WriteString(text)
		return
	}
	f.held += text
	if begun := strings.TrimSpace(f.held); len(begun) < 3 && strings.Trim(begun, "`") == "" {
		return
	}
	f.open(out)
}

// open begins the code with what was held of it.
func (f *freely) open(out *strings.Builder) {
	f.first = false
	begun := strings.TrimLeft(f.end(), "\r\n")
	if strings.HasPrefix(strings.TrimSpace(begun), "```") {
		out.WriteString("\n" + begun)
		return
	}
	f.fence = true
	out.WriteString("\n```python\n" + begun)
}
