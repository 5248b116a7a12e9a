package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// terminal is the person at the terminal. Standard input is read in one place: a question that was given up must not
// swallow the next answer, and what is typed while nothing is asked is for the agent.
type terminal struct {
	in  io.Reader
	out io.Writer

	once  sync.Once
	mu    sync.Mutex
	asked []chan string // questions that wait for a line, oldest first
	ahead []string      // typed before anybody asked, if nobody listens
	tell  func(line string)
	ended bool
}

// listen hands every line that answers no question to tell, from now on.
func (t *terminal) listen(tell func(line string)) {
	t.mu.Lock()
	t.tell = tell
	t.mu.Unlock()
	t.once.Do(func() { go t.read() })
}

// line waits for a line.
func (t *terminal) line(ctx context.Context) (string, error) {
	t.mu.Lock()
	if len(t.ahead) > 0 {
		line := t.ahead[0]
		t.ahead = t.ahead[1:]
		t.mu.Unlock()
		return line, nil
	}
	if t.ended {
		t.mu.Unlock()
		return "", io.EOF
	}
	answer := make(chan string, 1)
	t.asked = append(t.asked, answer)
	t.mu.Unlock()
	t.once.Do(func() { go t.read() })
	select {
	case <-ctx.Done():
		t.giveUp(answer)
		return "", ctx.Err()
	case line, ok := <-answer:
		if !ok {
			return "", io.EOF
		}
		return line, nil
	}
}

// giveUp takes a question back. A line that came for it in the same moment is for whoever is next.
func (t *terminal) giveUp(answer chan string) {
	t.mu.Lock()
	i := slices.Index(t.asked, answer)
	if i >= 0 {
		t.asked = slices.Delete(slices.Clone(t.asked), i, i+1)
	}
	t.mu.Unlock()
	if i < 0 {
		if line, ok := <-answer; ok {
			t.typed(line)
		}
	}
}

// inBackground is how long to wait before a terminal that belongs to another program is read again.
const inBackground = time.Second

// read reads lines until the input ends.
func (t *terminal) read() {
	stayInBackground()
	r := bufio.NewReader(t.in)
	for {
		line, err := r.ReadString('\n')
		if line != "" {
			t.typed(strings.TrimRight(line, "\r\n"))
		}
		if errors.Is(err, errBackground) {
			time.Sleep(inBackground)
			continue
		}
		if err != nil {
			t.end()
			return
		}
	}
}

func (t *terminal) typed(line string) {
	t.mu.Lock()
	tell := t.tell
	switch {
	case len(t.asked) > 0:
		t.asked[0] <- line // it has room for one
		t.asked, tell = t.asked[1:], nil
	case tell == nil:
		t.ahead = append(t.ahead, line)
	}
	t.mu.Unlock()
	if tell != nil {
		tell(line)
	}
}

func (t *terminal) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	for _, a := range t.asked {
		close(a)
	}
	t.asked = nil
}
