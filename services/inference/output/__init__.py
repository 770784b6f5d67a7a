"""What a model writes, made safe and cited while it streams."""
