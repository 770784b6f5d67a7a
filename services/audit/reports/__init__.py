"""What a month was, counted from the records alone: nothing that anybody asked is in it."""
