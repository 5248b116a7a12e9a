package workbench

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/llm/retry"
	"sandglass/backend/sandbox"
)

const settingsKey = "settings"

var (
	importPattern   = regexp.MustCompile(`^(\*|[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\.\*)?)$`)
	hostPattern     = regexp.MustCompile(`^(\*|(\*\.)?[\pL\pN_-]+(\.[\pL\pN_-]+)*(:[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?)$`)
	providerPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)
)

// ValidImport says whether m can be authorized: a module (pkg), a package with all in it (pkg.*), or *.
func ValidImport(m string) bool { return importPattern.MatchString(m) }

// Settings are the user's, with defaults where nothing was set. The providers "ollama" and "demo" are always there.
func (w *Workbench) Settings() (Settings, error) {
	s := Settings{Theme: "system", StateRuns: defaultStateRuns, StateMiB: defaultStateMiB}
	if _, err := w.store.Setting(w.base, settingsKey, &s); err != nil {
		return s, err
	}
	if s.DefaultAgent == "" {
		s.DefaultAgent = DefaultAgent
	}
	def := sandbox.Limits{}.WithDefaults()
	s.StepSeconds = firstNonZero(s.StepSeconds, int(def.Step/time.Second))
	s.MemoryMiB = firstNonZero(s.MemoryMiB, int(def.MemoryBytes>>20))
	s.OutputKiB = firstNonZero(s.OutputKiB, int(def.OutputBytes>>10))
	s.ScratchMiB = firstNonZero(s.ScratchMiB, int(def.ScratchBytes>>20))
	s.ScratchFiles = firstNonZero(s.ScratchFiles, def.ScratchFiles)
	patience := retry.Default()
	s.ModelTries = firstNonZero(s.ModelTries, patience.Tries)
	s.FirstToken = firstNonZero(s.FirstToken, int(patience.FirstToken/time.Second))
	if !slices.ContainsFunc(s.Providers, func(p Provider) bool { return p.Name == "ollama" }) {
		s.Providers = append([]Provider{{Name: "ollama", Kind: KindOllama, BaseURL: defaultOllama()}}, s.Providers...)
	}
	if !slices.ContainsFunc(s.Providers, func(p Provider) bool { return p.Name == "demo" }) {
		s.Providers = append(s.Providers, Provider{Name: "demo", Kind: KindDemo})
	}
	for i := range s.Providers {
		p := &s.Providers[i]
		p.HasKey = false
		if p.Kind == KindOpenAI {
			key, err := w.keys.Get(p.Name)
			p.HasKey = err == nil && key != ""
		}
	}
	return s, nil
}

// SaveSettings checks and keeps the settings. Faults: Invalid, which names what is wrong.
func (w *Workbench) SaveSettings(s Settings) error {
	if !slices.Contains([]string{"system", "light", "dark"}, s.Theme) {
		return fault.Newf(fault.Invalid, "There is no theme %q", s.Theme)
	}
	if err := checkLimits(s); err != nil {
		return err
	}
	if s.ModelTries < 0 || s.ModelTries > 20 {
		return fault.New(fault.Invalid, "The number of tries is out of range", "", "Use 1 (never again) to 20, or 0 for the default.")
	}
	if s.FirstToken < 0 || s.FirstToken > 24*3600 {
		return fault.New(fault.Invalid, "The time limit for a model's first word is out of range", "", "Use 1 second to 24 hours, or 0 for the default.")
	}
	if s.StateRuns < 0 || s.StateRuns > 100_000 || s.StateMiB < 0 || s.StateMiB > 1<<20 {
		return fault.New(fault.Invalid, "The bound of the kept states is out of range", "", "Use 0 to 100000 runs and 0 to 1048576 MiB; 0 keeps none.")
	}
	if s.DefaultModel != "" {
		if p, id := s.DefaultModel.Split(); id == "" || !slices.ContainsFunc(s.Providers, func(o Provider) bool { return o.Name == p }) {
			return fault.New(fault.Invalid, fmt.Sprintf("The default model %q belongs to no provider", s.DefaultModel), "", "Choose one from the list.")
		}
	}
	seen := map[string]bool{}
	for i := range s.Providers {
		p := &s.Providers[i]
		if err := checkProvider(p); err != nil {
			return err
		}
		if seen[p.Name] {
			return fault.Newf(fault.Invalid, "Two providers are called %q", p.Name)
		}
		seen[p.Name], p.HasKey = true, false
	}
	if err := w.store.SetSetting(w.base, settingsKey, s); err != nil {
		return err
	}
	w.hub.statusChanged()
	w.background(w.pruneStates)
	return nil
}

