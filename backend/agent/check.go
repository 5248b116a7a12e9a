package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/tools"
)

// ValidCheck says what is wrong with a check, before a run meets it.
func ValidCheck(c event.Check) error {
	var err error
	switch c.Kind {
	case event.CheckType:
		if !typeName.MatchString(c.Value) {
			err = fmt.Errorf("name a type: number, integer, text, boolean, list, dict, table")
		}
	case event.CheckNotEmpty:
	case event.CheckRange:
		_, _, err = parseRange(c.Value)
	case event.CheckRegex:
		_, err = regexp.Compile(c.Value)
	case event.CheckSchema:
		_, err = tools.ParseSchema([]byte(c.Value))
	case event.CheckPython, event.CheckJudge:
		if strings.TrimSpace(c.Value) == "" {
			err = fmt.Errorf("it is empty")
		}
	default:
		return fmt.Errorf("there is no check %q; the checks are type, not_empty, range, regex, schema, python, judge", c.Kind)
	}
	if c.Model != "" && c.Kind != event.CheckJudge {
		err = fmt.Errorf("only a judge has a model")
	}
	if err != nil {
		return fmt.Errorf("the check %s cannot be used: %w", c.Kind, err)
	}
	return nil
}

var typeName = regexp.MustCompile(`^[A-Za-z_][\w.]*$`)

// parseRange reads "0..1", "0.." and "..1"; a bound that is left out is nil.
func parseRange(s string) (low, high *float64, err error) {
	a, b, ok := strings.Cut(s, "..")
	if !ok || strings.TrimSpace(a+b) == "" {
		return nil, nil, fmt.Errorf("%q is no range: write 0..1, 0.. or ..1", s)
	}
	for _, side := range []struct {
		text string
		to   **float64
	}{{a, &low}, {b, &high}} {
		if strings.TrimSpace(side.text) == "" {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(side.text), 64)
		if err != nil {
			return nil, nil, fmt.Errorf("%q is no number", side.text)
		}
		*side.to = &n
	}
	if low != nil && high != nil && *low > *high {
		return nil, nil, fmt.Errorf("%q begins above its end", s)
	}
	return low, high, nil
}

// check holds an answer against the agent's checks, and records what came of it. It gives those that are not met, in
// words; the model was told then.
func (r *run) check(ctx context.Context, span int64, answer *event.Value) ([]string, error) {
	if len(r.agent.Checks) == 0 {
		return nil, nil
	}
	done := event.AnswerChecked{Passed: true}
	var unmet []string
	for _, c := range r.agent.Checks {
		if c.Kind == event.CheckJudge && !done.Passed {
			continue // what fails anyway need not be judged
		}
		why, err := r.unmet(ctx, span, c, answer)
		if err != nil {
			return nil, err
		}
		done.Results = append(done.Results, event.CheckResult{Check: c, Passed: why == "", Why: why})
		if why != "" {
			done.Passed = false
			unmet = append(unmet, why)
		}
	}
	if !done.Passed {
		done.Advice = "The answer was not accepted:\n- " + strings.Join(unmet, "\n- ") + "\nCorrect it, and give the answer again."
	}
	if _, err := r.record(ctx, span, done); err != nil || done.Passed {
		return nil, err
	}
	return unmet, nil
}

// unmet says why an answer does not meet a check, or "".
func (r *run) unmet(ctx context.Context, span int64, c event.Check, answer *event.Value) (string, error) {
	switch c.Kind {
	case event.CheckPython:
		return r.pythonUnmet(ctx, c.Value, answer)
	case event.CheckJudge:
		return r.judge(ctx, span, c, answer)
	}
	return plainUnmet(c, answer), nil
}

// requirement says in words what a check wants; it follows "must".
func requirement(c event.Check) string {
	switch c.Kind {
	case event.CheckType:
		return "be of the type " + c.Value
	case event.CheckNotEmpty:
		return "not be empty"
	case event.CheckRange:
		low, high, err := parseRange(c.Value)
		switch {
		case err != nil:
			return "be a number in " + c.Value
		case low == nil:
			return fmt.Sprintf("be a number of at most %g", *high)
		case high == nil:
			return fmt.Sprintf("be a number of at least %g", *low)
		}
		return fmt.Sprintf("be a number from %g to %g", *low, *high)
	case event.CheckRegex:
		return "match, as text, the regular expression " + c.Value
	case event.CheckSchema:
		return "fit the JSON schema " + cutMiddle(c.Value, 2000)
	case event.CheckPython:
		return "make this Python expression true: " + c.Value
	}
	return "meet this condition: " + c.Value
}

