package claim

import _ "embed"

//go:embed template.yaml
var template string

//go:embed claims.schema.json
var schema string

// Template is a claims file with comments, to fill in from a report.
func Template() string { return template }

// Schema is the JSON Schema of claims files.
func Schema() string { return schema }
