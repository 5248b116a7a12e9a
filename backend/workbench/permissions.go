package workbench

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/permit"
)

// Permission is a decision that was remembered for later runs.
type Permission struct {
	event.Scope
	Agent string `json:"agent,omitempty"` // "" for every agent
	Allow bool   `json:"allow"`
	At    int64  `json:"at"` // milliseconds since 1970
}

// Each permission is a setting of its own, so that the window and the command line can add to them at once.
const permissionKeys = "permission "

func permissionKey(s event.Scope, agent string) string {
	return permissionKeys + s.Kind + ":" + s.Value + " " + agent
}

// Permissions are the remembered decisions, newest first.
func (w *Workbench) Permissions() ([]Permission, error) { return w.permissions(w.base) }

func (w *Workbench) permissions(ctx context.Context) ([]Permission, error) {
	rows, err := w.store.SettingsUnder(ctx, permissionKeys)
	if err != nil {
		return nil, err
	}
	out := []Permission{}
	for _, data := range rows {
		var p Permission
		if json.Unmarshal(data, &p) == nil {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Permission) int {
		return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Agent, b.Agent))
	})
	return out, nil
}

// Revoke forgets a remembered decision: the next time it is asked again. Forgetting what is not there is no error.
func (w *Workbench) Revoke(kind, value, agent string) error {
	return w.store.DeleteSetting(w.base, permissionKey(event.Scope{Kind: kind, Value: value}, agent))
}

// remember keeps a decision, in place of those for the same scope that it contradicts or makes idle.
func (w *Workbench) remember(ctx context.Context, s event.Scope, agent string, allow bool) error {
	if agent == "" {
		all, err := w.permissions(ctx)
		if err != nil {
			return err
		}
		for _, p := range all {
			if p.Scope == s {
				if err := w.store.DeleteSetting(ctx, permissionKey(s, p.Agent)); err != nil {
					return err
				}
			}
		}
	}
	return w.store.SetSetting(ctx, permissionKey(s, agent), Permission{Scope: s, Agent: agent, Allow: allow, At: time.Now().UnixMilli()})
}

// remembered are the rules that hold for an agent's runs.
func (w *Workbench) remembered(ctx context.Context, agent string) ([]permit.Rule, error) {
	all, err := w.permissions(ctx)
	var out []permit.Rule
	for _, p := range all {
		if p.Agent == "" || p.Agent == agent {
			out = append(out, permit.Rule{Scope: p.Scope, Allow: p.Allow})
		}
	}
	return out, err
}

// Decide answers a card: asked is the Seq of the PermissionAsked. Faults: NotFound, Conflict (it is not asked, or was
// decided already), Invalid.
func (w *Workbench) Decide(run event.RunID, asked int64, allow bool, lasts event.Lasts) error {
	if !slices.Contains([]event.Lasts{event.Once, event.ThisRun, event.ForAgent, event.Always}, lasts) {
		return fault.Newf(fault.Invalid, "A permission cannot last %q", lasts)
	}
	w.mu.Lock()
	l := w.runs[run]
	w.mu.Unlock()
	if l == nil {
		return notHere(run)
	}
	if !l.gate.answer(asked, permit.Decision{Allow: allow, For: lasts, By: event.ByUser}) {
		return fault.New(fault.Conflict, "The run does not wait for this decision", "", "")
	}
	return nil
}