// plainUnmet are the checks that need nothing but the value.
func plainUnmet(c event.Check, v *event.Value) string {
	var got any
	known := len(v.JSON) > 0 && json.Unmarshal(v.JSON, &got) == nil
	is := "It must " + requirement(c) + "; it is " + describeValue(v) + "."
	switch c.Kind {
	case event.CheckType:
		if !isType(c.Value, v, got, known) {
			return is
		}
	case event.CheckNotEmpty:
		if emptyValue(got, known) {
			return is
		}
	case event.CheckRange:
		low, high, err := parseRange(c.Value)
		n, isNumber := got.(float64)
		if err != nil || !isNumber || (low != nil && n < *low) || (high != nil && n > *high) {
			return is
		}
	case event.CheckRegex:
		re, err := regexp.Compile(c.Value)
		if err != nil || !re.MatchString(AnswerText(v)) {
			return is
		}
	case event.CheckSchema:
		schema, err := tools.ParseSchema([]byte(c.Value))
		if err == nil {
			err = schema.Validate(v.JSON)
		}
		if err != nil {
			return fmt.Sprintf("It must %s\n  It does not: %v.", requirement(c), err)
		}
	}
	return ""
}

func describeValue(v *event.Value) string {
	if v.Type == "str" {
		return "the text " + strconv.Quote(cutMiddle(AnswerText(v), 200))
	}
	return fmt.Sprintf("%s (%s)", cutMiddle(v.Repr, 200), v.Type)
}

// isType knows the words that people use, and the names of Python types.
func isType(name string, v *event.Value, got any, known bool) bool {
	n, number := got.(float64)
	switch strings.ToLower(name) {
	case "number", "float":
		return number
	case "integer", "int":
		return number && n == float64(int64(n))
	case "text", "string", "str":
		_, ok := got.(string)
		return ok
	case "boolean", "bool":
		_, ok := got.(bool)
		return ok
	case "list", "array":
		_, ok := got.([]any)
		return ok
	case "dict", "object":
		_, ok := got.(map[string]any)
		return ok
	case "table":
		return v.Table != nil
	case "none", "null":
		return known && got == nil
	}
	return v.Type == name
}

func emptyValue(got any, known bool) bool {
	switch v := got.(type) {
	case nil:
		return known // what has no JSON form is something
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func (r *run) pythonUnmet(ctx context.Context, expr string, answer *event.Value) (string, error) {
	value := answer.JSON
	if r.object {
		value = nil
	}
	ok, bad, err := r.session.Holds(ctx, expr, value)
	switch {
	case err != nil:
		return "", err
	case bad != nil:
		return fmt.Sprintf("It must make this Python expression true: %s\n  Evaluated, that raised %s: %s.", expr, bad.Type, bad.Message), nil
	case !ok:
		return fmt.Sprintf("It must make this Python expression true: %s\n  For %s it is not.", expr, describeValue(answer)), nil
	}
	return "", nil
}

const judgePrompt = "You judge whether the answer to a task meets a condition. Look at nothing but the condition, and go by what you are " +
	"given. First write in one or two sentences what speaks for and against it. Then write, as the last line, PASSED or FAILED."

// verdict is the last of the two words in a reply.
var verdict = regexp.MustCompile(`(?i)\b(passed|failed)\b`)

// judge asks the check's model, or the run's, without what it did: it sees the task, the answer and the condition.
func (r *run) judge(ctx context.Context, span int64, c event.Check, answer *event.Value) (string, error) {
	condition := c.Value
	about := "Answer:\n" + cutMiddle(AnswerText(answer), maxLogs) + "\n\nCondition:\n" + condition
	reply, err := r.ask(ctx, span, event.ModelStarted{Purpose: purposeJudge, Model: c.Model, About: about})
	if err != nil {
		return "", err
	}
	text, _ := normalise(reply.Text)
	words := verdict.FindAllStringIndex(text, -1)
	if len(words) == 0 {
		return fmt.Sprintf("It must meet this condition: %s\n  A judge could not say whether it does.", condition), nil
	}
	last := words[len(words)-1]
	if strings.EqualFold(text[last[0]:last[1]], "passed") {
		return "", nil
	}
	reason := strings.TrimSpace(text[:last[0]])
	return fmt.Sprintf("It must meet this condition: %s\n  A judge says: %s", condition, cutMiddle(strings.Trim(reason, " *#\n"), 1000)), nil
}

// checked folds a verdict: a refused answer is told to the model, after what it did to give it.
func (m *Memory) checked(b event.AnswerChecked) {
	if b.Passed {
		return
	}
	if m.reply == "" { // the answer came by code or by a call, which is told already
		m.more(b.Advice)
		return
	}
	m.say(llm.Assistant, m.reply)
	m.say(llm.User, observed(b.Advice))
	m.reply = ""
}
