package agent

import (
	"regexp"
	"strings"

	"sandglass/backend/llm"
	"sandglass/backend/tools"
)

// stops end a completion where a model begins to make up the observation itself.
var stops = []string{"\nObservation:", "\nCalling tools:"}

// Kind says what a reply is.
type Kind int

// The kinds of replies.
const (
	Code    Kind = iota // an action
	Prose               // words only: an answer that was not given through final_answer, perhaps
	Broken              // an action that cannot be run as it is
	Calling             // calls of tools
)

// Action is what a reply means.
type Action struct {
	Kind    Kind
	Thought string
	Code    string
	Calls   []llm.Call
	Mended  []string // what had to be put right, for a person to see
	Reason  string   // for Prose and Broken: what is wrong, for a person
	Advice  string   // for Prose and Broken: what the model is told
	Edited  bool     // a person wrote the code
}

// Read finds the action in a reply, as tolerantly as it can without guessing: models, the small ones above all, put
// their code in every kind of fence and tag. What was thought is never executed. parses says whether a text is
// Python. The cases are the table in read_test.go.
func Read(reply llm.Reply, specs []tools.Spec, parses func(string) bool) Action {
	text, mended := normalise(reply.Text)
	if calls := reply.Calls; len(calls) > 0 {
		return callAction(text, calls, specs, mended)
	}
	if cut := imitation.FindStringIndex(text); cut != nil {
		text, mended = text[:cut[0]], append(mended, "an observation that the model made up was cut off")
	}
	blocks, prose, open := codeBlocks(text)
	thought := cleanThought(prose)
	switch {
	case len(blocks) > 0:
		return blockAction(thought, blocks, open, reply.Finish, specs, parses, mended)
	case hasCalls(text):
		calls, rest := callsInText(text)
		if len(calls) == 0 {
			return broken("a tool call that could not be read", adviceUnreadableCall)
		}
		return callAction(cleanThought(rest), calls, specs, append(mended, "a tool call in the text was taken as Python"))
	case looksLikePython(text) && parses(text):
		return Action{Kind: Code, Code: strings.TrimSpace(text), Mended: append(mended, "the code had no fence")}
	}
	return Action{Kind: Prose, Thought: thought, Reason: "The reply holds no code", Advice: adviceProse}
}

func broken(reason, advice string) Action {
	return Action{Kind: Broken, Reason: "The reply holds " + reason, Advice: advice}
}

const (
	adviceProse = "Observation:\nYour reply held no Python code. If that was your final answer, give it by code:\n" +
		"```python\nfinal_answer(\"your answer\")\n```\nOtherwise write the next step as one ```python block."
	adviceUnclosed = "Observation:\nYour code block was not closed and the code in it is not complete, so nothing was run. " +
		"Write the whole code again, shorter, in one block that begins with ```python and ends with ```."
	adviceCutOff = "Observation:\nYour reply was cut off because it was too long, so nothing was run. Write less: a short " +
		"thought and a short code block, and leave the rest for the next step."
	adviceUnreadableCall = "Observation:\nYour tool call could not be read, so nothing was run. Call tools from Python, in one block:\n" +
		"```python\nresult = tool_name(argument=value)\nprint(result)\n```"
)

// normalise drops thinking and unifies line ends.
func normalise(text string) (string, []string) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	clean, thinking := splitThinking(text)
	if thinking != "" {
		return clean, []string{"thinking in the text was kept apart"}
	}
	return text, nil
}

// splitThinking parts a whole reply. Adapters do it while a reply streams; this is for servers that hide a thought
// where no adapter looks (inside a tool call's text, say).
func splitThinking(s string) (text, thinking string) {
	var splitter llm.ThinkSplitter
	text, thinking, took := splitter.Write(s)
	if took {
		thinking = strings.TrimSpace(thinking)
	}
	moreText, moreThinking, took := splitter.Close()
	if took {
		return moreText, text + thinking + moreThinking
	}
	return text + moreText, thinking + moreThinking
}

// imitation is where a model goes on with a conversation that did not happen.
var imitation = regexp.MustCompile(`(?m)^[ \t]*(?:\*\*)?(?:Observation|Observations|Calling tools|Execution logs|Last output from code snippet)(?:\*\*)?:`)

type block struct{ code string }

func blockAction(thought string, blocks []block, open bool, finish llm.Finish, specs []tools.Spec, parses func(string) bool, mended []string) Action {
	code, dropped := joinBlocks(blocks)
	if strings.TrimSpace(code) == "" {
		return broken("an empty code block", adviceProse)
	}
	if dropped {
		mended = append(mended, "a block that repeated an earlier one was left out")
	}
	if len(blocks) > 1 && !dropped {
		mended = append(mended, "several code blocks were joined")
	}
	if open {
		if !parses(code) {
			if finish == llm.FinishLength {
				return broken("code that was cut off at the limit of tokens", adviceCutOff)
			}
			return broken("a code block that is not closed, and not complete", adviceUnclosed)
		}
		mended = append(mended, "the code block was not closed")
	}
	if calls, _ := callsInText(code); len(calls) > 0 && isOnlyCalls(code) {
		return callAction(thought, calls, specs, append(mended, "a tool call in a code block was taken as Python"))
	}
	return Action{Kind: Code, Thought: thought, Code: code, Mended: mended}
}

// joinBlocks puts blocks together in order, unless a later one repeats an earlier one: some models show a draft
// first, or write the same block twice.
func joinBlocks(blocks []block) (code string, dropped bool) {
	var kept []string
	for _, b := range blocks {
		repeated := false
		for _, k := range kept {
			repeated = repeated || strings.TrimSpace(k) == strings.TrimSpace(b.code)
		}
		if repeated {
			dropped = true
			continue
		}
		kept = append(kept, b.code)
	}
	return strings.Join(kept, "\n\n"), dropped
}

// cleanThought is the prose around the code, without labels.
func cleanThought(prose string) string {
	prose = strings.TrimSpace(prose)
	prose = thoughtLabel.ReplaceAllString(prose, "")
	prose = codeLabel.ReplaceAllString(prose, "")
	return strings.TrimSpace(prose)
}

var (
	thoughtLabel = regexp.MustCompile(`(?i)^(?:\*\*)?thoughts?(?:\*\*)?\s*:(?:\*\*)?[ \t]*`)
	codeLabel    = regexp.MustCompile(`(?im)^[ \t]*(?:\*\*)?(?:code|action|python)(?:\*\*)?\s*:(?:\*\*)?[ \t]*$`)
	oneWord      = regexp.MustCompile(`^\s*[\w.'"!?-]+\s*$`)
	statement    = regexp.MustCompile(`(?m)^\s*(?:import |from \w+ import |def |class |for .+:|while .+:|if .+:|with .+:|try:|print\(|final_answer\(|[A-Za-z_][\w.\[\]"', ]*\s*(?:[-+*/|&]?=)[^=]|[A-Za-z_][\w.]*\()`)
)

// looksLikePython keeps one word or a sentence, which may well parse, from being run.
func looksLikePython(text string) bool {
	return !oneWord.MatchString(text) && statement.MatchString(text)
}
