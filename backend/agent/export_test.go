package agent

// StepMessages are messages as the full view of a memory has them.
var StepMessages = stepMessages

// FreelyIn is Freely of a reply that comes in fragments.
func FreelyIn(fragments ...string) string {
	var f freely
	out := ""
	for _, s := range fragments {
		out += f.write(s)
	}
	return out + f.end()
}
