package mappings

// include takes the columns, codes and skips of other files.
func (c *compiler) include() {
	for _, said := range c.said.Include {
		c.fault(said.Place, "include is not read by this version", "")
	}
}
