package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/tools"
	"sandglass/backend/workbench"
)

// App is the window's roof over the workbench: what JavaScript may call. Each method is one line; a panic becomes a
// fault, because Wails leaves the promise of a panicking method pending for ever.
type App struct {
	ctx  context.Context
	desk *workbench.Workbench
	fail error // why the workbench could not be opened; every call answers with it

	unsaved atomic.Bool // the window holds changes that closing would lose
}

// startup opens the workbench. Wails calls it when the window exists, so that a failure can be shown in it.
func (a *App) startup(ctx context.Context) {
	a.ctx = ctx
	hardenWebview()
	a.desk, a.fail = workbench.Open(workbench.Config{Version: version})
	if a.fail != nil {
		fmt.Fprintln(os.Stderr, "sandglass:", a.fail)
		return
	}
	events, _ := a.desk.Subscribe()
	go func() {
		for m := range events {
			runtime.EventsEmit(ctx, m.Name, m.Data)
		}
	}()
	runtime.OnFileDrop(ctx, func(_, _ int, paths []string) { a.dropped(paths) })
}

func (a *App) shutdown(context.Context) {
	if a.desk != nil {
		a.desk.Close()
	}
}

// SetUnsaved says whether the window holds changes that closing would lose.
func (a *App) SetUnsaved(unsaved bool) { a.unsaved.Store(unsaved) }

// beforeClose asks before unsaved changes are lost, and says whether the window shall stay. A dialog that cannot be shown
// does not hold it.
func (a *App) beforeClose(ctx context.Context) (stay bool) {
	if !a.unsaved.Load() {
		return false
	}
	answer, err := runtime.MessageDialog(ctx, runtime.MessageDialogOptions{
		Type: runtime.QuestionDialog, Title: "Close without saving?", Message: "What you changed is not saved, and would be lost. Close all the same?",
		Buttons: []string{"Yes", "No"}, DefaultButton: "No", CancelButton: "No", // for macOS; the others have these by themselves
	})
	return err == nil && answer != "Yes" // Escape means No
}

func (a *App) dropped(paths []string) {
	refs := make([]workbench.FileRef, len(paths))
	for i, p := range paths {
		refs[i].Path = p
	}
	if infos, err := a.InspectFiles(refs); err == nil {
		runtime.EventsEmit(a.ctx, "drop", infos)
	}
}

// on runs one call of the workbench.
func on[T any](a *App, call func(d *workbench.Workbench) (T, error)) (result T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Newf(fault.Internal, "Something in Sandglass broke: %v", p)
		}
	}()
	if a.fail != nil {
		return result, a.fail
	}
	if a.desk == nil {
		return result, fault.New(fault.Conflict, "Sandglass is still starting", "", "Try again in a moment.")
	}
	return call(a.desk)
}

func do(a *App, call func(d *workbench.Workbench) error) error {
	_, err := on(a, func(d *workbench.Workbench) (struct{}, error) { return struct{}{}, call(d) })
	return err
}

// Start begins a run.
func (a *App) Start(req workbench.StartRequest) (event.Run, error) {
	return on(a, func(d *workbench.Workbench) (event.Run, error) { return d.Start(req) })
}

// StartSample begins a run of a sample task.
func (a *App) StartSample(id string, model llm.Ref) (event.Run, error) {
	return on(a, func(d *workbench.Workbench) (event.Run, error) { return d.StartSample(id, model) })
}

// Stop ends a run.
func (a *App) Stop(run event.RunID) error {
	return do(a, func(d *workbench.Workbench) error { return d.Stop(run) })
}

// TryNow ends a run's wait for its model.
func (a *App) TryNow(run event.RunID) error {
	return do(a, func(d *workbench.Workbench) error { return d.TryNow(run) })
}

// Answer answers a run's question.
func (a *App) Answer(run event.RunID, answer string) error {
	return do(a, func(d *workbench.Workbench) error { return d.Answer(run, answer) })
}

// Steer tells a running agent something.
func (a *App) Steer(run event.RunID, call int64, text string) error {
	return do(a, func(d *workbench.Workbench) error { return d.Steer(run, call, text) })
}

