package script

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// The demo with the real sandbox is tested where both are at hand (backend/workbench). Here: what it makes of a
// conversation.

const headSeen = "Observation:\nPrinted:\n1201 lines\ndate;region;product;quantity;amount\n2025-01-01;North;Scale;5;233,78\n2025-01-01;East;Grinder;1;128,13"

const salesTask = "Task:\nWhich region sold most, and by how much more than the second?\n\n" +
	"These Python variables are already set:\n- `sales`: '/input/sales.csv' (CSV, 41 kB, first lines:\n  date;region)"

// ask plays a conversation: task, then observations; the demo's own replies come in between. It gives the last one.
func ask(t *testing.T, req llm.Request, messages ...string) llm.Reply {
	t.Helper()
	m, err := NewDemo(0).Open(Tour)
	if err != nil {
		t.Fatal(err)
	}
	req.Messages = []llm.Message{llm.Say(llm.System, "You are an agent.")}
	var r llm.Reply
	for _, text := range messages {
		req.Messages = append(req.Messages, llm.Say(llm.User, text))
		if r, err = m.Generate(context.Background(), req, nil); err != nil {
			t.Fatal(err)
		}
		parts := []llm.Part{llm.Text{Text: r.Text}}
		for _, c := range r.Calls {
			parts = append(parts, c)
		}
		req.Messages = append(req.Messages, llm.Message{Role: llm.Assistant, Parts: parts})
	}
	return r
}

func TestDemoReacts(t *testing.T) {
	valueError := "Observation:\nError:\nTraceback (most recent call last):\n  line 4, in <module>\nValueError: could not convert string to float: '233,78'\nVariables set before the failing line are kept."
	table := "Observation:\nLast value:\n[{'region': 'North', 'amount': 150228.07, 'share in %': 30.2}, {'region': 'West', 'amount': 130998.82, 'share in %': 26.3}]"
	tests := []struct {
		name string
		seen []string
		want []string
	}{
		{"look first", []string{salesTask}, []string{"Thought: ", "```python\n", "open(sales,", "utf-8-sig"}},
		{"own name and path", []string{strings.NewReplacer("`sales`", "`my_2024`", "sales.csv", "my 2024.CSV").Replace(salesTask)}, []string{"open(my_2024,", "/input/my 2024.CSV"}},
		{"not UTF-8", []string{salesTask, "Observation:\nError:\nTraceback\nUnicodeDecodeError: 'utf-8' codec"}, []string{"cp1252"}},
		{"naive sum", []string{salesTask, headSeen}, []string{`float(row["amount"])`, `row["region"]`}},
		{"decimal comma", []string{salesTask, headSeen, valueError}, []string{"'233,78'", "def number", `replace(",", ".")`}},
		{"no error", []string{salesTask, headSeen, "Observation:\nPrinted:\n{'North': 1.0}"}, []string{"ranking = sorted", "share in %"}},
		{"answer", []string{salesTask, headSeen, valueError, table}, []string{"North leads", "final_answer(", "totals[first]"}},
		{"one group", []string{salesTask, headSeen, valueError, "Observation:\nLast value:\n[{'region': 'North', 'amount': 1.0, 'share in %': 100.0}]"}, []string{"only one region"}},
		{"no table", []string{salesTask, "Observation:\nPrinted:\n1 lines\nhello"}, []string{"final_answer(", "did not find a header"}},
		{"killed", []string{salesTask, headSeen, "Observation:\nThe code was stopped: it ran longer than the time limit."}, []string{"final_answer(", "too large for this demo"}},
		{"no file", []string{"Task:\nWhich region sold most?"}, []string{"final_answer(", "attach one"}},
		{"steps spent", []string{salesTask, headSeen, "You have used all your steps. Answer in words, without code."}, []string{"I had not finished", "North;Scale"}},
		{"another task", []string{"Task:\nWrite a poem."}, []string{"final_answer(", "not a language model", "ollama pull"}},
		{"savings", []string{"Task:\nI have 2,500 and save 750.50 each month at 3.5 percent. When is it a million?"}, []string{"months_to_goal(2500, 750.50, 3.5, history)"}},
		{"never a million", []string{"I save 1 a month, when 1 million?", "Observation:\nPrinted:\nreached: False after 2400 months"}, []string{"final_answer(", "Never"}},
		{"log", []string{"Task:\nUntangle the log\n- `shop`: '/input/shop.log' (text)"}, []string{"open(shop,", "Counter("}},
		{"log without ids", []string{"Task:\nUntangle the log\n- `shop`: '/input/shop.log'", "Observation:\n3 lines", "Observation:\nPrinted:\n0 of 3 lines read, 0 ids with errors"}, []string{"no errors with correlation ids"}},
		{"log without pointer", []string{"Task:\nUntangle the log\n- `shop`: '/input/shop.log'", "Observation:\n3 lines", "Observation:\nPrinted:\n3 of 3 lines read, 1 ids with errors"}, []string{"the earliest is my answer"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := ask(t, llm.Request{}, tt.seen...)
			for _, want := range tt.want {
				if !strings.Contains(r.Text, want) {
					t.Errorf("reply lacks %q:\n%s", want, r.Text)
				}
			}
			if strings.Contains(r.Text, "```python") && !strings.HasSuffix(r.Text, "\n```") {
				t.Errorf("the block is not closed:\n%s", r.Text)
			}
		})
	}
}

