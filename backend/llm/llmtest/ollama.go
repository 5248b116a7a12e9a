package llmtest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ollama/ollama/api"

	"sandglass/backend/llm/llmtest/gguf"
	"sandglass/backend/llm/llmtest/tiny"
)

// Server is a real Ollama, with a home and models of its own and without cloud.
type Server struct {
	URL    string
	Client *api.Client

	dir  string
	kill func()
}

var shared struct {
	once sync.Once
	srv  *Server
	err  error
}

// Ollama gives the server that the tests of this binary share. It starts with the first test that asks, and ends with
// the binary. Without a built Ollama the test fails: it is part of `make test`.
func Ollama(t testing.TB) *Server {
	t.Helper()
	shared.once.Do(func() { shared.srv, shared.err = start() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.srv
}

// OwnOllama gives a server for one test that wants to kill it, or one with other settings (NAME=value).
func OwnOllama(t testing.TB, env ...string) *Server {
	t.Helper()
	s, err := start(env...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

// Kill ends the server and its model processes at once, and returns when nobody listens there any more: the system
// takes a moment to close what a killed process had open.
func (s *Server) Kill() {
	s.kill()
	for range 500 {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			return
		}
		c.Close()
		time.Sleep(10 * time.Millisecond)
	}
}

// keeper runs the server in a process group that dies with us, however we die: when our end of its stdin closes, it
// cleans up and kills the group, model processes included.
const keeper = `"$1" serve >"$2/serve.log" 2>&1 & cat >/dev/null; rm -rf "$2"; kill -KILL 0`

func start(env ...string) (*Server, error) {
	bin, err := binary()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "sandglass-ollama-")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("sh", "-c", keeper, "sh", bin, dir)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + dir,             // a key pair is made in ~/.ollama
		"OLLAMA_HOST=127.0.0.1:0", // the log tells which port it became
		"OLLAMA_MODELS=" + filepath.Join(dir, "models"),
		"OLLAMA_NO_CLOUD=1",
		"OLLAMA_NOHISTORY=1",
		"OLLAMA_NUM_PARALLEL=1",
		"OLLAMA_MAX_LOADED_MODELS=2",
	}
	cmd.Env = append(cmd.Env, env...)
	ownGroup(cmd)
	hold, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start Ollama: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is killed: there is always an error
	}()
	s := &Server{dir: dir, kill: sync.OnceFunc(func() {
		killGroup(cmd)
		hold.Close()
		<-ended
		os.RemoveAll(dir)
	})}
	if err := s.await(ended); err != nil {
		s.kill()
		return nil, err
	}
	return s, nil
}

var listening = regexp.MustCompile(`Listening on ([\d.]+:\d+)`)

// await reads the log until the server listens. A loaded machine may take its time.
func (s *Server) await(ended <-chan struct{}) error {
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		log, _ := os.ReadFile(filepath.Join(s.dir, "serve.log")) // not there at first
		if m := listening.FindSubmatch(log); m != nil {
			u := &url.URL{Scheme: "http", Host: string(m[1])}
			s.URL, s.Client = u.String(), api.NewClient(u, http.DefaultClient)
			return nil
		}
		select {
		case <-tick.C:
		case <-ended:
			return fmt.Errorf("the Ollama for tests ended at once; its log:\n%s", log)
		case <-deadline:
			return fmt.Errorf("the Ollama for tests does not listen; its log:\n%s", log)
		}
	}
}

// binary finds the server that build/ollama/build.sh made.
func binary() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		return "", errors.New("the tests with a real Ollama must run inside the repository")
	}
	script := filepath.Join(dir, "build", "ollama", "build.sh")
	out, err := exec.Command(script, "--print-path").Output()
	if err != nil {
		return "", fmt.Errorf("the Ollama for tests is not built: run `make test`, or build/ollama/build.sh once (%w)", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Log is what the server logged so far.
func (s *Server) Log() string {
	log, err := os.ReadFile(filepath.Join(s.dir, "serve.log"))
	if err != nil {
		return err.Error()
	}
	return string(log)
}

// Script creates a model that says what its lines tell, exactly. It offers tools; with thinking also thoughts, which
// lines write as <think>…</think>.
func Script(t testing.TB, s *Server, name string, thinking bool, lines []tiny.Line) {
	t.Helper()
	file, template := tiny.Script(lines, thinking)
	s.create(t, name, file, template)
}

// Random creates a model that babbles for ever and can do nothing else: no tools, no thinking, no images.
func Random(t testing.TB, s *Server, name string) {
	t.Helper()
	s.create(t, name, tiny.Random(1), tiny.Plain)
}

func (s *Server) create(t testing.TB, name string, file gguf.File, template string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.gguf")
	if err := file.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(data))
	ctx := context.Background()
	if err := s.Client.CreateBlob(ctx, digest, strings.NewReader(string(data))); err != nil {
		t.Fatalf("upload %s: %v", name, err)
	}
	last := ""
	err = s.Client.Create(ctx, &api.CreateRequest{
		Model: name, Files: map[string]string{"model.gguf": digest}, Template: template,
		Parameters: map[string]any{"num_thread": 1, "num_ctx": 8192}, // more threads only wait for each other
	}, func(p api.ProgressResponse) error {
		last = p.Status
		return nil
	})
	if err != nil || last != "success" {
		t.Fatalf("create %s: status %q, %v", name, last, err)
	}
}

// KillRunner kills the model processes of the server: they are told by its models folder on their command line.
func (s *Server) KillRunner(t testing.TB) {
	t.Helper()
	out, err := exec.Command("ps", "-eo", "pid=,args=").Output()
	if err != nil {
		t.Fatal(err)
	}
	killed := 0
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) > 2 && slices.Contains(f, "runner") && strings.Contains(line, s.dir) {
			var pid int
			if json.Unmarshal([]byte(f[0]), &pid) != nil {
				continue
			}
			proc, err := os.FindProcess(pid)
			if err == nil && proc.Kill() == nil {
				killed++
			}
		}
	}
	if killed == 0 {
		t.Errorf("no model process found in:\n%s", out)
	}
}