// EditPlan puts another plan in the place of a running agent's.
func (a *App) EditPlan(run event.RunID, plan string) error {
	return do(a, func(d *workbench.Workbench) error { return d.EditPlan(run, plan) })
}

// UndoCompaction has a running agent's model told all steps whole again.
func (a *App) UndoCompaction(run event.RunID, call int64) error {
	return do(a, func(d *workbench.Workbench) error { return d.UndoCompaction(run, call) })
}

// Runs is a page of the history.
func (a *App) Runs(q workbench.RunQuery) (workbench.RunPage, error) {
	return on(a, func(d *workbench.Workbench) (workbench.RunPage, error) { return d.Runs(q) })
}

// Run is one row of it.
func (a *App) Run(id event.RunID) (event.Run, error) {
	return on(a, func(d *workbench.Workbench) (event.Run, error) { return d.Run(id) })
}

// RunEvents is a part of a run's log.
func (a *App) RunEvents(id event.RunID, after int64) (workbench.EventPage, error) {
	return on(a, func(d *workbench.Workbench) (workbench.EventPage, error) { return d.RunEvents(id, after) })
}

// DeleteRun deletes a run for good.
func (a *App) DeleteRun(id event.RunID) error {
	return do(a, func(d *workbench.Workbench) error { return d.DeleteRun(id) })
}

// VerifyRun executes a run's code again and says whether all is as it was.
func (a *App) VerifyRun(id event.RunID) (workbench.Verdict, error) {
	return on(a, func(d *workbench.Workbench) (workbench.Verdict, error) { return d.VerifyRun(id) })
}

// RunText is a run as text: its code as one script, or what its agents remember.
func (a *App) RunText(id event.RunID, form string) (string, error) {
	return on(a, func(d *workbench.Workbench) (string, error) { return d.RunText(id, form) })
}

// TagRun sets a run's tags.
func (a *App) TagRun(id event.RunID, tags []string) error {
	return do(a, func(d *workbench.Workbench) error { return d.TagRun(id, tags) })
}

// Artefact is a file that a run wrote.
func (a *App) Artefact(id event.RunID, name string) (workbench.ArtefactData, error) {
	return on(a, func(d *workbench.Workbench) (workbench.ArtefactData, error) { return d.Artefact(id, name) })
}

// Variable is a page of a variable, as it was after a piece of a run's code.
func (a *App) Variable(id event.RunID, q workbench.VariableQuery) (event.Page, error) {
	return on(a, func(d *workbench.Workbench) (event.Page, error) { return d.Variable(id, q) })
}

// Models lists the models of all providers.
func (a *App) Models() ([]workbench.ProviderModels, error) {
	return on(a, func(d *workbench.Workbench) ([]workbench.ProviderModels, error) { return d.Models() })
}

// TestProvider tries a provider.
func (a *App) TestProvider(p workbench.Provider, key string) (workbench.ProviderModels, error) {
	return on(a, func(d *workbench.Workbench) (workbench.ProviderModels, error) { return d.TestProvider(p, key) })
}

// PullModel downloads a model with Ollama.
func (a *App) PullModel(name string) (workbench.Job, error) {
	return on(a, func(d *workbench.Workbench) (workbench.Job, error) { return d.PullModel(name) })
}

// CheckModel finds out what a model can do for an agent.
func (a *App) CheckModel(model llm.Ref) (workbench.Job, error) {
	return on(a, func(d *workbench.Workbench) (workbench.Job, error) { return d.CheckModel(model) })
}

// Jobs are the downloads and checks.
func (a *App) Jobs() ([]workbench.Job, error) {
	return on(a, func(d *workbench.Workbench) ([]workbench.Job, error) { return d.Jobs() })
}

// CancelJob ends one of them.
func (a *App) CancelJob(id string) error {
	return do(a, func(d *workbench.Workbench) error { return d.CancelJob(id) })
}

// DismissJob forgets one that has ended.
func (a *App) DismissJob(id string) error {
	return do(a, func(d *workbench.Workbench) error { return d.DismissJob(id) })
}

// DeleteModel removes a model from Ollama's disk.
func (a *App) DeleteModel(model llm.Ref) error {
	return do(a, func(d *workbench.Workbench) error { return d.DeleteModel(model) })
}

