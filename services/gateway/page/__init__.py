"""The workplace: the files of `web/dist`, as a browser may keep and must confine them."""
