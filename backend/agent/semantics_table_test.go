package agent_test

import (
	"strings"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// semantics are the behaviours of smolagents' agents.
var semantics = []behaviour{
	{
		name: "system prompt", shown: []string{"answers"},
		does: "tools as Python signatures with docstrings, authorized imports, instructions",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.system, "import only: math, json", "def final_answer(", "def double(n: int) -> int:", `"""Doubles a number.`)
		}),
	},
	{
		name: "memory to messages", shown: []string{"answers", "tools-parallel"},
		does: "system, task, then per step the reply, the calls, the observation or the error",
		ours: "the same, but an action is retold in the form that the system prompt teaches, however untidily it was written, and thinking never: " +
			"small models imitate what they see. Calls and results of tools keep their native form",
		holds: func(t *testing.T, c map[string]*conversation) {
			same(t, c["answers"].roles(), []llm.Role{llm.System, llm.User, llm.Assistant, llm.User})
			holdsText(t, c["answers"].prompt(), "Task:\nWhat is twice 21", "[assistant]\nThought: I call the tool.\n```python\nx = double(21)", "[user]\nObservation:\nPrinted:\n42")
			same(t, c["tools-parallel"].roles()[:6], []llm.Role{llm.System, llm.User, llm.Assistant, llm.Tool, llm.Assistant, llm.Tool})
		},
	},
	{
		name: "observation", shown: []string{"answers", "structured"},
		does: "`Execution logs:` and `Last output from code snippet:`",
		ours: "`Printed:` and `Last value:`, each only if there is one; code without output is told to print",
		holds: func(t *testing.T, c map[string]*conversation) {
			holdsText(t, c["answers"].prompt(), "Observation:\nPrinted:\n42")
			lacksText(t, c["answers"].prompt(), "Last value")
			holdsText(t, c["structured"].prompt(), "Observation:\nLast value:\n8")
		},
	},
	{
		name: "error feedback", shown: []string{"error-fed-back"},
		does: "what was printed before, the offending line, type and text of the error, and advice to try it another way",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), "Printed:\nkept is 1", "Error:\n", "line 4", "total = sum(values)", "TypeError: unsupported operand", "do not repeat the same code")
			answered(t, c, "4")
		}),
	},
	{
		name: "syntax error", shown: []string{"syntax-error"},
		does: "the line and the error; nothing was run",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), "line 3", `print("Failing due to unexpected indent")`, "IndentationError", "none of it was run")
			answered(t, c, "false")
		}),
	},
	{
		name: "state between steps", shown: []string{"state-kept"},
		does: "variables, functions and imports stay",
		ours: "the same, and classes; a step's failure undoes nothing, a step that was stopped is undone whole",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), "Last value:\n125")
			answered(t, c, "[125.66,31]")
		}),
	},
	{
		name: "several calls in one action", shown: []string{"calls-in-code"},
		does: "code may call tools in loops and under conditions",
		holds: only(func(t *testing.T, c *conversation) {
			var args []string
			for _, call := range all[event.ToolStarted](c) {
				args = append(args, call.Name+string(call.Args))
			}
			same(t, args, []string{`double{"n":1}`, `double{"n":3}`})
		}),
	},
	{
		name: "the first final_answer ends the run", shown: []string{"calls-in-code", "swallowed"},
		does: "in a loop or a function too; what stands behind it is not run",
		ours: "the same. Code with a bare `except` around it goes on, but the answer counts",
		holds: func(t *testing.T, c map[string]*conversation) {
			answered(t, c["calls-in-code"], "2")
			codes := all[event.CodeFinished](c["calls-in-code"])
			lacksText(t, codes[len(codes)-1].Stdout, "not reached")
			answered(t, c["swallowed"], `[1,null,{"a":true}]`)
		},
	},
	{
		name: "answers of any type", shown: []string{"swallowed", "displayed", "answer-arguments"},
		does: "any object; several arguments if the agent's own `final_answer` tool has them",
		ours: "any JSON value, table, image or figure. `final_answer` cannot be replaced (checks and a schema say what an answer must be); several named arguments become a dict",
		holds: func(t *testing.T, c map[string]*conversation) {
			same(t, jsonOf(t, all[event.RunFinished](c["swallowed"])[0].Answer), any([]any{1.0, nil, map[string]any{"a": true}}))
			same(t, all[event.RunFinished](c["displayed"])[0].Answer.Display, "displayed/step2-figure1.plotly.json")
			same(t, jsonOf(t, all[event.RunFinished](c["answer-arguments"])[0].Answer), any(map[string]any{"answer1": "1", "answer2": []any{2.0}}))
			holdsText(t, c["answer-arguments"].prompt(), "Error: final_answer() misses the argument")
		},
	},
	{
		name: "imports denied", shown: []string{"unauthorized-import"},
		does: "an error that names the module, and the list",
		ours: "the same; with a person at the screen, a card asks first",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), "import of 'subprocess' is not authorized. Authorized imports: json, math")
		}),
	},
	{
		name: "additional args", shown: []string{"named-values"},
		does: "variables of their names, and all of them printed behind the task",
		ours: "the same, each on a line, long ones cut: a table of a million rows is no prompt",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), "Task:\nTake the rate", "`rate` = 0.5", "`sales` = [{", "`note` = \"Remember this.\"")
			answered(t, c, "7.0")
		}),
	},
	{
		name: "images", shown: []string{"image"},
		does: "in the message of the task, and again behind every step",
		ours: "in the message of the task, which every call begins with; code finds them as files. A model without vision is an error before the run",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), "Task:\nWhat is on it?", "`photo`: '/input/photo.png'", "(image 5feceb66, image/png, 56 × 29)", "[assistant]")
			same(t, strings.Count(c.prompt(), "(image "), 1)
		}),
	},
	{
		name: "names of values in arguments of tool calls", shown: []string{"tools-named-values"},
		does: "a text that is the name of a value is replaced by it",
		ours: "stays a text: nobody can tell a name from a word that is the same. Python calls the tool with the value",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), `got the string "rate"`, "(result b, python, error false)\nPrinted:\n6")
		}),
	},
	{
		name: "step numbering", shown: []string{"steps-spent", "plan", "continued"},
		does: "from 1; planning and the last answer are no steps. Each `run` begins at 1 again",
		ours: "the same, but a run that goes on counts on: every step has a number of its own to go back to",
		holds: func(t *testing.T, c map[string]*conversation) {
			same(t, numbers(c["steps-spent"]), []int{1, 2})
			same(t, numbers(c["plan"]), []int{1, 2, 3})
			same(t, numbers(c["continued"]), []int{1, 2, 3, 4})
		},
	},
	{
		name: "max steps", shown: []string{"steps-spent"},
		does: "20; when they are spent, the model is asked once for its best answer, and the state is `max_steps_error`",
		ours: "the same; the status is `max_steps`. The request is added to the last message, the system prompt stays",
		holds: only(func(t *testing.T, c *conversation) {
			same(t, c.purposes(), []string{"1 act", "2 act", "2 concede"})
			holdsText(t, c.prompt(), "Printed:\n2", "You have used all your steps")
			if r := c.row(); r.Status != event.MaxSteps || r.Answer != "I could not find it; the best guess is 2." {
				t.Errorf("%+v", r)
			}
			same(t, all[event.RunStarted](play(t, "answers"))[0].MaxSteps, 20)
		}),
	},
	{
		name: "planning placement", shown: []string{"plan", "plan-tools"},
		does: "before step 1 and every N steps: facts and a plan",
		holds: func(t *testing.T, c map[string]*conversation) {
			same(t, c["plan"].purposes(), []string{"1 plan", "1 act", "2 act", "3 plan", "3 act", "3 concede"})
			same(t, c["plan-tools"].purposes(), []string{"1 plan", "1 act", "2 plan", "2 act", "3 plan", "3 act"})
		},
	},
	{
		name: "the plan in the prompt", shown: []string{"plan"},
		does: "as a message of the assistant, then `Now proceed and carry out this plan.`; old plans stay. A new plan is asked for without system prompt and old plans, and told how many steps are left",
		ours: "as part of the user's message at which it was made, and only the last one: roles alternate, and no old plan is kept to. A new one is asked for " +
			"with the same prompt as the steps (servers keep it), and told how many steps are left",
		holds: only(func(t *testing.T, c *conversation) {
			plans := c.prompts("plan")
			holdsText(t, plans[0], "Task:\nDouble 4 and 5.", "Before you act", "Facts:", "Plan:")
			lacksText(t, plans[0], "Steps left")
			holdsText(t, plans[1], "1. Double 4.", "This replaces the plan from before", "Steps left: 1.")
			acts := c.prompts("act")
			holdsText(t, acts[1], "[user]\nTask:", "Your plan (keep to it", "1. Double 4.", "[assistant]")
			holdsText(t, acts[2], "Printed:\n10", "Your plan (keep to it", "1. Answer.")
			lacksText(t, acts[2], "1. Double 4.")
		}),
	},
	{
		name: "final answer checks", shown: []string{"checks", "checks-spent", "checks-judge"},
		does: "functions; one that fails is an error that is fed back, and the run goes on. After max steps, the answer is not checked",
		ours: "types, ranges, patterns, schemas, Python expressions and a judging model, all reasons at once. The last answer is checked too, and what it does not meet is told",
		holds: func(t *testing.T, c map[string]*conversation) {
			var passed []bool
			for _, r := range all[event.AnswerChecked](c["checks"]) {
				passed = append(passed, r.Passed)
			}
			same(t, passed, []bool{false, false, true})
			answered(t, c["checks"], `{"n":4}`)
			holdsText(t, strings.Join(c["checks"].prompts("act"), ""), "The answer was not accepted:")
			if r := c["checks-spent"].row(); r.Status != event.MaxSteps || len(r.Unmet) != 1 {
				t.Errorf("%+v", r)
			}
			holdsText(t, strings.Join(c["checks-judge"].prompts("act"), ""), "No greeting at all.")
		},
	},
	{
		name: "multiple tool calls", shown: []string{"tools-parallel"},
		does: "in threads; results are sorted by their ids",
		ours: "at the same time, but for Python, whose state is one; results keep the order of the calls, and their ids: sorted ids are no order",
		holds: only(func(t *testing.T, c *conversation) {
			var order []string
			for _, e := range c.events[:12] {
				switch b := e.Body.(type) {
				case event.ToolStarted:
					order = append(order, "begin "+b.Name)
				case event.ToolFinished:
					order = append(order, "end "+b.Name)
				}
			}
			same(t, order, []string{"begin late", "begin double", "end double", "end late"})
			holdsText(t, c.prompt(), "(result a, late, error false)\nI was last", "(result b, double, error false)\n8", "(result c, python, error false)\nPrinted:\n10", "(result d, python, error false)")
		}),
	},
	{
		name: "final answer together with other calls", shown: []string{"tools-answer-with-others"},
		does: "an error; the calls were made. Several answers are an error as well",
		ours: "the same, but one answer that is given twice alike is one",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), "(result a, final_answer, error true)", "other tools were called in the same reply", "(result b, double, error false)\n8")
			answered(t, c, "8")
		}),
	},
	{
		name: "unknown tool", shown: []string{"tools-parallel", "tool-call-as-json"},
		does: "an error that lists the tools",
		ours: "the same; case and `-` for `_` are forgiven",
		holds: func(t *testing.T, c map[string]*conversation) {
			holdsText(t, c["tools-parallel"].prompt(), `There is no tool "google"; the tools are: final_answer, python, double`)
			same(t, all[event.ToolStarted](c["tools-parallel"])[1].Name, "double") // the model said Double
			holdsText(t, all[event.ReplyUnusable](c["tool-call-as-json"])[0].Advice, `no tool "google"; the tools are: final_answer, double`)
		},
	},
	{
		name: "wrong arguments, failing tools", shown: []string{"tools-parallel", "swallowed"},
		does: "an error that names the argument, or what the tool said",
		ours: "the same, per call: the others of a reply keep their results. Numbers as strings are coerced. In code it is an exception that can be caught",
		holds: func(t *testing.T, c map[string]*conversation) {
			holdsText(t, c["tools-parallel"].prompt(), `double() has no parameter "number"; it takes n`, "negative numbers cannot be doubled here")
			same(t, string(all[event.ToolStarted](c["tools-parallel"])[1].Args), `{"n":4}`)
			holdsText(t, c["swallowed"].prompt(), "caught: negative numbers cannot be doubled here")
		},
	},
	{
		name: "a reply without an action", shown: []string{"prose", "tools-in-text"},
		does: "a parsing error that shows the form, until the steps are spent",
		ours: "told once; the second time, the words are the answer: the model means it",
		holds: func(t *testing.T, c map[string]*conversation) {
			holdsText(t, c["prose"].prompt(), "held no Python code", "final_answer(\"your answer\")")
			answered(t, c["prose"], "As I said: Paris.")
			holdsText(t, c["tools-in-text"].prompt(), "could not be read", "held no tool call")
		},
	},
	{
		name: "tool calls in text", shown: []string{"tools-in-text", "tool-call-as-json"},
		does: "one JSON object in the reply",
		ours: "JSON objects and lists in all the forms that models write, code as a call of `python`; a model without native calls is asked to write them so",
		holds: func(t *testing.T, c map[string]*conversation) {
			var calls []string
			for _, made := range all[event.CallsMade](c["tools-in-text"]) {
				for _, call := range made.Calls {
					calls = append(calls, call.Name)
				}
			}
			same(t, calls, []string{"double", "late", "double", "python"})
			answered(t, c["tool-call-as-json"], `{"double":8}`)
		},
	},
	{
		name: "stop sequences", shown: []string{"imitated", "structured"},
		does: "`Observation:`, `Calling tools:` and the end of a code block",
		ours: "the first two, at the beginning of a line, and cut again on our side (some servers ignore them, some thoughts hold them); a second block is no harm",
		holds: func(t *testing.T, c map[string]*conversation) {
			same(t, all[event.ModelStarted](c["imitated"])[0].Stop, []string{"\nObservation:", "\nCalling tools:"})
			same(t, all[event.ModelStarted](c["structured"])[0].Stop, []string(nil)) // JSON escapes its line breaks
			answered(t, c["imitated"], "2")
		},
	},
	{
		name: "several code blocks", shown: []string{"thinking"},
		does: "joined",
		ours: "joined, but one that repeats an earlier one counts once",
		holds: only(func(t *testing.T, c *conversation) {
			same(t, all[event.CodeStarted](c)[0].Code, "x = 1\n\nx += 1")
		}),
	},
	{
		name: "code in thoughts", shown: []string{"thinking"},
		does: "is joined to the real code",
		ours: "is never run, and not told again",
		holds: only(func(t *testing.T, c *conversation) {
			answered(t, c, "[2,false]")
			lacksText(t, c.prompt(), "boom")
		}),
	},
	{
		name: "structured actions", shown: []string{"structured", "structured-refused"},
		does: "`{thought, code}` by a schema, with another system prompt",
		ours: "the same; a model that takes no schema gets the free form",
		holds: func(t *testing.T, c map[string]*conversation) {
			same(t, all[event.CodeStarted](c["structured"])[0].Thought, "I double it.")
			holdsText(t, c["structured"].system, `"thought"`, `"code"`)
			same(t, all[event.ModeChanged](c["structured-refused"])[0].To, event.ModeCode)
			answered(t, c["structured-refused"], "8")
		},
	},
	{
		name: "a model that fails", shown: []string{"empty-reply"},
		does: "`AgentGenerationError` ends the run",
		ours: "what may pass is tried again first, and an empty reply asked for once more; then the run has failed, and says what to do",
		holds: only(func(t *testing.T, c *conversation) {
			same(t, c.purposes(), []string{"1 act", "1 act"})
			if r := c.row(); r.Status != event.Failed || r.Fault.Do == "" {
				t.Errorf("%+v", r)
			}
		}),
	},
	{
		name: "token sums", shown: []string{"token-sums", "team"},
		does: "input and output of plans and actions; nothing if one of them is unknown",
		ours: "of every call, with judges, refused replies, called agents, and what the server had cached",
		holds: func(t *testing.T, c map[string]*conversation) {
			same(t, c["token-sums"].row().Usage, llm.Usage{Input: 100, Output: 10, Cached: 20})
			same(t, c["team"].row().Usage, llm.Usage{Input: 150, Output: 15})
			for _, one := range keys(c) {
				same(t, all[event.RunFinished](one)[0].Usage, one.row().Usage)
			}
		},
	},
	{
		name: "interrupt", shown: []string{"stopped"},
		does: "`interrupt()` raises before the next step",
		ours: "at once, in the middle of a token or of code; what was recorded stays",
		holds: only(func(t *testing.T, c *conversation) {
			same(t, c.ending.Kind(), "run_stopped")
			same(t, c.row().Status, event.Stopped)
			same(t, len(all[event.CodeFinished](c)), 1)
		}),
	},
	{
		name: "going on after an interrupt", shown: []string{"stopped-continued"},
		does: "`run(reset=False)`, with whatever the code had done by then",
		ours: "from the last whole step, with its state",
		holds: only(func(t *testing.T, c *conversation) {
			same(t, all[event.RunForked](c)[0].Step, 1)
			lacksText(t, c.prompt(), "while True")
			answered(t, c, "8")
		}),
	},
	{
		name: "continue", shown: []string{"continued"},
		does: "`run(task, reset=False)`: messages and state are kept, the task is a new message",
		ours: "the same, also weeks later and in another process. Tokens are those of the new part",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), "Task:\nDouble 4.", "The answer was given.", "New message from the user:\nTask:\nAnd three times that?", "`times` = 3")
			answered(t, c, "24")
			same(t, c.row().Usage, llm.Usage{Input: 7, Output: 3})
		}),
	},
	{
		name: "planning when a run goes on", shown: []string{"continued"},
		does: "at its first step, with the prompt for a new plan",
		ours: "the same, if there is a new message; without one, the plan goes on",
		holds: only(func(t *testing.T, c *conversation) {
			same(t, c.purposes(), []string{"1 plan", "1 act", "2 act", "3 plan", "3 act", "4 act"})
			holdsText(t, c.prompts("plan")[1], "And three times that?", "This replaces the plan from before", "Steps left: 2.")
			lacksText(t, c.prompts("act")[2], "1. Double 4.")
		}),
	},
	{
		name: "a run begins with nothing", shown: []string{"state-kept", "calls-in-code"},
		does: "`reset=True` empties the memory, but variables of the run before stay",
		ours: "a sandbox of its own for each run: nothing stays",
		holds: func(t *testing.T, c map[string]*conversation) {
			for _, one := range keys(c) { // both ran in this process, on one engine
				same(t, all[event.CodeFinished](one)[0].Variables.All, true)
			}
			lacksText(t, c["calls-in-code"].prompts("act")[0], "circle")
			same(t, all[event.CodeFinished](c["calls-in-code"])[0].Variables.Total, 2)
		},
	},
	{
		name: "managed agents", shown: []string{"team", "team-tools"},
		does: "called as functions or as tools, `name(task, additional_args)`; they are listed in the system prompt",
		ours: "the same, and `name(task, table=t)`; each with a model, tools, imports and a sandbox of its own. Tables and files can be passed",
		holds: func(t *testing.T, c map[string]*conversation) {
			holdsText(t, c["team"].system, "You can also give tasks to the agents of your team", "def summer(")
			holdsText(t, string(all[event.ToolStarted](c["team"])[0].Args), `"additional_args":{"numbers":[10,20]`)
			answered(t, c["team"], "36")
			same(t, all[event.CallsMade](c["team-tools"])[0].Calls[0].Name, "writer")
		},
	},
	{
		name: "managed agents' task and report", shown: []string{"team", "team-failures"},
		does: "`You're a helpful agent named …` with the three parts of an answer; `Here is the final answer from your managed agent …`. A summary of the work on demand",
		ours: "the same words, but a value, a table or a file stays one and is no report. Of spent steps the manager is told. There is no summary: the transcript has it, the manager need not",
		holds: func(t *testing.T, c map[string]*conversation) {
			brief := called[event.AgentStarted](c["team"])[0].Brief
			holdsText(t, brief, "You're a helpful agent named 'summer'", "Sum up the numbers", "### 1. Task outcome (short version)", "### 2.", "### 3.")
			same(t, called[event.AgentFinished](c["team"])[0].Text, "36")
			holdsText(t, all[event.CodeFinished](c["team"])[1].Stdout, "Here is the final answer from your managed agent 'summer':\nIt is in out.txt.")
			holdsText(t, c["team-failures"].prompt(), "'slow' used all its steps")
		},
	},
	{
		name: "managed agents that fail", shown: []string{"team-failures", "team-tools"},
		does: "an error for the manager, who may ask again or another one",
		holds: func(t *testing.T, c map[string]*conversation) {
			holdsText(t, c["team-failures"].prompt(), "ToolError: the agent wrong used all its steps, and its best answer does not meet")
			answered(t, c["team-failures"], "asked")
			holdsText(t, c["team-tools"].prompt(), "(result c3, broken, error true)")
		},
	},
	{
		name: "managed agents of managed agents", shown: []string{"team-failures"},
		does: "at any depth",
		ours: "at any depth up to a limit",
		holds: only(func(t *testing.T, c *conversation) {
			var names []string
			for _, a := range called[event.AgentStarted](c) {
				names = append(names, a.Name)
			}
			same(t, names, []string{"slow", "wrong", "boss", "clerk"})
		}),
	},
	{
		name: "managed agents' memory", shown: []string{"team-memory"},
		does: "each call begins anew, but for the variables",
		ours: "each call begins anew; a member that keeps its memory goes on with messages, variables and files",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), "Printed:\n5\n1", "Printed:\n[21, 'A', 'A', 'B']\nFalse")
		}),
	},
}