// Settings are the user's.
func (a *App) Settings() (workbench.Settings, error) {
	return on(a, func(d *workbench.Workbench) (workbench.Settings, error) { return d.Settings() })
}

// SaveSettings keeps them.
func (a *App) SaveSettings(s workbench.Settings) error {
	return do(a, func(d *workbench.Workbench) error { return d.SaveSettings(s) })
}

// SetKey keeps a provider's key in the keyring.
func (a *App) SetKey(provider, key string) error {
	return do(a, func(d *workbench.Workbench) error { return d.SetKey(provider, key) })
}

// Agents are the saved agents.
func (a *App) Agents() ([]workbench.Agent, error) {
	return on(a, func(d *workbench.Workbench) ([]workbench.Agent, error) { return d.Agents() })
}

// SaveAgent creates or changes one.
func (a *App) SaveAgent(agent workbench.Agent) error {
	return do(a, func(d *workbench.Workbench) error { return d.SaveAgent(agent) })
}

// RenameAgent gives one another name.
func (a *App) RenameAgent(name, to string) error {
	return do(a, func(d *workbench.Workbench) error { return d.RenameAgent(name, to) })
}

// ExportAgent writes one as a file.
func (a *App) ExportAgent(name string) (workbench.AgentExport, error) {
	return on(a, func(d *workbench.Workbench) (workbench.AgentExport, error) { return d.ExportAgent(name) })
}

// ReadAgentFile looks at an exported one.
func (a *App) ReadAgentFile(path string) (workbench.AgentFile, error) {
	return on(a, func(d *workbench.Workbench) (workbench.AgentFile, error) { return d.ReadAgentFile(path) })
}

// ImportAgent keeps an exported one.
func (a *App) ImportAgent(path, name string, replace bool) (workbench.Agent, error) {
	return on(a, func(d *workbench.Workbench) (workbench.Agent, error) { return d.ImportAgent(path, name, replace) })
}

// DeleteAgent deletes one.
func (a *App) DeleteAgent(name string) error {
	return do(a, func(d *workbench.Workbench) error { return d.DeleteAgent(name) })
}

// Decide answers a permission card of a run.
func (a *App) Decide(run event.RunID, asked int64, allow bool, lasts event.Lasts) error {
	return do(a, func(d *workbench.Workbench) error { return d.Decide(run, asked, allow, lasts) })
}

// Permissions are the remembered decisions.
func (a *App) Permissions() ([]workbench.Permission, error) {
	return on(a, func(d *workbench.Workbench) ([]workbench.Permission, error) { return d.Permissions() })
}

// Revoke forgets one.
func (a *App) Revoke(kind, value, agent string) error {
	return do(a, func(d *workbench.Workbench) error { return d.Revoke(kind, value, agent) })
}

// Tools are those that agents may be given.
func (a *App) Tools() ([]tools.Spec, error) {
	return on(a, func(d *workbench.Workbench) ([]tools.Spec, error) { return d.Tools() })
}

// DefaultImports are the modules that every agent may import.
func (a *App) DefaultImports() ([]string, error) {
	return on(a, func(d *workbench.Workbench) ([]string, error) { return d.DefaultImports() })
}

// Packages are what Python has besides the standard library.
func (a *App) Packages() (workbench.PackageList, error) {
	return on(a, func(d *workbench.Workbench) (workbench.PackageList, error) { return d.Packages() })
}

// AddPackage adds a wheel from a file.
func (a *App) AddPackage(path string, everyone bool) (workbench.AddedPackage, error) {
	return on(a, func(d *workbench.Workbench) (workbench.AddedPackage, error) { return d.AddPackage(path, everyone) })
}

// SetPackage says whether all agents may import an added package.
func (a *App) SetPackage(name string, everyone bool) error {
	return do(a, func(d *workbench.Workbench) error { return d.SetPackage(name, everyone) })
}

// RemovePackage deletes an added package.
func (a *App) RemovePackage(name string) error {
	return do(a, func(d *workbench.Workbench) error { return d.RemovePackage(name) })
}

// Prompts are what a model would be told of an agent, saved or not.
func (a *App) Prompts(of workbench.Agent) ([]workbench.Prompt, error) {
	return on(a, func(d *workbench.Workbench) ([]workbench.Prompt, error) { return d.Prompts(of) })
}

