package workbench

import (
	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/tools"
)

// Desk is the API, as the three roofs see it. Every error is a *fault.Error.
type Desk interface {
	RunDesk
	HistoryDesk
	ModelDesk
	AgentDesk
	SandboxDesk
	AppDesk
}

// RunDesk starts runs and speaks with them while they go on.
type RunDesk interface {
	Start(req StartRequest) (event.Run, error)
	StartSample(id string, model llm.Ref) (event.Run, error)
	Stop(run event.RunID) error
	TryNow(run event.RunID) error // ends the wait of a run that waits to ask its model again
	Answer(run event.RunID, answer string) error
	// Steer tells a running agent something, which it reads with its next step: the run's own agent (call 0), or one that it
	// called and that works, by the Seq of its AgentStarted.
	Steer(run event.RunID, call int64, text string) error
	UndoCompaction(run event.RunID, call int64) error                         // folded steps are told whole again, from the next call on
	EditPlan(run event.RunID, plan string) error                              // from the next step on; "" for no plan
	Decide(run event.RunID, asked int64, allow bool, lasts event.Lasts) error // asked is the Seq of the PermissionAsked
	Samples() ([]Sample, error)
	InspectFiles(refs []FileRef) ([]FileInfo, error)
}

// HistoryDesk is what is kept of runs.
type HistoryDesk interface {
	Runs(q RunQuery) (RunPage, error)
	Run(id event.RunID) (event.Run, error)
	RunEvents(id event.RunID, after int64) (EventPage, error)
	DeleteRun(id event.RunID) error
	VerifyRun(id event.RunID) (Verdict, error)
	RunText(id event.RunID, form string) (string, error) // "py", "memory", "memory-full": see Workbench.ExportRun
	TagRun(id event.RunID, tags []string) error
	Artefact(id event.RunID, name string) (ArtefactData, error) // by its name, or by its blob
	Variable(id event.RunID, q VariableQuery) (event.Page, error)
}

// ModelDesk is the servers of models, their models, and the work that goes on with them.
type ModelDesk interface {
	Models() ([]ProviderModels, error)
	TestProvider(p Provider, key string) (ProviderModels, error)
	PullModel(name string) (Job, error) // goes on with what is there already; a second call gives the same job
	CheckModel(model llm.Ref) (Job, error)
	Jobs() ([]Job, error) // newest first, those that ended since the start included
	CancelJob(id string) error
	DismissJob(id string) error // forgets one that has ended
	DeleteModel(model llm.Ref) error
	SetKey(provider, key string) error // "" deletes it
}

// AgentDesk is the saved agents.
type AgentDesk interface {
	Agents() ([]Agent, error)
	SaveAgent(a Agent) error
	RenameAgent(name, to string) error
	DeleteAgent(name string) error // of the built-in one, the changes
	ExportAgent(name string) (AgentExport, error)
	ReadAgentFile(path string) (AgentFile, error) // a look at it, before it is imported
	ImportAgent(path, name string, replace bool) (Agent, error)
	Prompts(a Agent) ([]Prompt, error) // what a model would be told of an agent, saved or not
	Tools() ([]tools.Spec, error)
}

// SandboxDesk is what agents' Python may use.
type SandboxDesk interface {
	Permissions() ([]Permission, error)
	Revoke(kind, value, agent string) error
	DefaultImports() ([]string, error)
	Packages() (PackageList, error)
	AddPackage(path string, everyone bool) (AddedPackage, error)
	SetPackage(name string, everyone bool) error
	RemovePackage(name string) error
}

// AppDesk is the app itself.
type AppDesk interface {
	Settings() (Settings, error)
	SaveSettings(s Settings) error
	Status() (Status, error)
}
