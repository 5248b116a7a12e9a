package llmtest

import "sandglass/backend/llm/llmtest/tiny"

// SalesTask is the question that SalesLines answer.
const SalesTask = "Which region sold most, and by how much more than the second?"

// SalesLines are the lines of a code agent that answers SalesTask from a file in the variable `sales`, with columns
// region and amount: it looks, stumbles over the decimal comma, corrects itself and answers with what the code
// computed. The conversation is expected as the agent makes it: a first user message that begins with "Task:", and
// observations that begin with "Observation:".
func SalesLines() []tiny.Line {
	first := "Task:\nWhich region sold most"
	return []tiny.Line{
		{Last: first, Reply: "Thought: I look at the file first.\n```python\nlines = open(sales).read().splitlines()\nprint(len(lines), lines[0])\n```"},
		{First: first, Last: "Observation:\nPrinted:\n", Reply: "Thought: I add up the amounts.\n```python\nimport csv\ntotals = {}\n" +
			"for row in csv.DictReader(lines, delimiter=\";\"):\n    totals[row[\"region\"]] = totals.get(row[\"region\"], 0) + float(row[\"amount\"])\n```"},
		{First: first, Last: "Observation:\nError:", Reply: "Thought: The amounts have a decimal comma.\n```python\ntotals = {}\n" +
			"for row in csv.DictReader(lines, delimiter=\";\"):\n    totals[row[\"region\"]] = totals.get(row[\"region\"], 0) + float(row[\"amount\"].replace(\",\", \".\"))\n" +
			"[{\"region\": r, \"amount\": round(a, 2)} for r, a in sorted(totals.items(), key=lambda x: -x[1])]\n```"},
		{First: first, Last: "Observation:\nLast value:\n", Reply: "Thought: Now I can answer.\n```python\n" +
			"(a, x), (b, y) = sorted(totals.items(), key=lambda x: -x[1])[:2]\nfinal_answer(f\"{a} sold most, {x - y:.2f} more than {b}.\")\n```"},
	}
}

// CaseLines are the lines of a model that keeps the Contract.
func CaseLines() []tiny.Line {
	var lines []tiny.Line
	for _, c := range Cases() {
		text := c.Says.Text
		if c.Says.Thinking != "" {
			text = "<think>\n" + c.Says.Thinking + "\n</think>\n\n" + text
		}
		for i, call := range c.Says.Calls {
			if i > 0 {
				text += "\n"
			}
			text += "<tool_call>\n{\"name\": \"" + call.Name + "\", \"arguments\": " + string(call.Args) + "}\n</tool_call>"
		}
		lines = append(lines, tiny.Line{Last: c.Prompt(), Exact: true, Reply: text})
	}
	return lines
}
