"""What Word shows and its XML does not spell out: list numbers, notes, merged cells, raised figures."""
