package script

import (
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
)

// tableFile are the files that hold a table as text.
var tableFile = regexp.MustCompile(`(?i)\.(csv|tsv|tab|txt)$`)

// ranking answers "Which X sold most, and by how much more than the second?" from a CSV file: the sample's, or any
// other one. It looks at the head of the file first and picks the columns by what it sees.
func ranking(t talk) act {
	file := t.file(tableFile)
	if file == nil {
		return answer("The question is about a table, but no CSV file came with the task.",
			"I need a CSV file with the task to answer this: attach one and ask again.")
	}
	said, seen := t.last()
	wrong := failed(seen)
	switch {
	case strings.Contains(seen, "The code was stopped"):
		return answer("The step was stopped at a limit of the sandbox: the table is too large to be read at once.",
			"The table in "+file.path+" is too large for this demo, which reads it all at once and was stopped at a limit "+
				"of the sandbox. Raise the limits (in Settings, or with --memory and --step-timeout), give it a smaller table, or "+
				"use a language model, which can read it line by line.")
	case said == "":
		return lookAt(file, "utf-8-sig", fmt.Sprintf("I look at the first lines of %s before I compute with it.", file.path))
	case strings.Contains(wrong, "UnicodeDecodeError") && !t.ever("cp1252"):
		return lookAt(file, "cp1252", "The file is not UTF-8. I try the encoding that Windows programs use.")
	case strings.Contains(said, "final_answer"):
		return t.giveUp("The answer was not accepted.")
	}
	cols, ok := t.columns()
	if !ok {
		return t.giveUp("I did not find a header with a column of words and a column of numbers in " + file.path + ".")
	}
	switch {
	case strings.Contains(wrong, "ValueError") && strings.Contains(said, "float(row[") && !t.ever("def number"):
		return cols.addWithCare(wrong)
	case wrong != "":
		return t.giveUp("Something is in " + file.path + " that I did not expect.")
	case strings.Contains(said, "csv.reader("):
		return cols.add()
	case strings.Contains(said, "ranking = sorted("):
		return cols.conclude(seen)
	case t.ever("totals = {}"):
		return cols.compare("All values could be read as numbers. I sort the totals.", "")
	}
	return t.giveUp("I lost the thread.")
}

func lookAt(file *input, encoding, thought string) act {
	return act{thought, fmt.Sprintf(`
import csv

with open(%[1]s, encoding=%[2]s, newline="") as file:
    lines = file.read().splitlines()

print(len(lines), "lines")
for line in lines[:4]:
    print(line)

delimiter = max(";,\t|", key=lines[0].count)
header, *rows = csv.reader(lines, delimiter=delimiter)
rows = [dict(zip(header, row)) for row in rows if row]
`, file.name, quote(encoding))}
}

// columns are what is grouped and what is added up.
type columns struct{ group, value string }

// amounts are names of columns that hold what was sold, the likeliest first.
var amounts = []string{"amount", "revenue", "sales", "turnover", "umsatz", "betrag", "total", "price", "value", "profit", "quantity", "count"}

// columns reads the head of the file that the first step printed and picks: the column that the question names,
// else the first one with words; and of the columns with numbers the likeliest, else the last one.
func (t talk) columns() (columns, bool) {
	for _, seen := range t.seen {
		if c, ok := pickColumns(seen, strings.ToLower(t.task)); ok {
			return c, true
		}
	}
	return columns{}, false
}

var headStart = regexp.MustCompile(`(?m)^\d+ lines\r?$`)

func pickColumns(seen, question string) (c columns, ok bool) {
	at := headStart.FindStringIndex(seen)
	if at == nil {
		return c, false
	}
	head := strings.TrimLeft(seen[at[1]:], "\r\n")
	first, _, _ := strings.Cut(head, "\n")
	delimiter, most := ';', 0
	for _, d := range ";,\t|" {
		if n := strings.Count(first, string(d)); n > most {
			delimiter, most = d, n
		}
	}
	r := csv.NewReader(strings.NewReader(head))
	r.Comma, r.LazyQuotes = delimiter, true
	names, err := r.Read()
	if err != nil || most == 0 {
		return c, false
	}
	example, err := r.Read()
	if err != nil {
		return c, false
	}
	rank := len(amounts) + 1
	for i, name := range names {
		low := strings.ToLower(strings.TrimSpace(name))
		switch {
		case number.MatchString(example[i]):
			if n := likeliest(low); n < rank || n == len(amounts) {
				c.value, rank = name, min(n, rank)
			}
		case date.MatchString(example[i]):
		case c.group == "" || low != "" && strings.Contains(question, low) && !strings.Contains(question, strings.ToLower(c.group)):
			c.group = name
		}
	}
	return c, c.group != "" && c.value != ""
}

