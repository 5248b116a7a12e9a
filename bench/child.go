package main

import (
	"bufio"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython"
)

// The same engine in a child process of the same binary, behind a pair of pipes: what a second wall around Python would
// cost. It is measured here and not part of the app; RATIONALE.md says why.

const childVar = "SANDGLASS_BENCH_CHILD"

// message goes both ways. The parent sends open, run and close, each of which the child answers with the same kind; in
// between the child may send tool and output, of which it waits for the answer to tool.
type message struct {
	Kind   string
	Config sandbox.Config
	Text   string // code, name of a tool, printed text
	Data   []byte // arguments or result of a tool
	Output sandbox.Output
	Err    string
}

type pipe struct {
	enc *gob.Encoder
	dec *gob.Decoder
	out *bufio.Writer
}

func newPipe(r io.Reader, w io.Writer) *pipe {
	out := bufio.NewWriter(w)
	return &pipe{gob.NewEncoder(out), gob.NewDecoder(bufio.NewReader(r)), out}
}

func (p *pipe) send(m message) error {
	if err := p.enc.Encode(m); err != nil {
		return err
	}
	return p.out.Flush()
}

func (p *pipe) receive() (m message, err error) {
	err = p.dec.Decode(&m)
	return m, err
}

// CallTool and Output make the pipe the host of the child's session.
func (p *pipe) CallTool(_ context.Context, name string, args json.RawMessage) (json.RawMessage, error) {
	if err := p.send(message{Kind: "tool", Text: name, Data: args}); err != nil {
		return nil, err
	}
	m, err := p.receive()
	if err == nil && m.Err != "" {
		err = errors.New(m.Err)
	}
	return m.Data, err
}

func (p *pipe) Output(text string, _ bool) { _ = p.send(message{Kind: "output", Text: text}) }

type childHost struct {
	sandbox.Host
	*pipe
}

func (h childHost) CallTool(ctx context.Context, name string, args json.RawMessage) (json.RawMessage, error) {
	return h.pipe.CallTool(ctx, name, args)
}
func (h childHost) Output(text string, stderr bool) { h.pipe.Output(text, stderr) }

func serveChild(r io.Reader, w io.Writer) error {
	ctx := context.Background()
	engine := cpython.New(cpython.Config{})
	defer engine.Close()
	if err := engine.Prepare(ctx, nil); err != nil {
		return err
	}
	p := newPipe(r, w)
	var s sandbox.Session
	for {
		m, err := p.receive()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		answer := message{Kind: m.Kind}
		switch m.Kind {
		case "open":
			s, err = engine.Open(ctx, m.Config, childHost{pipe: p})
		case "run":
			answer.Output, err = s.Run(ctx, m.Text)
		case "close":
			err = s.Close()
		}
		if err != nil {
			answer.Err = err.Error()
		}
		if err := p.send(answer); err != nil {
			return err
		}
	}
}

// process is the parent's side.
type process struct {
	*pipe
	cmd *exec.Cmd
	in  io.Closer
}

func spawn() (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVar+"=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &process{newPipe(out, in), cmd, in}, cmd.Start()
}

func (p *process) end() error {
	p.in.Close()
	return p.cmd.Wait()
}

// ask sends a request and serves the tool until the answer is there.
func (p *process) ask(m message) (sandbox.Output, error) {
	if err := p.send(m); err != nil {
		return sandbox.Output{}, err
	}
	for {
		got, err := p.receive()
		if err != nil {
			return sandbox.Output{}, err
		}
		switch got.Kind {
		case m.Kind:
			if got.Err == "" && got.Output.Error != nil {
				got.Err = got.Output.Error.Traceback
			}
			if got.Err != "" {
				return got.Output, errors.New(got.Err)
			}
			return got.Output, nil
		case "tool":
			result, err := echo{}.CallTool(context.Background(), got.Text, got.Data)
			back := message{Data: result}
			if err != nil {
				back.Err = err.Error()
			}
			if err := p.send(back); err != nil {
				return sandbox.Output{}, err
			}
		}
	}
}

// asker is one of the two ways to run Python.
type asker func(kind, code string) error

// child compares the two ways, in turn within each round.
func child(ctx context.Context, t *table, e *cpython.Engine) error {
	names := []string{"open a session", "empty step", "tool call and back", "tool call with 1 MB of text"}
	var here, there [4][]time.Duration
	var first []time.Duration
	var memory []float64
	for range *rounds {
		begun := time.Now()
		p, err := spawn()
		if err != nil {
			return err
		}
		far := func(kind, code string) error {
			_, err := p.ask(message{Kind: kind, Text: code, Config: config})
			return err
		}
		err = errors.Join(far("open", ""), far("run", "1 + 1"))
		first = append(first, time.Since(begun))
		if n, ok := residentOf(p.cmd.Process.Pid); ok {
			memory = append(memory, n)
		}
		err = errors.Join(err, far("close", ""), tour(far, &there), tour(inApp(ctx, e), &here), p.end())
		if err != nil {
			return fmt.Errorf("the child: %w", err)
		}
	}
	t.row("in a child process: spawn to first result", show(median(first)), "", "", "", "")
	for i, name := range names {
		far, near := median(there[i]), median(here[i])
		t.row("  "+name, fmt.Sprintf("%s (%.2f of in the app)", show(far), float64(far)/float64(near)), "", "", "", "")
	}
	if len(memory) > 0 {
		t.row("  memory of the child", bytes(median(memory)), "", "", "", "")
	}
	return nil
}

func inApp(ctx context.Context, e *cpython.Engine) asker {
	var s sandbox.Session
	return func(kind, code string) (err error) {
		switch kind {
		case "open":
			s, err = e.Open(ctx, config, echo{})
		case "run":
			_, err = do(ctx, s, code)
		case "close":
			err = s.Close()
		}
		return err
	}
}

// tour measures one session.
func tour(ask asker, times *[4][]time.Duration) error {
	const many = 200
	for i, c := range []struct {
		kind, code string
		n, calls   int
	}{{"open", "", 1, 1}, {"run", "pass", many, 1}, {"run", "for i in range(500): echo(i)", 1, 500}, {"run", "echo('x' * 1_000_000)", 1, 1}} {
		begun := time.Now()
		for range c.n {
			if err := ask(c.kind, c.code); err != nil {
				return err
			}
		}
		times[i] = append(times[i], time.Since(begun)/time.Duration(c.n*c.calls))
	}
	return ask("close", "")
}
