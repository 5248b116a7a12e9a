package workbench

import (
	"context"
	"net"
	"net/url"
	"time"

	"sandglass/backend/agent"
	"sandglass/backend/llm"
	"sandglass/backend/llm/ollama"
	"sandglass/backend/machine"
)

// elsewhereContext is the largest context that is chosen where the memory is not known: on another computer, or for a
// model that does not tell what a token costs.
const elsewhereContext = 32_768

// room is how an agent learns how large a context its model can have; nil for providers whose servers decide that.
func (w *Workbench) room(spec *Spec, ref llm.Ref, s Settings) agent.Room {
	if spec.With != nil {
		return nil
	}
	name, id := ref.Split()
	p, err := spec.provider(name, s)
	if err != nil || p.Kind != KindOllama {
		return nil
	}
	o, err := ollama.New(p.BaseURL, w.net.pick(spec.Offline))
	if err != nil {
		return nil
	}
	return func(ctx context.Context) (llm.Room, bool) {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		room, size, ours, err := o.Room(ctx, id)
		if err != nil {
			return room, false // the call of the model that follows says why
		}
		if ours {
			memory := int64(0)
			if onThisComputer(p.BaseURL) {
				memory = machine.Memory()
				if memory == 0 {
					memory = usualMemory
				}
			}
			room.Fits = fitting(room, size, memory)
		}
		return room, true
	}
}

// usualMemory is assumed where the memory cannot be told, in bytes.
const usualMemory = 16e9

// fitting is the largest context that a memory has room for, in tokens, beside a model of the given size and 3 GB for
// everything else that runs. memory 0: not known. It is never less than what Ollama takes by itself: 4,096.
func fitting(room llm.Room, size, memory int64) int {
	fits := int64(elsewhereContext)
	if memory > 0 && room.PerToken > 0 {
		fits = (memory - 3e9 - size*11/10) / room.PerToken
		fits -= fits % 1024
	}
	return int(min(max(fits, 4096), int64(room.Most)))
}

// onThisComputer says whether an address is this computer's own.
func onThisComputer(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}