var (
	number = regexp.MustCompile(`^\s*[-+]?[€$£]?\s*\d[\d.,' ]*\s*[€$£%]?\s*$`)
	date   = regexp.MustCompile(`^\s*(\d{4}-\d\d?-\d\d?|\d\d?[./]\d\d?[./]\d{2,4})([T ][\d:.]+Z?)?\s*$`)
)

func likeliest(name string) int {
	for i, a := range amounts {
		if strings.Contains(name, a) {
			return i
		}
	}
	return len(amounts)
}

func (c columns) add() act {
	return act{
		fmt.Sprintf("A table with a header. I add up %s for each %s.", c.value, c.group),
		fmt.Sprintf(`
totals = {}
for row in rows:
    key = row[%[1]s]
    totals[key] = totals.get(key, 0) + float(row[%[2]s])
print(totals)
`, quote(c.group), quote(c.value))}
}

var badNumber = regexp.MustCompile(`could not convert string to float: (.{1,40})$`)

func (c columns) addWithCare(wrong string) act {
	thought := "Some values are no plain numbers. I read them with care and add up again."
	if m := badNumber.FindStringSubmatch(wrong); m != nil {
		thought = fmt.Sprintf("Python cannot read %s as a number. I accept both decimal commas and decimal points and add up again.", m[1])
		if strings.Contains(m[1], ",") {
			thought = fmt.Sprintf("The numbers have a decimal comma: Python cannot read %s. I convert them and add up again.", m[1])
		}
	}
	return c.compare(thought, fmt.Sprintf(`
import re

def number(text):
    """Reads 1234,50 as well as 1.234,50 and 1,234.50; an empty cell is 0."""
    text = re.sub(r"[^\d,.\-]", "", text)
    if text.rfind(",") > text.rfind("."):
        text = text.replace(".", "").replace(",", ".")
    return float(text.replace(",", "") or 0)

totals = {}
for row in rows:
    key = row[%[1]s]
    totals[key] = totals.get(key, 0) + number(row[%[2]s])
`, quote(c.group), quote(c.value)))
}

// compare shows the totals as a table, largest first, after the code that makes them (if they are not there yet).
func (c columns) compare(thought, before string) act {
	return act{thought, before + fmt.Sprintf(`
ranking = sorted(totals, key=totals.get, reverse=True)
whole = sum(totals.values())
[
    {%[1]s: key, %[2]s: round(totals[key], 2), "share in %%": round(100 * totals[key] / whole, 1)}
    for key in ranking
]
`, quote(c.group), quote(c.value))}
}

// firstRow finds the value of the first cell of a list of dicts, as repr shows it.
var firstRow = regexp.MustCompile(`\[\{(?:'[^']*'|"[^"]*"): (?:'([^']*)'|"([^"]*)")`)

// rows of a table as repr shows it: there is one "share in %" in each.
func shownRows(seen string) int { return strings.Count(seen, "share in %'") }

func (c columns) conclude(seen string) act {
	leader := "The first row"
	if m := firstRow.FindStringSubmatch(seen); m != nil {
		leader = m[1] + m[2]
	}
	if shownRows(seen) == 1 {
		return act{"There is only one " + c.group + ", so there is no second to compare with.",
			"first = ranking[0]\nfinal_answer(f\"{first} is the only one, with {totals[first]:,.2f}.\")"}
	}
	return act{leader + " leads. I work out the distance to the second and answer.", `
first, second = ranking[0], ranking[1]
lead = totals[first] - totals[second]
final_answer(
    f"{first} sold most: {totals[first]:,.2f}. "
    f"That is {lead:,.2f} ({lead / totals[second]:.1%}) more than {second} with {totals[second]:,.2f}."
)
`}
}
