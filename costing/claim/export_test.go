package claim

// Keys are the keys that each kind of figure takes.
func Keys() map[string][]string {
	all := map[string][]string{}
	for _, k := range kinds {
		all[k.name] = k.keys
	}
	return all
}
