"""What Excel shows and its XML does not spell out: number formats, merged cells, formulas without values."""