// Samples are tasks to try.
func (a *App) Samples() ([]workbench.Sample, error) {
	return on(a, func(d *workbench.Workbench) ([]workbench.Sample, error) { return d.Samples() })
}

// InspectFiles looks at input files.
func (a *App) InspectFiles(refs []workbench.FileRef) ([]workbench.FileInfo, error) {
	return on(a, func(d *workbench.Workbench) ([]workbench.FileInfo, error) { return d.InspectFiles(refs) })
}

// Status is what works right now.
func (a *App) Status() (workbench.Status, error) {
	return on(a, func(d *workbench.Workbench) (workbench.Status, error) { return d.Status() })
}

// PickFiles opens the system's file dialog.
func (a *App) PickFiles() ([]workbench.FileInfo, error) {
	paths, err := runtime.OpenMultipleFilesDialog(a.ctx, runtime.OpenDialogOptions{Title: "Files for the task"})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "The file dialog could not be opened", err.Error(), "Drop the files on the window instead.")
	}
	refs := make([]workbench.FileRef, len(paths))
	for i, p := range paths {
		refs[i].Path = p
	}
	return a.InspectFiles(refs)
}

// PickWheels opens the system's file dialog for Python packages.
func (a *App) PickWheels() ([]workbench.FileInfo, error) {
	return a.pick("Python packages (pure Python wheels)", "Wheels (*.whl)", "*.whl", "Use `sandglass packages add FILE` instead.")
}

// PickAgentFiles opens the system's file dialog for exported agents.
func (a *App) PickAgentFiles() ([]workbench.FileInfo, error) {
	return a.pick("Exported agents", "Agents (*.json)", "*.json", "Use `sandglass agents import FILE` instead.")
}

func (a *App) pick(title, what, pattern, instead string) ([]workbench.FileInfo, error) {
	paths, err := runtime.OpenMultipleFilesDialog(a.ctx, runtime.OpenDialogOptions{
		Title: title, Filters: []runtime.FileFilter{{DisplayName: what, Pattern: pattern}},
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "The file dialog could not be opened", err.Error(), instead)
	}
	refs := make([]workbench.FileRef, len(paths))
	for i, p := range paths {
		refs[i].Path = p
	}
	return a.InspectFiles(refs)
}

// SaveAgentFile asks where to and writes an agent as a file. "" means that the user cancelled.
func (a *App) SaveAgentFile(name string) (string, error) {
	x, err := a.ExportAgent(name)
	if err != nil {
		return "", err
	}
	path, err := runtime.SaveFileDialog(a.ctx, runtime.SaveDialogOptions{Title: "Export " + name, DefaultFilename: x.File})
	if err != nil || path == "" {
		return "", err
	}
	return path, workbench.WriteFile(path, []byte(x.Text))
}

// OpenExternal opens a web address in the user's browser.
func (a *App) OpenExternal(address string) error {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fault.New(fault.Invalid, "Only web addresses can be opened", address, "")
	}
	runtime.BrowserOpenURL(a.ctx, u.String())
	return nil
}

// SaveArtefact asks where to and writes a file that a run made. "" means that the user cancelled.
func (a *App) SaveArtefact(run event.RunID, name string) (string, error) {
	data, err := a.Artefact(run, name)
	if err != nil {
		return "", err
	}
	options := runtime.SaveDialogOptions{Title: "Save " + data.Name, DefaultFilename: data.Name}
	if data.IsFigure() { // as a picture, if the name that is chosen ends so
		options.DefaultFilename = strings.TrimSuffix(data.Name, ".plotly.json") + ".png"
		options.Filters = []runtime.FileFilter{
			{DisplayName: "Picture (*.png)", Pattern: "*.png"}, {DisplayName: "Picture, sharp at every size (*.svg)", Pattern: "*.svg"},
			{DisplayName: "Figure of plotly (*.json)", Pattern: "*.json"},
		}
	}
	path, err := runtime.SaveFileDialog(a.ctx, options)
	if err != nil || path == "" {
		return "", err
	}
	content, err := data.SavedAs(a.ctx, path)
	if err != nil {
		return "", err
	}
	return path, workbench.WriteFile(path, content)
}
