package mappings

// RemoveFilters is the edit that takes scoping filters away. Names that there
// are not are left out.
func RemoveFilters(kind string, names ...string) Edit {
	return func(s *Schema) error {
		o, err := s.Object(kind)
		if err != nil {
			return err
		}
		for _, name := range names {
			o.RemoveFilter(name)
		}
		return nil
	}
}
