package claim_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"averted/costing/claim"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func schemaOf(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(claim.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("claims.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("claims.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// valid is what the schema says of a file.
func valid(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(asJSON)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// TestSchema wants the schema to agree with the reader: on every file there is, and on files that are wrong.
func TestSchema(t *testing.T) {
	s := schemaOf(t)
	texts := []string{claim.Template()}
	paths, err := filepath.Glob(filepath.Join("..", "..", "fixtures", "claims", "*.yaml"))
	if err != nil || len(paths) < 7 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		if err := valid(t, s, text); err != nil {
			t.Errorf("%.80s…: %v", text, err)
		}
	}
	for _, text := range []string{
		"averted-claims: 2\nclaims: [{id: a, says: \"1\", is: people}]",
		"averted-claims: 1\nclaims: []",
		"averted-claims: 1\nreprot: {}\nclaims: [{id: a, says: \"1\", is: people}]",
		"averted-claims: 1\nclaims: [{id: a, says: \"1\", is: {reducton: {}}}]",
		"averted-claims: 1\nclaims: [{id: a, says: \"1\", is: {reduction: {activty: ae}}}]",
		"averted-claims: 1\nclaims: [{id: a, is: people}]",
		"averted-claims: 1\nclaims: [{id: a, says: \"1\", is: {sum: [a]}}]",
	} {
		if err := valid(t, s, text); err == nil {
			t.Errorf("the schema takes %s", text)
		}
		if _, err := claim.Parse("claims.yaml", []byte(text)); err == nil {
			t.Errorf("the reader takes %s", text)
		}
	}
}

// TestSchemaKinds wants the schema to know every kind of figure that the reader knows, with its keys, and no other.
func TestSchemaKinds(t *testing.T) {
	var doc struct {
		Properties struct {
			Claims struct {
				Items struct {
					Properties struct {
						Is struct {
							OneOf []struct {
								Properties map[string]struct {
									OneOf []struct{ Properties map[string]any }
								}
							}
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(claim.Schema()), &doc); err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, one := range doc.Properties.Claims.Items.Properties.Is.OneOf {
		for name, k := range one.Properties {
			found[name] = []string{}
			for _, of := range k.OneOf {
				for key := range of.Properties {
					found[name] = append(found[name], key)
				}
			}
		}
	}
	for name, keys := range claim.Keys() {
		if len(found[name]) != len(keys) {
			t.Errorf("%s: the schema has %v, the reader %v", name, found[name], keys)
		}
		delete(found, name)
	}
	if len(found) > 0 {
		t.Errorf("the schema has %v beside", found)
	}
}