// checkLimits wants limits that the sandbox can hold; 0 stands for the default of those that came later than the
// settings that were saved.
func checkLimits(s Settings) error {
	for _, l := range []struct {
		what            string
		value, min, max int
		zero            bool
		do              string
	}{
		{"The time limit of a step", s.StepSeconds, 1, 24 * 3600, false, "Use 1 second to 24 hours."},
		{"The memory limit", s.MemoryMiB, 64, 4096, false, "Use 64 to 4096 MiB."},
		{"The limit of printed text", s.OutputKiB, 1, 16 << 10, true, "Use 1 to 16384 KiB."},
		{"The limit of written files", s.ScratchMiB, 1, 16 << 10, true, "Use 1 to 16384 MiB."},
		{"The number of files", s.ScratchFiles, 1, 1_000_000, true, "Use 1 to 1,000,000 files."},
	} {
		if (l.value < l.min || l.value > l.max) && !(l.zero && l.value == 0) {
			return fault.New(fault.Invalid, l.what+" is out of range", "", l.do)
		}
	}
	return nil
}

// checkProvider checks a provider and puts its address into its plain form.
func checkProvider(p *Provider) error {
	if !providerPattern.MatchString(p.Name) {
		return fault.New(fault.Invalid, fmt.Sprintf("%q cannot be a provider's name", p.Name), "", "Use small letters, digits and -, beginning with a letter.")
	}
	if p.RequestsPerMinute < 0 || p.RequestsPerMinute > 100_000 {
		return fault.New(fault.Invalid, "The requests per minute of "+p.Name+" are out of range", "", "Use 1 to 100,000, or 0 for no limit.")
	}
	for _, price := range p.Prices {
		if price.Model == "" || !(price.Input >= 0 && price.Output >= 0 && price.Cached >= 0) {
			return fault.New(fault.Invalid, "A price of "+p.Name+" cannot be used", "it names no model, or is below zero", "Write the model's name and US dollars for a million tokens.")
		}
	}
	switch p.Kind {
	case KindDemo:
		return nil
	case KindOllama, KindOpenAI:
	default:
		return fault.Newf(fault.Invalid, "There is no kind of provider %q", p.Kind)
	}
	base, err := cleanURL(p.BaseURL, p.Kind)
	p.BaseURL = base
	return err
}

// cleanURL accepts what people type: "localhost:11434" as well as "http://localhost:11434/".
func cleanURL(s string, kind ProviderKind) (string, error) {
	s = strings.TrimRight(strings.TrimSpace(s), "/")
	if s == "" && kind == KindOllama {
		return defaultOllama(), nil
	}
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return s, fault.New(fault.Invalid, fmt.Sprintf("%q is no web address", s), "", "Write it like http://127.0.0.1:11434 or https://api.example.org/v1.")
	}
	if kind == KindOllama && u.Port() == "" && u.Scheme == "http" {
		u.Host += ":11434"
	}
	return u.String(), nil
}

// SetKey keeps a provider's key in the keyring; "" deletes it.
func (w *Workbench) SetKey(provider, key string) error {
	if !providerPattern.MatchString(provider) {
		return fault.Newf(fault.Invalid, "There is no provider %q", provider)
	}
	key = strings.TrimSpace(key)
	if key == "" {
		return w.keys.Delete(provider)
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fault.New(fault.Invalid, "This cannot be a key", "it holds spaces or letters that no header can carry", "Copy the key again.")
	}
	return w.keys.Set(provider, key)
}

func secondsOf(n int) time.Duration { return time.Duration(n) * time.Second }
