package event

import (
	"mime"
	"path"
	"strings"
)

// MediaType guesses a file's media type from its name; "application/octet-stream" if the name says nothing. The
// system's table differs between computers, so the usual ones are here.
func MediaType(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if t, ok := mediaTypes[ext]; ok {
		return t
	}
	if t, _, err := mime.ParseMediaType(mime.TypeByExtension(ext)); err == nil {
		return t
	}
	return "application/octet-stream"
}

var mediaTypes = map[string]string{
	".csv": "text/csv", ".tsv": "text/tab-separated-values", ".txt": "text/plain", ".log": "text/plain",
	".md": "text/markdown", ".json": "application/json", ".jsonl": "application/jsonl", ".html": "text/html",
	".xml": "application/xml", ".py": "text/x-python", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
	".gif": "image/gif", ".svg": "image/svg+xml", ".webp": "image/webp", ".pdf": "application/pdf",
	".zip": "application/zip", ".sqlite": "application/vnd.sqlite3", ".db": "application/vnd.sqlite3",
	".xlsx":    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".parquet": "application/vnd.apache.parquet", ".feather": "application/vnd.apache.arrow.file", ".arrow": "application/vnd.apache.arrow.file",
	".yaml": "application/yaml", ".yml": "application/yaml",
}
