"""Tables of a PDF page, found by where its words stand and by its ruled lines."""
