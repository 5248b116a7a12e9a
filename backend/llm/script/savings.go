package script

import (
	"fmt"
	"regexp"
	"strings"
)

// plan is what the savings task says, as Python numbers.
type plan struct{ start, monthly, percent string }

var (
	percentIn = regexp.MustCompile(`(?i)(\d+(?:\.\d+)?)\s*(?:%|percent)`)
	monthlyIn = regexp.MustCompile(`(?i)(\d[\d,]*(?:\.\d+)?)\s*(?:€|\$|euros?|dollars?)?\s*(?:a|per|each|every)\s+month`)
	startIn   = regexp.MustCompile(`(?i)(?:have|start(?:ing)? with|begin(?:ning)? with)\s*[€$]?\s*(\d[\d,]*(?:\.\d+)?)`)
)

// readPlan finds the numbers in the task; what it does not find is as in the sample.
func readPlan(task string) plan {
	find := func(re *regexp.Regexp, otherwise string) string {
		if m := re.FindStringSubmatch(task); m != nil {
			if s := strings.TrimLeft(strings.ReplaceAll(m[1], ",", ""), "0"); s != "" && s[0] != '.' {
				return s
			}
			return "0"
		}
		return otherwise
	}
	return plan{find(startIn, "10000"), find(monthlyIn, "500"), find(percentIn, "5")}
}

// savings simulates a savings plan month by month until there is a million.
func savings(t talk) act {
	p := readPlan(t.task)
	said, seen := t.last()
	switch {
	case failed(seen) != "":
		return t.giveUp("The simulation failed.")
	case said == "":
		return act{
			fmt.Sprintf("I simulate it month by month: %s at the start, %s each month, %s %% a year. I note the balance every five years.", p.start, p.monthly, p.percent),
			fmt.Sprintf(`
GOAL = 1_000_000

def months_to_goal(start, monthly, percent, history=None):
    """Months until GOAL, and what was paid in; at most 200 years."""
    balance = paid = start
    month = 0
    while balance < GOAL and month < 2400:
        month += 1
        balance += balance * percent / 100 / 12
        balance += monthly
        paid += monthly
        if history is not None and month %% 60 == 0:
            history.append({"year": month // 12, "balance": round(balance), "of that interest": round(balance - paid)})
    return month, balance, paid

history = []
months, balance, paid = months_to_goal(%s, %s, %s, history)
print("reached:", balance >= GOAL, "after", months, "months")
history
`, p.start, p.monthly, p.percent)}
	case strings.Contains(seen, "reached: False"):
		return act{"It does not get there. I say so.", `final_answer(f"Never, or not within 200 years: the balance is then {balance:,.0f}.")`}
	case strings.Contains(said, "history = []"):
		return act{"That is the answer. I also want to see how much difference it makes to save more, or to find better interest.",
			fmt.Sprintf(`
plans = [(%[1]s, %[2]s), (%[1]s * 1.5, %[2]s), (%[1]s * 2, %[2]s), (%[1]s, %[2]s + 1), (%[1]s, %[2]s + 2)]
variants = []
for monthly, percent in plans:
    n, _, _ = months_to_goal(%[3]s, monthly, percent)
    variants.append({"monthly": monthly, "interest in %%": percent, "years": round(n / 12, 1)})
variants
`, p.monthly, p.percent, p.start)}
	case strings.Contains(said, "variants = []"):
		return act{"Now I can answer, with the share that is interest and what doubling the rate of saving would bring.", `
years, rest = divmod(months, 12)
interest = balance - paid
final_answer(
    f"It takes {years} years and {rest} months. You then have {balance:,.0f}: "
    f"{paid:,.0f} paid in and {interest:,.0f} ({interest / balance:.0%}) interest. "
    f"Twice the monthly amount would take {variants[2]['years']} years."
)
`}
	}
	return t.giveUp("The answer was not accepted.")
}
