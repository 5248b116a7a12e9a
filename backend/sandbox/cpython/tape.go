package cpython

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// A tape holds all that came into a step from outside, so that the step can be executed again byte for byte: when the
// clock moved, what the host answered, and where the host meddled (a StepTimeout, a kill, printed text that was
// fetched early). Randomness is not on it: it follows from the session's seed, see entropy.go.
//
// Everything that Python does is the same each time, so each call that reaches the host can be counted: ticks of the
// fuel counter, sleeps, looks at the clock, questions to the host. Such a moment has a number, and the tape only says
// what happened at some of them:
//
//	version, wall clock and monotonic clock at the beginning (uvarint, nanoseconds)
//	entries: distance to the moment of the entry before (uvarint), kind (byte), payload
type tape struct {
	now    clock
	moment uint64

	// recording
	out     []byte
	last    uint64 // moment of the last entry
	anchor  time.Time
	base    int64 // monotonic clock at anchor
	changes int   // of the clock so far

	// replaying
	replay   bool
	in       []byte
	next     entry
	more     bool
	diverged string // how the step went another way than the recorded one
}

// clock is the time as code sees it, in nanoseconds.
type clock struct{ wall, mono int64 }

func (c *clock) add(d int64) { c.wall, c.mono = c.wall+d, c.mono+d }

type entry struct {
	at      uint64
	kind    byte
	move    int64 // microseconds
	request []byte
	ok      bool
	answer  []byte
}

// Kinds of entries.
const (
	tapeClock     = 1 + iota // the clock moved: microseconds
	tapeInterrupt            // StepTimeout was asked for
	tapeKill                 // the time was up for good
	tapeDrain                // printed text was fetched from the guest's buffer
	tapeAnswer               // a question to the host: 8 bytes of the question's hash, ok, length, bytes
)

const tapeVersion = 1

// How exactly the clock is recorded. Code that looks at it all the time sees it move in coarser and coarser leaps, so
// that a tape stays below some 20 kB however long the step is; a leap is never more than 0.4 % of the time that passed.
const (
	finestMoves = 256                    // moves of each size
	firstLeap   = 100 * time.Microsecond // after the exact ones; then doubled
)

func newTape(wall, mono int64) *tape {
	t := &tape{now: clock{wall, mono}, anchor: time.Now(), base: mono}
	t.out = append(t.out, tapeVersion)
	t.out = binary.AppendUvarint(t.out, uint64(wall))
	t.out = binary.AppendUvarint(t.out, uint64(mono))
	return t
}

var errTape = errors.New("the recording of this step is damaged")

func readTape(data []byte) (*tape, error) {
	t := &tape{replay: true}
	if len(data) == 0 || data[0] != tapeVersion {
		return nil, errTape
	}
	t.in = data[1:]
	wall, ok1 := t.uvarint()
	mono, ok2 := t.uvarint()
	if !ok1 || !ok2 || wall > 1<<62 || mono > 1<<62 {
		return nil, errTape
	}
	t.now = clock{int64(wall), int64(mono)}
	// All of it now: a step must not fail in its middle.
	for rest := t.in; ; {
		more, err := t.advance()
		if err != nil {
			return nil, err
		}
		if !more {
			t.in, t.last, t.next = rest, 0, entry{}
			t.more, _ = t.advance()
			return t, nil
		}
	}
}

func (t *tape) uvarint() (uint64, bool) {
	v, n := binary.Uvarint(t.in)
	if n <= 0 {
		return 0, false
	}
	t.in = t.in[n:]
	return v, true
}

func (t *tape) take(n uint64) ([]byte, bool) {
	if n > uint64(len(t.in)) {
		return nil, false
	}
	b := t.in[:n]
	t.in = t.in[n:]
	return b, true
}

// advance reads the next entry into t.next.
func (t *tape) advance() (bool, error) {
	if len(t.in) == 0 {
		t.next = entry{}
		return false, nil
	}
	d, ok := t.uvarint()
	if !ok || len(t.in) == 0 || d > 1<<60 {
		return false, errTape
	}
	e := entry{at: t.last + d, kind: t.in[0]}
	t.last, t.in = e.at, t.in[1:]
	switch e.kind {
	case tapeClock:
		v, ok := t.uvarint()
		if !ok || v > 1<<50 {
			return false, errTape
		}
		e.move = int64(v)
	case tapeInterrupt, tapeKill, tapeDrain:
	case tapeAnswer:
		head, ok := t.take(9)
		n, ok2 := uint64(0), false
		if ok {
			e.request, e.ok = head[:8], head[8] == 1
			n, ok2 = t.uvarint()
		}
		if ok2 {
			e.answer, ok2 = t.take(n)
		}
		if !ok2 {
			return false, errTape
		}
	default:
		return false, errTape
	}
	t.next = e
	return true, nil
}

// at gives the next entry of the present moment when replaying, once.
func (t *tape) at(kinds ...byte) (entry, bool) {
	if !t.more || t.next.at != t.moment || !bytes.Contains(kinds, []byte{t.next.kind}) {
		return entry{}, false
	}
	e := t.next
	t.more, _ = t.advance() // it was read through before
	return e, true
}

func (t *tape) write(kind byte) {
	t.out = binary.AppendUvarint(t.out, t.moment-t.last)
	t.out = append(t.out, kind)
	t.last = t.moment
}

// leap is by how much the clock must have moved for a look at it to be noted.
func (t *tape) leap() time.Duration {
	if n := t.changes / finestMoves; n > 0 {
		return firstLeap << min(n-1, 40)
	}
	return time.Microsecond
}

// look is a look at the clock.
func (t *tape) look() clock {
	t.moment++
	if t.replay {
		if e, ok := t.at(tapeClock); ok {
			t.now.add(e.move * int64(time.Microsecond))
		}
		return t.now
	}
	behind := time.Duration(t.base + int64(time.Since(t.anchor)) - t.now.mono)
	if behind >= t.leap() {
		t.changes++
		us := int64(behind / time.Microsecond)
		t.write(tapeClock)
		t.out = binary.AppendUvarint(t.out, uint64(us))
		t.now.add(us * int64(time.Microsecond))
	}
	return t.now
}

// question names what the guest asked the host.
func question(op int32, data []byte) []byte {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, op)
	h.Write(data)
	return h.Sum(nil)[:8]
}

func (t *tape) record(request, answer []byte, ok bool) {
	t.write(tapeAnswer)
	t.out = append(t.out, request...)
	b := byte(0)
	if ok {
		b = 1
	}
	t.out = append(t.out, b)
	t.out = binary.AppendUvarint(t.out, uint64(len(answer)))
	t.out = append(t.out, answer...)
}

// recorded gives the answer to a question of the guest from the tape.
func (t *tape) recorded(request []byte, what string) ([]byte, bool) {
	e, ok := t.at(tapeAnswer)
	switch {
	case t.diverged != "":
	case !ok:
		t.diverged = fmt.Sprintf("it %s, where it did not before", what)
	case !bytes.Equal(e.request, request):
		t.diverged = fmt.Sprintf("it %s with other arguments than before, or asked something else then", what)
	default:
		return e.answer, e.ok
	}
	return nil, false
}

// end says whether a replayed step used up its tape.
func (t *tape) end() {
	if t.replay && t.more && t.diverged == "" {
		t.diverged = "it ended earlier than it did before, or looked at the clock or asked the host less often"
	}
}
