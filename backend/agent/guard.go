package agent

import "crypto/sha256"

// The same code with the same result brings nothing new: at the second time the model is told, at the third the run
// stops looking for more and asks for the best answer.
const (
	nudgeAt = 2
	stopAt  = 3
)

const loopAdvice = "Note: you ran exactly this code before, with exactly this result. Do not repeat it: change your " +
	"approach, or give your best answer with final_answer(...)."

const callLoopAdvice = "Note: you made exactly these calls before, with exactly these results. Do not repeat them: change your " +
	"approach, or call final_answer with your best answer."

const answerLoopAdvice = "Note: you gave exactly this answer before, and it did not pass then either. Change the answer, or how you " +
	"come to it."

// loopGuard counts (code, result) pairs over the whole run: small models also go round in circles of two.
type loopGuard struct{ seen map[[32]byte]int }

// saw counts a pair and says how often it has come by now.
func (g *loopGuard) saw(code, result string) int {
	if g.seen == nil {
		g.seen = map[[32]byte]int{}
	}
	key := sha256.Sum256([]byte(code + "\x00" + withoutNumber(result)))
	g.seen[key]++
	return g.seen[key]
}
