package cpython_test

import (
	"context"
	"encoding/gob"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sandglass/backend/sandbox"
)

// world is what a Go program knows of the state of a Python session that it drives: enough to predict it.
type world struct {
	Vars  map[string]int
	Files map[string]string
	Gen   int   // what the generator gives next
	Rows  []int // in the database file
	Mem   int   // sum in the database in memory
	Draws int   // numbers drawn from a generator of random numbers with a known seed
	Buf   int   // length of a large buffer
	Held  string
}

func (w world) clone() world {
	w.Vars, w.Files, w.Rows = maps.Clone(w.Vars), maps.Clone(w.Files), slices.Clone(w.Rows)
	return w
}

const worldBegin = `import os, sqlite3, random, hashlib
v, R, buf = {}, random.Random(7), bytearray()
def counting(n=0):
    while True:
        yield n
        n += 1
g = counting()
db = sqlite3.connect('t.db'); db.execute('create table t(a)'); db.commit()
mem = sqlite3.connect(':memory:'); mem.execute('create table t(a)')
held = open('held', 'w+')
def probe():
    here, pos = open('held').read(), held.tell()
    held.seek(0); through = held.read(); held.seek(pos)
    files = sorted((f, open(f).read()) for f in os.listdir() if f.startswith('f'))
    rows = [a for a, in db.execute('select a from t order by rowid')]
    return (sorted(v.items()), files, rows, mem.execute('select coalesce(sum(a), 0) from t').fetchone()[0], len(buf), buf.count(1), here == through, through)
`

func (w world) expect() string {
	pairs := func(keys []string, value func(string) string) string {
		var s []string
		for _, k := range keys {
			s = append(s, fmt.Sprintf("('%s', %s)", k, value(k)))
		}
		return "[" + strings.Join(s, ", ") + "]"
	}
	rows := make([]string, len(w.Rows))
	for i, r := range w.Rows {
		rows[i] = strconv.Itoa(r)
	}
	return fmt.Sprintf("(%s, %s, [%s], %d, %d, %d, True, '%s')",
		pairs(slices.Sorted(maps.Keys(w.Vars)), func(k string) string { return strconv.Itoa(w.Vars[k]) }),
		pairs(slices.Sorted(maps.Keys(w.Files)), func(k string) string { return "'" + w.Files[k] + "'" }),
		strings.Join(rows, ", "), w.Mem, w.Buf, (w.Buf+999)/1000, w.Held)
}

// change gives a random step and what it does to the world.
func (w *world) change(r *rand.Rand) string {
	key, n := "abcdefgh"[r.IntN(8):][:1], r.IntN(1000)
	switch r.IntN(12) {
	case 0, 1:
		w.Vars[key] = n
		return fmt.Sprintf("v['%s'] = %d", key, n)
	case 2:
		delete(w.Vars, key)
		return fmt.Sprintf("v.pop('%s', None)", key)
	case 3:
		w.Vars[key] = n
		return fmt.Sprintf("v['%s'] = %d\n1/0", key, n) // what was done before an error stays
	case 4:
		w.Files["f"+key] += strconv.Itoa(n)
		return fmt.Sprintf("open('f%s', 'a').write('%d')", key, n)
	case 5:
		delete(w.Files, "f"+key)
		return fmt.Sprintf("os.path.exists('f%s') and os.remove('f%s')", key, key)
	case 6:
		w.Gen++
		return fmt.Sprintf("assert next(g) == %d", w.Gen-1)
	case 7:
		w.Rows = append(w.Rows, n)
		return fmt.Sprintf("db.execute('insert into t values (?)', (%d,)); db.commit()", n)
	case 8:
		w.Mem += n
		return fmt.Sprintf("mem.execute('insert into t values (?)', (%d,))", n)
	case 9:
		w.Draws++
		return "last = R.random()"
	case 10:
		w.Buf = n * 1000
		return fmt.Sprintf("buf = bytearray(%d); buf[::1000] = b'\\1' * %d", w.Buf, n)
	default:
		w.Held += key
		return fmt.Sprintf("held.write('%s'); held.flush()", key)
	}
}

// kills are endings of a step that undo it; the first two are quick, and the last takes the time limit.
var kills = []string{"os._exit(3)", "print('x' * 3_000_000)", "a = [bytes(1 << 20) for _ in iter(int, 1)]", "while True: pass"}

// node is a state that can be jumped to.
type node struct {
	World world
	Chain []sandbox.State
}

const travelEnv = "SANDGLASS_TEST_TRAVEL"

