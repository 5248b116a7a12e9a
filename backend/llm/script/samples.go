package script

import _ "embed"

// Sample is a task that shows what an agent does. It runs with the demo or with any real model.
type Sample struct {
	ID    string // stable: "sales", "savings", "log"
	Title string
	Text  string // one sentence for the card on the home screen
	Task  string
	Files []File
}

// File is an embedded input file. Its variable in Python is named after it: sales.csv is `sales`.
type File struct {
	Name string
	Data []byte // do not change
}

// The files are made by samples_test.go: go test ./backend/llm/script -update
var (
	//go:embed samples/sales.csv
	salesCSV []byte
	//go:embed samples/shop.log
	shopLog []byte
)

// Samples are the three tasks that the demo knows, in the order in which they are offered.
func Samples() []Sample {
	return []Sample{
		{
			ID:    "sales",
			Title: "Which region sold most?",
			Text:  "Reads a table of 1,200 sales, runs into decimal commas, and recovers.",
			Task:  "Which region sold most, and by how much more than the second?",
			Files: []File{{"sales.csv", salesCSV}},
		},
		{
			ID:    "savings",
			Title: "How long until 1 million?",
			Text:  "Simulates a savings plan month by month and compares variants.",
			Task:  "I have 10,000 and save 500 a month at 5 % interest a year. How long until I have 1 million?",
		},
		{
			ID:    "log",
			Title: "Untangle the log",
			Text:  "Follows correlation ids through a chain of failures to the error that started it.",
			Task:  "Untangle the log: many requests failed that morning. Which error started it, and how many requests failed because of it?",
			Files: []File{{"shop.log", shopLog}},
		},
	}
}
