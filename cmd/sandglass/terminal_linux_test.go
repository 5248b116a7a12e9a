package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sandglass/backend/llm/llmtest"
)

// pseudoTerminal is a terminal with the test in front of it: what it types, and what it has seen.
type pseudoTerminal struct {
	t    *testing.T
	us   *os.File
	them *os.File

	mu   sync.Mutex
	seen bytes.Buffer
}

func openTerminal(t *testing.T) *pseudoTerminal {
	t.Helper()
	us, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo terminals here:", err)
	}
	t.Cleanup(func() { us.Close() })
	if err := unix.IoctlSetPointerInt(int(us.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(us.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	them, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &pseudoTerminal{t: t, us: us, them: them}
	go io.Copy(p, us)
	return p
}

func (p *pseudoTerminal) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen.Write(data)
}

func (p *pseudoTerminal) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen.String()
}

func (p *pseudoTerminal) typeLine(line string) {
	if _, err := io.WriteString(p.us, line+"\n"); err != nil {
		p.t.Error(err)
	}
}

func (p *pseudoTerminal) waitFor(text string) {
	p.t.Helper()
	for range 1500 {
		if strings.Contains(p.text(), text) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.t.Fatalf("%q is not shown:\n%s", text, p.text())
}

// TestSteerFromTheTerminal: on a terminal, a line answers the question that is open; when none is, it is told to the
// agent, which reads it with its next step. What came too late is said to be unread.
func TestSteerFromTheTerminal(t *testing.T) {
	home(t)
	calls := make(chan string)
	replies := make(chan string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		calls <- string(body)
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{
			"message": map[string]any{"role": "assistant", "content": "```python\n" + <-replies + "\n```"}, "finish_reason": "stop"}}})
	}))
	defer server.Close()
	tty := openTerminal(t)
	c := process(t, "run", "--base-url", server.URL+"/v1", "--model", "openai/m", "--tool", "user_input", "x")
	var out bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = tty.them, &out, tty.them
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	next := func() string { // what the model is asked
		t.Helper()
		select {
		case prompt := <-calls:
			return prompt
		case <-time.After(time.Minute):
			c.Process.Kill()
			t.Fatalf("the model is not asked:\n%s", tty.text())
			return ""
		}
	}
	next()
	replies <- "name = user_input('Who?')"
	tty.waitFor("The agent asks: Who?")
	tty.typeLine("Ada")
	next()
	tty.typeLine("In French, please.")
	tty.typeLine("")
	tty.waitFor("you: In French, please.")
	replies <- "print(name)"
	if prompt := next(); !strings.Contains(prompt, `Ada\n\nNew message from the user:\nIn French, please."`) {
		t.Errorf("the prompt: %s", prompt)
	}
	tty.typeLine("/unfold")
	tty.waitFor("No step is folded")
	tty.typeLine("@run Too late.")
	tty.waitFor("you: Too late.")
	replies <- "final_answer('voilà ' + name)"
	if err := c.Wait(); err != nil || out.String() != "voilà Ada\n" {
		t.Errorf("%v, %q\n%s", err, out.String(), tty.text())
	}
	tty.waitFor("1 of your messages came after the last step")
	if strings.Count(tty.text(), "you: ") != 2 {
		t.Errorf("an empty line was told:\n%s", tty.text())
	}
}

// TestLoadingIsShown: while Ollama loads a model, the terminal says so, and Ctrl-C ends the run at once. A real Ollama
// answers all but the request that loads, which is held back.
func TestLoadingIsShown(t *testing.T) {
	home(t)
	server := llmtest.Ollama(t)
	llmtest.Script(t, server, "sleepy", false, llmtest.SalesLines())
	real, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(real)
	held := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/chat" {
			io.Copy(io.Discard, r.Body) // only then the server notices that the client is gone
			<-r.Context().Done()
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	defer held.Close()
	tty := openTerminal(t)
	c := process(t, "run", "--ollama-host", held.URL, "--model", "ollama/sleepy", "x")
	c.Stdin, c.Stderr = tty.them, tty.them
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Process.Kill()
	tty.waitFor("loading the model …")
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); c.ProcessState.ExitCode() != 4 {
		t.Errorf("%v\n%s", err, tty.text())
	}
}