// TestTimeTravel takes random steps, kills and jumps, and compares the session with what a model of it predicts, in the
// end in another process. SANDGLASS_STRESS is how many steps to take, in place of some dozens.
func TestTimeTravel(t *testing.T) {
	if folder := os.Getenv(travelEnv); folder != "" {
		arrive(t, folder)
		return
	}
	steps, seed := 70, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("SANDGLASS_STRESS")); err == nil {
		steps, seed = n, uint64(time.Now().UnixNano())
	}
	t.Logf("%d steps, seed %d", steps, seed)
	r := rand.New(rand.NewPCG(seed, 1))
	cfg := sandbox.Config{Imports: []string{"*"}, Limits: tight}
	cfg.Limits.Step = 5 * time.Second // enough on a busy computer
	s := open(t, cfg, nil)
	run(t, s, worldBegin)
	w := world{Vars: map[string]int{}, Files: map[string]string{}}
	nodes := []node{{w.clone(), []sandbox.State{snapshot(t, s, false)}}}
	at := nodes[0]
	draws := map[int]string{} // what the session drew as its n-th number, wherever
	count := map[string]int{}
	for i := range steps {
		what := r.IntN(10)
		switch {
		case what < 2: // undone
			count["kills"]++
			lost := w.clone()
			kill := kills[r.IntN(2)]
			if r.IntN(8) == 0 {
				kill = kills[2+min(i/100, r.IntN(2))] // none of the slow ones in a short test
			}
			if out := run(t, s, lost.change(r)+"\n"+kill); out.Killed == "" && out.Error == nil {
				t.Fatalf("step %d: not killed", i)
			} else if out.Killed == "" {
				w = lost // the change raised before
			}
		case what < 4: // to any state there was
			count["jumps"]++
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			at = nodes[r.IntN(len(nodes))]
			s, w = restore(t, cfg, at.Chain...), at.World.clone()
		default:
			count["steps"]++
			code := w.change(r)
			out := run(t, s, code)
			if out.Killed != "" || out.Error != nil && out.Error.Type != "ZeroDivisionError" {
				t.Fatalf("step %d: %q: %s", i, code, show(out))
			}
			if strings.HasPrefix(code, "last =") {
				got := show(run(t, s, "last"))
				if draws[w.Draws] == "" {
					draws[w.Draws] = got
				}
				if got != draws[w.Draws] {
					t.Fatalf("step %d: draw %d gave %s, and %s elsewhere", i, w.Draws, got, draws[w.Draws])
				}
			}
		}
		if got, want := show(run(t, s, "probe()")), w.expect(); got != want {
			t.Fatalf("step %d (seed %d):\ngot  %s\nwant %s", i, seed, got, want)
		}
		if what >= 4 || r.IntN(2) == 0 {
			st := snapshot(t, s, r.IntN(12) == 0)
			chain := []sandbox.State{st}
			if st.Base != "" {
				if last := at.Chain[len(at.Chain)-1]; last.ID != st.Base {
					t.Fatalf("step %d: the state is based on %s, not on %s", i, st.Base, last.ID)
				}
				chain = append(slices.Clip(at.Chain), st)
			}
			at = node{w.clone(), chain}
			nodes = append(nodes, at)
		}
	}
	t.Logf("%v, %d states", count, len(nodes))
	depart(t, nodes, r)
}

// depart sends some states to another process.
func depart(t *testing.T, nodes []node, r *rand.Rand) {
	folder := t.TempDir()
	for i := range 5 {
		f, err := os.Create(filepath.Join(folder, strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		if err := gob.NewEncoder(f).Encode(nodes[r.IntN(len(nodes))]); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestTimeTravel$", "-test.v")
	cmd.Env = append(os.Environ(), travelEnv+"="+folder)
	if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), "arrived") != 5 {
		t.Errorf("in another process: %v\n%s", err, out)
	}
}

// arrive looks at the states of another process, and goes on from them.
func arrive(t *testing.T, folder string) {
	names, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		var n node
		if err := gob.NewDecoder(f).Decode(&n); err != nil {
			t.Fatal(err)
		}
		f.Close()
		s, err := engine.Restore(context.Background(), sandbox.Config{Imports: []string{"*"}}, &host{}, n.Chain)
		if err != nil {
			t.Fatal(err)
		}
		if n.World.Vars == nil { // gob leaves out empty maps
			n.World.Vars = map[string]int{}
		}
		if n.World.Files == nil {
			n.World.Files = map[string]string{}
		}
		r := rand.New(rand.NewPCG(1, 1))
		for range 3 {
			if got, want := show(run(t, s, "probe()")), n.World.expect(); got != want {
				t.Fatalf("got  %s\nwant %s", got, want)
			}
			run(t, s, n.World.change(r))
		}
		s.Close()
		fmt.Println("arrived")
	}
}
