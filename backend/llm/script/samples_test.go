package script

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the sample files anew")

// TestSampleFiles keeps the embedded files equal to what makes them, so that nobody has to trust a data file.
func TestSampleFiles(t *testing.T) {
	for name, want := range map[string][]byte{"sales.csv": makeSales(), "shop.log": makeLog()} {
		path := filepath.Join("samples", name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what samples_test.go makes; run: go test ./backend/llm/script -update", path)
		}
	}
}

// makeSales writes 1,200 sales of a year, as a German spreadsheet exports them: semicolons and decimal commas.
func makeSales() []byte {
	r := rand.New(rand.NewPCG(2025, 1))
	regions := []struct {
		name   string
		chance int     // of 100
		factor float64 // on prices
	}{{"North", 27, 1.0}, {"South", 24, 1.06}, {"West", 26, 1.12}, {"East", 23, 0.97}}
	products := []struct {
		name  string
		cents float64
	}{{"Espresso machine", 34900}, {"Grinder", 12900}, {"Kettle", 5990}, {"Scale", 4450}, {"Filter set", 1275}}
	var b bytes.Buffer
	b.WriteString("date;region;product;quantity;amount\n")
	day := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 1200 {
		at := day.AddDate(0, 0, i*365/1200)
		n := r.IntN(100)
		region := regions[0]
		for _, region = range regions {
			if n -= region.chance; n < 0 {
				break
			}
		}
		product := products[r.IntN(len(products))]
		quantity := 1 + r.IntN(6)
		cents := int(float64(quantity)*product.cents*region.factor*(0.9+0.2*r.Float64()) + 0.5)
		fmt.Fprintf(&b, "%s;%s;%s;%d;%d,%02d\n", at.Format("2006-01-02"), region.name, product.name, quantity, cents/100, cents%100)
	}
	return b.Bytes()
}

// makeLog writes a morning of a shop's services. A backup fills the database's disk at 09:21; from then on requests
// fail in a chain db, inventory, orders, gateway with one correlation id each, until the disk is freed. A declined
// card before that is an error of its own. Services flush their lines late, so the file is not in order of time.
func makeLog() []byte {
	r := rand.New(rand.NewPCG(9, 21))
	base := time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)
	type line struct {
		flushed time.Duration // when it got into the file
		text    string
	}
	var lines []line
	say := func(at time.Duration, level, service, corr, text string) {
		late := map[string]time.Duration{"gateway": 0, "orders": 400, "inventory": 2500, "db": 7000, "payments": 900}[service] * time.Millisecond
		flushed := at + late
		lines = append(lines, line{flushed, fmt.Sprintf("%s %-5s %-9s [%s] %s", base.Add(at).Format("2006-01-02T15:04:05.000Z"), level, service, corr, text)})
	}
	const ms = time.Millisecond
	seen := map[string]bool{}
	corr := func() string {
		for {
			if id := fmt.Sprintf("%04x", 0x1000+r.IntN(0xe000)); !seen[id] {
				seen[id] = true
				return id
			}
		}
	}
	const culprit = "0b5e" // below 1000: corr never makes it
	full, freed := 21*time.Minute+7118*ms, 29*time.Minute+40*time.Second
	say(20*time.Minute, "INFO", "db", culprit, "nightly backup starts 6 hours late")
	say(21*time.Minute+2300*ms, "WARN", "db", culprit, "volume data is 99 % full")
	say(full, "ERROR", "db", culprit, "no space left on volume data: cannot write the journal, backup aborted, going read-only")
	say(freed, "INFO", "db", culprit, "backup file removed, writable again")
	declined := corr()
	say(12*time.Minute+4417*ms, "INFO", "gateway", declined, "POST /payments")
	say(12*time.Minute+4602*ms, "ERROR", "payments", declined, "card declined by the issuer")
	say(12*time.Minute+4605*ms, "WARN", "gateway", declined, "POST /payments 402 in 188 ms")
	for at := time.Duration(0); at < 40*time.Minute; at += time.Duration(7000+r.IntN(13000)) * ms {
		id := corr()
		if r.IntN(2) == 0 { // reading goes well all the time
			say(at, "INFO", "gateway", id, fmt.Sprintf("GET /items/%d 200 in %d ms", 100+r.IntN(900), 8+r.IntN(60)))
			continue
		}
		order := 40000 + r.IntN(9000)
		say(at, "INFO", "gateway", id, "POST /orders")
		say(at+3*ms, "INFO", "orders", id, fmt.Sprintf("order %d accepted", order))
		if at < full || at > freed {
			say(at+9*ms, "INFO", "inventory", id, fmt.Sprintf("stock reserved for order %d", order))
			say(at+14*ms, "INFO", "gateway", id, "POST /orders 201 in 14 ms")
			continue
		}
		say(at+11*ms, "ERROR", "db", id, "write refused: read-only since 09:21:07, see "+culprit)
		say(at+15*ms, "ERROR", "inventory", id, "cannot reserve stock: database error")
		say(at+520*ms, "WARN", "orders", id, "inventory answered 500, trying again")
		say(at+1040*ms, "ERROR", "orders", id, "gave up on inventory after 2 attempts")
		say(at+1043*ms, "ERROR", "gateway", id, "POST /orders 502 in 1043 ms")
	}
	sort.SliceStable(lines, func(i, j int) bool { return lines[i].flushed < lines[j].flushed })
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.text + "\n")
	}
	return []byte(b.String())
}