func TestDemoEndsEventually(t *testing.T) {
	turns := []string{salesTask}
	for range 12 {
		turns = append(turns, "Observation:\nnothing")
	}
	if r := ask(t, llm.Request{}, turns...); !strings.Contains(r.Text, "final_answer(") {
		t.Error(r.Text)
	}
}

func TestDemoSecondTask(t *testing.T) {
	r := ask(t, llm.Request{}, "Task:\nWrite a poem.", "Observation:\nok", "Task:\nI save money. How long until a million?")
	if !strings.Contains(r.Text, "months_to_goal(10000, 500, 5, history)") {
		t.Error(r.Text)
	}
}

func TestDemoForms(t *testing.T) {
	r := ask(t, llm.Request{Format: json.RawMessage(`{"type":"object"}`)}, salesTask)
	var step struct{ Thought, Code string }
	if err := json.Unmarshal([]byte(r.Text), &step); err != nil || step.Thought == "" || !strings.Contains(step.Code, "open(sales") {
		t.Errorf("structured: %v %s", err, r.Text)
	}
	r = ask(t, llm.Request{Tools: []llm.ToolSpec{{Name: "final_answer"}, {Name: "python"}}}, salesTask, headSeen)
	if len(r.Calls) != 1 || r.Calls[0].Name != "python" || !strings.Contains(string(r.Calls[0].Args), "float(row[") || r.Finish != llm.FinishTools {
		t.Errorf("with tools: %+v", r)
	}
	r = ask(t, llm.Request{Tools: []llm.ToolSpec{{Name: "final_answer"}}}, salesTask)
	if len(r.Calls) != 1 || r.Calls[0].Name != "final_answer" {
		t.Errorf("without python: %+v", r)
	}
}

func TestDemoStopsMidStream(t *testing.T) {
	m, err := NewDemo(ReadingPace).Open("")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	_, err = m.Generate(ctx, llm.Request{Messages: []llm.Message{llm.Say(llm.User, salesTask)}}, func(llm.Delta) {
		if n++; n == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || n != 3 {
		t.Errorf("%d fragments, %v", n, err)
	}
}

func TestDemoOpen(t *testing.T) {
	if _, err := NewDemo(0).Open("gpt-9"); !fault.Is(err, fault.ModelNotFound) {
		t.Error(err)
	}
	infos, err := NewDemo(0).List(context.Background())
	if err != nil || len(infos) != 1 || infos[0].Ref != "demo/tour" {
		t.Errorf("%+v %v", infos, err)
	}
}

func FuzzDemo(f *testing.F) {
	f.Add(salesTask, headSeen)
	f.Add("Task:\nUntangle the log: error\n- `a`: '/input/a.log'", "Observation:\nsee x")
	f.Add("save a million 5 %", "Error:\n")
	f.Fuzz(func(t *testing.T, task, seen string) {
		ask(t, llm.Request{}, task, seen, seen, seen)
	})
}

func TestSamplesAreComplete(t *testing.T) {
	for _, s := range Samples() {
		if s.ID == "" || s.Title == "" || s.Text == "" || s.Task == "" {
			t.Errorf("%+v", s)
		}
		for _, f := range s.Files {
			if len(f.Data) == 0 {
				t.Errorf("%s: %s is empty", s.ID, f.Name)
			}
		}
	}
}
