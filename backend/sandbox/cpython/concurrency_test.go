package cpython_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"sandglass/backend/sandbox"
)

// TestEightSessionsAtOnce lets eight agents work at the same time: each computes, calls its tool, writes files, is
// killed in every way and cancelled, and must always find its own state, as a plain model in Go keeps it.
func TestEightSessionsAtOnce(t *testing.T) {
	const sessions, rounds = 8, 14
	var wg sync.WaitGroup
	for id := range sessions {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := agentAtWork(id, rounds); err != nil {
				t.Errorf("session %d: %v", id, err)
			}
		}()
	}
	wg.Wait()
}

func agentAtWork(id, rounds int) error {
	rng := rand.New(rand.NewPCG(uint64(id), 7))
	calls := 0
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){
		"mine": func(context.Context, json.RawMessage) (any, error) { calls++; return id*1000 + calls, nil },
	}}
	cfg := sandbox.Config{Imports: []string{"*"}, Limits: tight, Tools: []sandbox.Tool{{Name: "mine"}}}
	s, err := engine.Open(context.Background(), cfg, h)
	if err != nil {
		return err
	}
	defer s.Close()
	sum, file := 0, ""
	if _, err := s.Run(context.Background(), "import os\nsum = 0\nbig = {}\nopen('f', 'w').close()"); err != nil {
		return err
	}
	for round := range rounds {
		n := rng.IntN(1000)
		damage := fmt.Sprintf("sum = -1; big.clear(); open('f', 'w').write('lost'); open('g%d', 'w')\n", n)
		killed := ""
		var code string
		ctx, cancel := context.WithCancel(context.Background())
		switch kind := rng.IntN(8); kind {
		case 0:
			code, killed = damage+"os._exit(1)", "exit"
		case 1:
			code, killed = damage+"x = bytearray(200 << 20)", "memory"
		case 2:
			code, killed = damage+"while True: print('x' * 5000)", "output"
		case 3:
			code, killed = damage+"while True: pass", "cancelled"
			time.AfterFunc(time.Duration(rng.IntN(20))*time.Millisecond, cancel)
		case 4:
			code = "sum += mine() * mine()"
			sum += (id*1000 + calls + 1) * (id*1000 + calls + 2)
		case 5:
			code = fmt.Sprintf("big[%d] = [bytes(%d)] * 3; open('f', 'a').write('%d ')", n, n*100, n)
			file += fmt.Sprintf("%d ", n)
		case 6:
			code = fmt.Sprintf("for i in range(%d): sum += i", n)
			sum += n * (n - 1) / 2
		default:
			code = fmt.Sprintf("sum += len(bytes(%d << 10)) + 1/0 if False else %d", n, n)
			sum += n
		}
		out, err := s.Run(ctx, code)
		cancel()
		if killed == "cancelled" && errors.Is(err, context.Canceled) {
			killed, err = "", nil
		}
		if err != nil || out.Killed != killed {
			return fmt.Errorf("round %d: %q gave %s %v, want killed %q", round, code, show(out), err, killed)
		}
		out, err = s.Run(context.Background(), "sum, open('f').read(), os.listdir()")
		if want := fmt.Sprintf("(%d, '%s', ['f'])", sum, file); err != nil || show(out) != want {
			return fmt.Errorf("round %d, after %q: state %s %v, want %s", round, code, show(out), err, want)
		}
	}
	return nil
}
