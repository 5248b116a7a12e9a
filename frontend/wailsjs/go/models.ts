export namespace event {
	
	export class Check {
	    kind: string;
	    value?: string;
	    model?: string;
	
	    static createFrom(source: any = {}) {
	        return new Check(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.value = source["value"];
	        this.model = source["model"];
	    }
	}
	export class Entry {
	    key: string;
	    type: string;
	    kind: string;
	    preview: string;
	    len?: number;
	    shape?: number[];
	    dtype?: string;
	    size?: number;
	    more?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Entry(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.type = source["type"];
	        this.kind = source["kind"];
	        this.preview = source["preview"];
	        this.len = source["len"];
	        this.shape = source["shape"];
	        this.dtype = source["dtype"];
	        this.size = source["size"];
	        this.more = source["more"];
	    }
	}
	export class Event {
	    Run: string;
	    Seq: number;
	    Span: number;
	    // Go type: time
	    At: any;
	    Body: any;
	
	    static createFrom(source: any = {}) {
	        return new Event(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.Run = source["Run"];
	        this.Seq = source["Seq"];
	        this.Span = source["Span"];
	        this.At = this.convertValues(source["At"], null);
	        this.Body = source["Body"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Table {
	    columns: string[];
	    rows: any[][];
	    total: number;
	
	    static createFrom(source: any = {}) {
	        return new Table(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.columns = source["columns"];
	        this.rows = source["rows"];
	        this.total = source["total"];
	    }
	}
	export class Summary {
	    type: string;
	    kind: string;
	    preview: string;
	    len?: number;
	    shape?: number[];
	    dtype?: string;
	    size?: number;
	    more?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Summary(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.kind = source["kind"];
	        this.preview = source["preview"];
	        this.len = source["len"];
	        this.shape = source["shape"];
	        this.dtype = source["dtype"];
	        this.size = source["size"];
	        this.more = source["more"];
	    }
	}
	export class Page {
	    value: Summary;
	    offset: number;
	    total: number;
	    table?: Table;
	    dtypes?: string[];
	    text?: string;
	    items?: Entry[];
	
	    static createFrom(source: any = {}) {
	        return new Page(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.value = this.convertValues(source["value"], Summary);
	        this.offset = source["offset"];
	        this.total = source["total"];
	        this.table = this.convertValues(source["table"], Table);
	        this.dtypes = source["dtypes"];
	        this.text = source["text"];
	        this.items = this.convertValues(source["items"], Entry);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Run {
	    id: string;
	    title: string;
	    task: string;
	    agent: string;
	    model: string;
	    status: string;
	    waiting?: boolean;
	    started_at: number;
	    finished_at?: number;
	    duration_ms: number;
	    steps: number;
	    usage: llm.Usage;
	    answer?: string;
	    answer_json?: number[];
	    unmet?: string[];
	    fault?: fault.Error;
	    files?: string[];
	    artefacts?: number;
	    parent?: string;
	    parent_step?: number;
	    last_seq: number;
	    tags?: string[];
	
	    static createFrom(source: any = {}) {
	        return new Run(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.task = source["task"];
	        this.agent = source["agent"];
	        this.model = source["model"];
	        this.status = source["status"];
	        this.waiting = source["waiting"];
	        this.started_at = source["started_at"];
	        this.finished_at = source["finished_at"];
	        this.duration_ms = source["duration_ms"];
	        this.steps = source["steps"];
	        this.usage = this.convertValues(source["usage"], llm.Usage);
	        this.answer = source["answer"];
	        this.answer_json = source["answer_json"];
	        this.unmet = source["unmet"];
	        this.fault = this.convertValues(source["fault"], fault.Error);
	        this.files = source["files"];
	        this.artefacts = source["artefacts"];
	        this.parent = source["parent"];
	        this.parent_step = source["parent_step"];
	        this.last_seq = source["last_seq"];
	        this.tags = source["tags"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	

}

export namespace fault {
	
	export class Error {
	    code: string;
	    message: string;
	    why?: string;
	    do?: string;
	
	    static createFrom(source: any = {}) {
	        return new Error(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.message = source["message"];
	        this.why = source["why"];
	        this.do = source["do"];
	    }
	}

}

export namespace fitness {
	
	export class Probe {
	    name: string;
	    state: string;
	    detail: string;
	    means: string;
	    ms: number;
	
	    static createFrom(source: any = {}) {
	        return new Probe(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.state = source["state"];
	        this.detail = source["detail"];
	        this.means = source["means"];
	        this.ms = source["ms"];
	    }
	}

}

export namespace llm {
	
	export class Info {
	    ref: string;
	    name: string;
	    digest?: string;
	    size?: number;
	    parameters?: string;
	    quantisation?: string;
	    context_tokens?: number;
	    context_bytes?: number;
	    capabilities?: string[];
	    cloud?: boolean;
	    loaded?: boolean;
	    // Go type: time
	    modified: any;
	
	    static createFrom(source: any = {}) {
	        return new Info(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.ref = source["ref"];
	        this.name = source["name"];
	        this.digest = source["digest"];
	        this.size = source["size"];
	        this.parameters = source["parameters"];
	        this.quantisation = source["quantisation"];
	        this.context_tokens = source["context_tokens"];
	        this.context_bytes = source["context_bytes"];
	        this.capabilities = source["capabilities"];
	        this.cloud = source["cloud"];
	        this.loaded = source["loaded"];
	        this.modified = this.convertValues(source["modified"], null);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Options {
	    temperature?: number;
	    seed?: number;
	    max_tokens?: number;
	    context_tokens?: number;
	    think?: string;
	    stop?: string[];
	    keep_alive?: string;
	
	    static createFrom(source: any = {}) {
	        return new Options(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.temperature = source["temperature"];
	        this.seed = source["seed"];
	        this.max_tokens = source["max_tokens"];
	        this.context_tokens = source["context_tokens"];
	        this.think = source["think"];
	        this.stop = source["stop"];
	        this.keep_alive = source["keep_alive"];
	    }
	}
	export class Price {
	    model: string;
	    input: number;
	    output: number;
	    cached?: number;
	
	    static createFrom(source: any = {}) {
	        return new Price(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.model = source["model"];
	        this.input = source["input"];
	        this.output = source["output"];
	        this.cached = source["cached"];
	    }
	}
	export class Usage {
	    input_tokens: number;
	    output_tokens: number;
	    cached_tokens?: number;
	    cost?: number;
	
	    static createFrom(source: any = {}) {
	        return new Usage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.input_tokens = source["input_tokens"];
	        this.output_tokens = source["output_tokens"];
	        this.cached_tokens = source["cached_tokens"];
	        this.cost = source["cost"];
	    }
	}

}

export namespace tools {
	
	export class Param {
	    name: string;
	    type: string;
	    doc?: string;
	    required: boolean;
	    default?: number[];
	
	    static createFrom(source: any = {}) {
	        return new Param(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.type = source["type"];
	        this.doc = source["doc"];
	        this.required = source["required"];
	        this.default = source["default"];
	    }
	}
	export class Spec {
	    name: string;
	    doc: string;
	    params: Param[];
	    in: number[];
	    out: number[];
	    return: string;
	    rest?: string;
	
	    static createFrom(source: any = {}) {
	        return new Spec(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.doc = source["doc"];
	        this.params = this.convertValues(source["params"], Param);
	        this.in = source["in"];
	        this.out = source["out"];
	        this.return = source["return"];
	        this.rest = source["rest"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace workbench {
	
	export class AddedPackage {
	    name: string;
	    version: string;
	    summary?: string;
	    modules: string[];
	    requires?: string[];
	    size: number;
	    everyone: boolean;
	    added: number;
	    sha256: string;
	    missing?: string[];
	    fault?: fault.Error;
	
	    static createFrom(source: any = {}) {
	        return new AddedPackage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.version = source["version"];
	        this.summary = source["summary"];
	        this.modules = source["modules"];
	        this.requires = source["requires"];
	        this.size = source["size"];
	        this.everyone = source["everyone"];
	        this.added = source["added"];
	        this.sha256 = source["sha256"];
	        this.missing = source["missing"];
	        this.fault = this.convertValues(source["fault"], fault.Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Teammate {
	    agent: string;
	    memory?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Teammate(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.agent = source["agent"];
	        this.memory = source["memory"];
	    }
	}
	export class Agent {
	    name: string;
	    description?: string;
	    instructions?: string;
	    model?: string;
	    tools: string[];
	    imports?: string[];
	    hosts?: string[];
	    max_steps?: number;
	    mode?: string;
	    structured?: string;
	    guidance?: string;
	    plan_every?: number;
	    prompts?: Record<string, string>;
	    checks?: event.Check[];
	    team?: Teammate[];
	    options: llm.Options;
	    builtin?: boolean;
	    changed?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Agent(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.description = source["description"];
	        this.instructions = source["instructions"];
	        this.model = source["model"];
	        this.tools = source["tools"];
	        this.imports = source["imports"];
	        this.hosts = source["hosts"];
	        this.max_steps = source["max_steps"];
	        this.mode = source["mode"];
	        this.structured = source["structured"];
	        this.guidance = source["guidance"];
	        this.plan_every = source["plan_every"];
	        this.prompts = source["prompts"];
	        this.checks = this.convertValues(source["checks"], event.Check);
	        this.team = this.convertValues(source["team"], Teammate);
	        this.options = this.convertValues(source["options"], llm.Options);
	        this.builtin = source["builtin"];
	        this.changed = source["changed"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class AgentExport {
	    file: string;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new AgentExport(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.file = source["file"];
	        this.text = source["text"];
	    }
	}
	export class Lack {
	    kind: string;
	    name: string;
	    why: string;
	
	    static createFrom(source: any = {}) {
	        return new Lack(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.name = source["name"];
	        this.why = source["why"];
	    }
	}
	export class AgentFile {
	    agent: Agent;
	    taken: boolean;
	    free: string;
	    lacks: Lack[];
	
	    static createFrom(source: any = {}) {
	        return new AgentFile(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.agent = this.convertValues(source["agent"], Agent);
	        this.taken = source["taken"];
	        this.free = source["free"];
	        this.lacks = this.convertValues(source["lacks"], Lack);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ArtefactData {
	    name: string;
	    media_type: string;
	    size: number;
	    base64: string;
	
	    static createFrom(source: any = {}) {
	        return new ArtefactData(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.media_type = source["media_type"];
	        this.size = source["size"];
	        this.base64 = source["base64"];
	    }
	}
	export class Difference {
	    what: string;
	    was: string;
	    is: string;
	
	    static createFrom(source: any = {}) {
	        return new Difference(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.what = source["what"];
	        this.was = source["was"];
	        this.is = source["is"];
	    }
	}
	export class EventPage {
	    events: event.Event[];
	    last: number;
	    more: boolean;
	
	    static createFrom(source: any = {}) {
	        return new EventPage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.events = this.convertValues(source["events"], event.Event);
	        this.last = source["last"];
	        this.more = source["more"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class FileInfo {
	    path: string;
	    name: string;
	    var: string;
	    size: number;
	    media_type: string;
	    rows?: number;
	    encoding?: string;
	    delimiter?: string;
	    width?: number;
	    height?: number;
	    table?: string;
	    fault?: fault.Error;
	
	    static createFrom(source: any = {}) {
	        return new FileInfo(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.name = source["name"];
	        this.var = source["var"];
	        this.size = source["size"];
	        this.media_type = source["media_type"];
	        this.rows = source["rows"];
	        this.encoding = source["encoding"];
	        this.delimiter = source["delimiter"];
	        this.width = source["width"];
	        this.height = source["height"];
	        this.table = source["table"];
	        this.fault = this.convertValues(source["fault"], fault.Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class FileRef {
	    path: string;
	    var?: string;
	    image?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new FileRef(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.var = source["var"];
	        this.image = source["image"];
	    }
	}
	export class FileVerdict {
	    name: string;
	    state: string;
	
	    static createFrom(source: any = {}) {
	        return new FileVerdict(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.state = source["state"];
	    }
	}
	export class Fitness {
	    model: string;
	    digest?: string;
	    stale?: boolean;
	    checked_at: number;
	    duration_ms: number;
	    verdict: string;
	    mode: string;
	    options: llm.Options;
	    probes: fitness.Probe[];
	
	    static createFrom(source: any = {}) {
	        return new Fitness(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.model = source["model"];
	        this.digest = source["digest"];
	        this.stale = source["stale"];
	        this.checked_at = source["checked_at"];
	        this.duration_ms = source["duration_ms"];
	        this.verdict = source["verdict"];
	        this.mode = source["mode"];
	        this.options = this.convertValues(source["options"], llm.Options);
	        this.probes = this.convertValues(source["probes"], fitness.Probe);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class From {
	    run: string;
	    agent?: string;
	    step: number;
	    code?: string;
	    unfold?: boolean;
	    plan?: string;
	
	    static createFrom(source: any = {}) {
	        return new From(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.run = source["run"];
	        this.agent = source["agent"];
	        this.step = source["step"];
	        this.code = source["code"];
	        this.unfold = source["unfold"];
	        this.plan = source["plan"];
	    }
	}
	export class Job {
	    id: string;
	    kind: string;
	    model: string;
	    state: string;
	    status?: string;
	    done: number;
	    total: number;
	    per_second?: number;
	    started_at: number;
	    fault?: fault.Error;
	
	    static createFrom(source: any = {}) {
	        return new Job(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.kind = source["kind"];
	        this.model = source["model"];
	        this.state = source["state"];
	        this.status = source["status"];
	        this.done = source["done"];
	        this.total = source["total"];
	        this.per_second = source["per_second"];
	        this.started_at = source["started_at"];
	        this.fault = this.convertValues(source["fault"], fault.Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class KeyringStatus {
	    kind: string;
	    detail?: string;
	
	    static createFrom(source: any = {}) {
	        return new KeyringStatus(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.detail = source["detail"];
	    }
	}
	
	export class NamedValue {
	    name: string;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new NamedValue(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.text = source["text"];
	    }
	}
	export class OllamaStatus {
	    url: string;
	    running: boolean;
	    version?: string;
	    models: number;
	    fault?: fault.Error;
	
	    static createFrom(source: any = {}) {
	        return new OllamaStatus(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.url = source["url"];
	        this.running = source["running"];
	        this.version = source["version"];
	        this.models = source["models"];
	        this.fault = this.convertValues(source["fault"], fault.Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class RuntimePackage {
	    name: string;
	    version: string;
	
	    static createFrom(source: any = {}) {
	        return new RuntimePackage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.version = source["version"];
	    }
	}
	export class PackageList {
	    runtime: RuntimePackage[];
	    added: AddedPackage[];
	
	    static createFrom(source: any = {}) {
	        return new PackageList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.runtime = this.convertValues(source["runtime"], RuntimePackage);
	        this.added = this.convertValues(source["added"], AddedPackage);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Permission {
	    kind: string;
	    value: string;
	    agent?: string;
	    allow: boolean;
	    at: number;
	
	    static createFrom(source: any = {}) {
	        return new Permission(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.value = source["value"];
	        this.agent = source["agent"];
	        this.allow = source["allow"];
	        this.at = source["at"];
	    }
	}
	export class Prompt {
	    name: string;
	    default: string;
	    placeholders?: string[];
	    preview: string;
	    tokens: number;
	    fault?: fault.Error;
	
	    static createFrom(source: any = {}) {
	        return new Prompt(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.default = source["default"];
	        this.placeholders = source["placeholders"];
	        this.preview = source["preview"];
	        this.tokens = source["tokens"];
	        this.fault = this.convertValues(source["fault"], fault.Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Provider {
	    name: string;
	    kind: string;
	    base_url?: string;
	    has_key?: boolean;
	    models?: string[];
	    requests_per_minute?: number;
	    prices?: llm.Price[];
	
	    static createFrom(source: any = {}) {
	        return new Provider(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.kind = source["kind"];
	        this.base_url = source["base_url"];
	        this.has_key = source["has_key"];
	        this.models = source["models"];
	        this.requests_per_minute = source["requests_per_minute"];
	        this.prices = this.convertValues(source["prices"], llm.Price);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ProviderModels {
	    provider: Provider;
	    models: llm.Info[];
	    fitness?: Fitness[];
	    suggest?: string;
	    fault?: fault.Error;
	
	    static createFrom(source: any = {}) {
	        return new ProviderModels(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.provider = this.convertValues(source["provider"], Provider);
	        this.models = this.convertValues(source["models"], llm.Info);
	        this.fitness = this.convertValues(source["fitness"], Fitness);
	        this.suggest = source["suggest"];
	        this.fault = this.convertValues(source["fault"], fault.Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Recommendation {
	    model: string;
	    size: number;
	    needs: number;
	    about: string;
	    fits: boolean;
	    best?: boolean;
	    present?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Recommendation(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.model = source["model"];
	        this.size = source["size"];
	        this.needs = source["needs"];
	        this.about = source["about"];
	        this.fits = source["fits"];
	        this.best = source["best"];
	        this.present = source["present"];
	    }
	}
	export class RunHit {
	    id: string;
	    title: string;
	    task: string;
	    agent: string;
	    model: string;
	    status: string;
	    waiting?: boolean;
	    started_at: number;
	    finished_at?: number;
	    duration_ms: number;
	    steps: number;
	    usage: llm.Usage;
	    answer?: string;
	    answer_json?: number[];
	    unmet?: string[];
	    fault?: fault.Error;
	    files?: string[];
	    artefacts?: number;
	    parent?: string;
	    parent_step?: number;
	    last_seq: number;
	    tags?: string[];
	    snippet?: string;
	    parent_title?: string;
	
	    static createFrom(source: any = {}) {
	        return new RunHit(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.task = source["task"];
	        this.agent = source["agent"];
	        this.model = source["model"];
	        this.status = source["status"];
	        this.waiting = source["waiting"];
	        this.started_at = source["started_at"];
	        this.finished_at = source["finished_at"];
	        this.duration_ms = source["duration_ms"];
	        this.steps = source["steps"];
	        this.usage = this.convertValues(source["usage"], llm.Usage);
	        this.answer = source["answer"];
	        this.answer_json = source["answer_json"];
	        this.unmet = source["unmet"];
	        this.fault = this.convertValues(source["fault"], fault.Error);
	        this.files = source["files"];
	        this.artefacts = source["artefacts"];
	        this.parent = source["parent"];
	        this.parent_step = source["parent_step"];
	        this.last_seq = source["last_seq"];
	        this.tags = source["tags"];
	        this.snippet = source["snippet"];
	        this.parent_title = source["parent_title"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class RunPage {
	    runs: RunHit[];
	    total: number;
	
	    static createFrom(source: any = {}) {
	        return new RunPage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.runs = this.convertValues(source["runs"], RunHit);
	        this.total = source["total"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class RunQuery {
	    search?: string;
	    status?: string;
	    agent?: string;
	    tag?: string;
	    parent?: string;
	    limit?: number;
	    before?: string;
	
	    static createFrom(source: any = {}) {
	        return new RunQuery(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.search = source["search"];
	        this.status = source["status"];
	        this.agent = source["agent"];
	        this.tag = source["tag"];
	        this.parent = source["parent"];
	        this.limit = source["limit"];
	        this.before = source["before"];
	    }
	}
	
	export class RuntimeStatus {
	    state: string;
	    python?: string;
	    key?: string;
	    packages?: number;
	    fault?: fault.Error;
	
	    static createFrom(source: any = {}) {
	        return new RuntimeStatus(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.state = source["state"];
	        this.python = source["python"];
	        this.key = source["key"];
	        this.packages = source["packages"];
	        this.fault = this.convertValues(source["fault"], fault.Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Sample {
	    id: string;
	    title: string;
	    text: string;
	    task: string;
	    files?: string[];
	
	    static createFrom(source: any = {}) {
	        return new Sample(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.text = source["text"];
	        this.task = source["task"];
	        this.files = source["files"];
	    }
	}
	export class Settings {
	    theme: string;
	    default_model: string;
	    default_agent: string;
	    providers: Provider[];
	    step_seconds: number;
	    memory_mib: number;
	    output_kib: number;
	    scratch_mib: number;
	    scratch_files: number;
	    model_tries: number;
	    first_token_seconds: number;
	    state_runs: number;
	    state_mib: number;
	    allow_private?: string[];
	
	    static createFrom(source: any = {}) {
	        return new Settings(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.theme = source["theme"];
	        this.default_model = source["default_model"];
	        this.default_agent = source["default_agent"];
	        this.providers = this.convertValues(source["providers"], Provider);
	        this.step_seconds = source["step_seconds"];
	        this.memory_mib = source["memory_mib"];
	        this.output_kib = source["output_kib"];
	        this.scratch_mib = source["scratch_mib"];
	        this.scratch_files = source["scratch_files"];
	        this.model_tries = source["model_tries"];
	        this.first_token_seconds = source["first_token_seconds"];
	        this.state_runs = source["state_runs"];
	        this.state_mib = source["state_mib"];
	        this.allow_private = source["allow_private"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class StartRequest {
	    task: string;
	    agent?: string;
	    model?: string;
	    files?: FileRef[];
	    values?: NamedValue[];
	    from?: From;
	    draft?: Agent;
	
	    static createFrom(source: any = {}) {
	        return new StartRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.task = source["task"];
	        this.agent = source["agent"];
	        this.model = source["model"];
	        this.files = this.convertValues(source["files"], FileRef);
	        this.values = this.convertValues(source["values"], NamedValue);
	        this.from = this.convertValues(source["from"], From);
	        this.draft = this.convertValues(source["draft"], Agent);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Status {
	    version: string;
	    home: string;
	    memory: number;
	    ollama: OllamaStatus;
	    runtime: RuntimeStatus;
	    keyring: KeyringStatus;
	    advised: Recommendation[];
	    notices?: fault.Error[];
	
	    static createFrom(source: any = {}) {
	        return new Status(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.home = source["home"];
	        this.memory = source["memory"];
	        this.ollama = this.convertValues(source["ollama"], OllamaStatus);
	        this.runtime = this.convertValues(source["runtime"], RuntimeStatus);
	        this.keyring = this.convertValues(source["keyring"], KeyringStatus);
	        this.advised = this.convertValues(source["advised"], Recommendation);
	        this.notices = this.convertValues(source["notices"], fault.Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class StepVerdict {
	    step: number;
	    agent?: string;
	    same: boolean;
	    skipped?: string;
	    differences?: Difference[];
	
	    static createFrom(source: any = {}) {
	        return new StepVerdict(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.step = source["step"];
	        this.agent = source["agent"];
	        this.same = source["same"];
	        this.skipped = source["skipped"];
	        this.differences = this.convertValues(source["differences"], Difference);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class VariableQuery {
	    code: number;
	    name: string;
	    path?: number[];
	    offset?: number;
	    limit?: number;
	
	    static createFrom(source: any = {}) {
	        return new VariableQuery(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.name = source["name"];
	        this.path = source["path"];
	        this.offset = source["offset"];
	        this.limit = source["limit"];
	    }
	}
	export class Verdict {
	    run: string;
	    same: boolean;
	    steps: StepVerdict[];
	    files?: FileVerdict[];
	    runtime?: string;
	
	    static createFrom(source: any = {}) {
	        return new Verdict(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.run = source["run"];
	        this.same = source["same"];
	        this.steps = this.convertValues(source["steps"], StepVerdict);
	        this.files = this.convertValues(source["files"], FileVerdict);
	        this.runtime = source["runtime"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

