"""Does a search find what it should? Questions with their documents in, figures and a page out."""
